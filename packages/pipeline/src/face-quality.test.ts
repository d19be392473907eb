import sharp from 'sharp';
import { expect, it } from 'vitest';
import { randomFrom } from '../../../test-support/random-from.js';
import type { Pixels } from './decode-photo.js';
import { assessFace } from './face-quality.js';
import type { Landmarks } from './geometry.js';
import { ARCFACE_ALIGNMENT } from './models/alignments.js';

const SIDE = 224;

/** Coarse patches, which blur leaves, with fine detail on them, which it takes. */
async function texture({ blur = 0, gain = 1, offset = 0 } = {}): Promise<Pixels> {
  const random = randomFrom(1);
  const patches = Buffer.from(Array.from({ length: 8 * 8 }, () => 70 + random() * 110));
  const coarse = await sharp(patches, { raw: { width: 8, height: 8, channels: 1 } })
    .resize(SIDE, SIDE)
    .extractChannel(0)
    .raw()
    .toBuffer();
  const fine = coarse.map((value) => value + (random() - 0.5) * 110);
  const raw = { width: SIDE, height: SIDE, channels: 1 } as const;
  const picture = sharp(fine, { raw }).linear(gain, offset).toColourspace('srgb');
  const data = await (blur > 0 ? picture.blur(blur) : picture).raw().toBuffer();
  return { width: SIDE, height: SIDE, data, fullWidth: SIDE, fullHeight: SIDE };
}

/** A frontal face as large as `share` of the texture. */
function landmarks(share = 1): Landmarks {
  const scale = (share * SIDE) / 112;
  return ARCFACE_ALIGNMENT.template.map(([x, y]) => [x * scale, y * scale]) as unknown as Landmarks;
}

const face = { landmarks: landmarks(), confidence: 1 };

it('gives a large, crisp, frontal, well lit and certain face the most', async () => {
  const quality = assessFace(await texture(), face);
  expect(quality).toMatchObject({ size: 1, sharpness: 1, detection: 1, clipped: 0 });
  expect(quality.frontality).toBeCloseTo(1, 3);
  expect(quality.exposure).toBe(1);
  expect(quality.score).toBeCloseTo(1, 3);
});

it('is the product of its parts', async () => {
  const quality = assessFace(await texture({ blur: 2, gain: 0.3 }), { ...face, confidence: 0.8 });
  const { size, sharpness, frontality, exposure, detection } = quality;
  expect(quality.score).toBeCloseTo(size * sharpness * frontality * exposure * detection, 6);
  expect(quality.detection).toBe(0.8);
});

it('falls with blur, and not with contrast', async () => {
  const sharpness = async (look: { blur?: number; gain?: number; offset?: number }) =>
    assessFace(await texture(look), face).sharpness;
  const [some, more] = [await sharpness({ blur: 2 }), await sharpness({ blur: 3 })];
  expect(some).toBeLessThan(0.95);
  expect(more).toBeLessThan(0.6 * some);
  // The contrast that is left is rounded more coarsely.
  expect(Math.abs((await sharpness({ blur: 2, gain: 0.5, offset: 60 })) - some)).toBeLessThan(0.1);
});

it('falls where the face has to be enlarged', async () => {
  const pixels = await texture();
  const size = (share: number) => assessFace(pixels, { ...face, landmarks: landmarks(share) }).size;
  expect(size(1)).toBe(1);
  expect(size(0.5)).toBeCloseTo(1, 6);
  expect(size(0.25)).toBeCloseTo(0.5, 6);
  expect(size(0.1)).toBeCloseTo(0.2, 6);
});

it('falls in the dark and in glaring light', async () => {
  const exposure = async (gain: number, offset: number) =>
    assessFace(await texture({ gain, offset }), face).exposure;
  expect(await exposure(0.2, 0)).toBeLessThan(0.6);
  expect(await exposure(0.2, 215)).toBeLessThan(0.5);
  expect(await exposure(0.8, 20)).toBe(1);
});

it('is 0 for a face without contrast', () => {
  const data = new Uint8Array(SIDE * SIDE * 3).fill(128);
  const flat = { width: SIDE, height: SIDE, data, fullWidth: SIDE, fullHeight: SIDE };
  expect(assessFace(flat, face).score).toBe(0);
});
