import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSimilarity, warpFace } from './align-face.js';
import type { Pixels } from './decode-photo.js';
import type { Point } from './geometry.js';

const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const template: Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

describe('fitSimilarity', () => {
  it('recovers any rotation, scale and shift exactly', () => {
    const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
    const scale = fc.double({ min: 0.05, max: 20, noNaN: true });
    fc.assert(
      fc.property(angle, scale, coordinate, coordinate, (turn, size, tx, ty) => {
        const a = size * Math.cos(turn);
        const b = size * Math.sin(turn);
        const moved = template.map(([x, y]): Point => [a * x - b * y + tx, b * x + a * y + ty]);
        const fit = fitSimilarity(template, moved);
        // Double precision on coordinates of up to some thousand pixels.
        expect(fit.a).toBeCloseTo(a, 8);
        expect(fit.b).toBeCloseTo(b, 8);
        expect(fit.tx).toBeCloseTo(tx, 6);
        expect(fit.ty).toBeCloseTo(ty, 6);
      }),
    );
  });

  it('has no less squared error anywhere near its answer', () => {
    const points = fc.array(fc.tuple(coordinate, coordinate), { minLength: 5, maxLength: 5 });
    const nudge = fc.tuple(
      ...Array.from({ length: 4 }, () => fc.double({ min: -1, max: 1, noNaN: true })),
    );
    fc.assert(
      fc.property(points, nudge, (target, [da, db, dx, dy]) => {
        const fit = fitSimilarity(template, target);
        const error = (a: number, b: number, tx: number, ty: number) =>
          template.reduce((sum, [x, y], i) => {
            const [u, v] = target[i]!;
            return sum + (a * x - b * y + tx - u) ** 2 + (b * x + a * y + ty - v) ** 2;
          }, 0);
        const best = error(fit.a, fit.b, fit.tx, fit.ty);
        const other = error(fit.a + da!, fit.b + db!, fit.tx + dx!, fit.ty + dy!);
        expect(other).toBeGreaterThanOrEqual(best - 1e-6 * (1 + best));
      }),
    );
  });
});

describe('warpFace', () => {
  it('copies pixels exactly under a whole shift, and is black outside the photo', () => {
    const pixels = photo(6, 6, (x, y) => [x * 10, y * 10, 7]);
    const out = warpFace(pixels, { a: 1, b: 0, tx: -3, ty: -2 }, 5);
    expect(pixelAt(out, 5, 0, 0)).toEqual([30, 20, 7]);
    expect(pixelAt(out, 5, 2, 3)).toEqual([50, 50, 7]);
    expect(pixelAt(out, 5, 4, 0)).toEqual([0, 0, 0]);
  });

  it('turns clockwise as the similarity says', () => {
    const pixels = photo(4, 4, (x, y) => [x === 1 && y === 0 ? 200 : 0, 0, 0]);
    // A quarter turn about the origin maps (1, 0) to (0, 1), shifted by 2 to the right.
    const out = warpFace(pixels, { a: 0, b: 1, tx: 2, ty: 0 }, 4);
    expect(pixelAt(out, 4, 2, 1)[0]).toBe(200);
  });

  it('stretches about the middle column, and rows not at all', () => {
    const pixels = photo(5, 5, (x, y) => [x * 10, y * 10, 0]);
    const out = warpFace(pixels, { a: 1, b: 0, tx: 0, ty: 0, stretch: 2 }, 5);
    // Half a source column per column, from the middle: columns 1, 1.5, 2, 2.5, 3.
    expect([0, 1, 2, 3, 4].map((x) => pixelAt(out, 5, x, 4))).toEqual(
      [10, 15, 20, 25, 30].map((red) => [red, 40, 0]),
    );
  });

  it('averages when it shrinks: fine stripes become grey instead of aliasing', () => {
    const stripes = photo(256, 256, (x) => (x % 2 === 0 ? [255, 255, 255] : [0, 0, 0]));
    const out = warpFace(stripes, { a: 0.125, b: 0, tx: 0, ty: 0 }, 32);
    for (let x = 4; x < 28; x++) {
      const [red] = pixelAt(out, 32, x, 16);
      expect(Math.abs(red! - 127.5)).toBeLessThanOrEqual(2);
    }
  });
});

function photo(
  width: number,
  height: number,
  colour: (x: number, y: number) => [number, number, number],
): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3);
  }
  return { width, height, data, fullWidth: width, fullHeight: height };
}

function pixelAt(data: Uint8Array, size: number, x: number, y: number): number[] {
  return [...data.subarray((y * size + x) * 3, (y * size + x) * 3 + 3)];
}
