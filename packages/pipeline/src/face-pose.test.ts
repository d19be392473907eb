import { describe, expect, it } from 'vitest';
import { poseOf } from './face-pose.js';
import type { Landmarks, Point } from './geometry.js';

/** A mean face in millimetres: x to the right of the picture, y down, z towards the camera. */
const FACE = [
  [-31.5, -36, 0],
  [31.5, -36, 0],
  [0, 0, 39.4],
  [-26, 36.6, 12.5],
  [26, 36.6, 12.5],
] as const;

/** Seen from far away: turned to the right, then up, then tilted clockwise; and moved and scaled. */
function look({ yaw = 0, pitch = 0, roll = 0 }): Landmarks {
  const [y, p, r] = [yaw, pitch, roll].map((degrees) => (degrees * Math.PI) / 180) as [
    number,
    number,
    number,
  ];
  const points = FACE.map(([X, Y, Z]): Point => {
    const x = X * Math.cos(y) + Z * Math.sin(y);
    const z = -X * Math.sin(y) + Z * Math.cos(y);
    const v = Y * Math.cos(p) - z * Math.sin(p);
    const u = x * Math.cos(r) - v * Math.sin(r);
    const w = x * Math.sin(r) + v * Math.cos(r);
    return [300 + 2 * u, 200 + 2 * w];
  });
  return points as unknown as Landmarks;
}

describe('poseOf', () => {
  it('is zero for a frontal face', () => {
    const { yaw, pitch, roll } = poseOf(look({}));
    expect(Math.abs(yaw)).toBeLessThan(0.5);
    expect(Math.abs(pitch)).toBeLessThan(1.5);
    expect(Math.abs(roll)).toBeLessThan(0.5);
  });

  it.each([-60, -30, -10, 10, 30, 60])('tells a yaw of %i degrees', (yaw) => {
    expect(Math.abs(poseOf(look({ yaw })).yaw - yaw)).toBeLessThan(2);
  });

  it.each([-30, -15, 15, 30])('tells a pitch of %i degrees', (pitch) => {
    expect(Math.abs(poseOf(look({ pitch })).pitch - pitch)).toBeLessThan(4);
  });

  it.each([-170, -90, -20, 20, 90])('tells a roll of %i degrees', (roll) => {
    const pose = poseOf(look({ roll, yaw: 20 }));
    expect(Math.abs(pose.roll - roll)).toBeLessThan(4);
    expect(Math.abs(pose.yaw - 20)).toBeLessThan(4);
  });
});
