import { beforeAll, describe, expect, it } from 'vitest';
import type { Pixels } from '../src/decode-photo.js';
import { FaceEmbedder, type FaceInPhoto } from '../src/face-embedder.js';
import { FusedEmbedder, type FusedPart } from '../src/fused-embedder.js';
import type { Landmarks, Point } from '../src/geometry.js';
import { embedderCard, loadModel } from '../src/index.js';

/** A network's part of a fusion. */
async function partOf(model: string, mirror: boolean): Promise<FusedPart> {
  const { alignment, dimension, input } = await embedderCard(model);
  const { path } = await loadModel(model);
  const { colourOrder } = input;
  return {
    path,
    weight: 1,
    input: { ...alignment, colourOrder, scale: input, dimension, mirror },
  };
}

const SIDE = 120;

/** A picture without any symmetry: the networks need no face to give an embedding. */
function picture(seed: number): FaceInPhoto {
  const data = new Uint8Array(SIDE * SIDE * 3);
  for (let i = 0; i < data.length; i++) {
    const [x, y] = [Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
    data[i] = 128 + 60 * Math.sin(x / (5 + seed)) + 60 * Math.cos((y + x / 2) / (7 + (i % 3)));
  }
  return { pixels: pixelsOf(data), landmarks: LANDMARKS };
}

const pixelsOf = (data: Uint8Array): Pixels => ({
  width: SIDE,
  height: SIDE,
  fullWidth: SIDE,
  fullHeight: SIDE,
  data,
});

const LANDMARKS: Landmarks = [
  [42, 50],
  [75, 55],
  [58, 72],
  [44, 90],
  [72, 93],
];

function mirrored({ pixels, landmarks }: FaceInPhoto): FaceInPhoto {
  const data = new Uint8Array(pixels.data.length);
  for (let i = 0; i < data.length; i++) {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % SIDE, Math.floor(i / 3 / SIDE)];
    data[(y * SIDE + SIDE - 1 - x) * 3 + c] = pixels.data[i]!;
  }
  const turn = ([x, y]: Point): Point => [SIDE - 1 - x, y];
  const [a, b, c, d, e] = landmarks;
  return { pixels: pixelsOf(data), landmarks: [turn(a), turn(b), turn(c), turn(d), turn(e)] };
}

const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.hypot(...Array.from(a, (value, i) => value - b[i]!));
const unit = (values: readonly number[]) => {
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
};

const faces = [picture(0), picture(1), picture(2)];
let a: FusedPart;
let b: FusedPart;
beforeAll(async () => {
  [a, b] = await Promise.all([partOf('faceplugin-512', false), partOf('mobilefacenet-192', false)]);
});

describe('FusedEmbedder', () => {
  it('is the network itself where there is one', async () => {
    const alone = await (await FaceEmbedder.open(a.path, a.input)).embed(faces);
    const fused = await (await FusedEmbedder.open([{ ...a, weight: 0.3 }])).embed(faces);
    expect(fused).toEqual(alone);
  });

  it('gives each part its weight: squared distances add up by the weights', async () => {
    const ofA = await (await FaceEmbedder.open(a.path, a.input)).embed(faces);
    const ofB = await (await FaceEmbedder.open(b.path, b.input)).embed(faces);
    // 9 to 16 is 0.36 to 0.64.
    const embedder = await FusedEmbedder.open([
      { ...a, weight: 9 },
      { ...b, weight: 16 },
    ]);
    const fused = await embedder.embed(faces);
    for (const [i, embedding] of fused.entries()) {
      expect(embedding).toHaveLength(512 + 192);
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      const next = (i + 1) % faces.length;
      const expected =
        0.36 * distance(ofA[i]!, ofA[next]!) ** 2 + 0.64 * distance(ofB[i]!, ofB[next]!) ** 2;
      expect(expected).toBeGreaterThan(1e-3);
      expect(distance(embedding, fused[next]!) ** 2).toBeCloseTo(expected, 5);
    }
  });

  it('with mirror images, takes the mean of the face and of the mirrored face', async () => {
    const { size, template } = a.input;
    // A mirrored photo through a mirrored template is the mirror image of the aligned face.
    const flipped = template.map(([x, y]): Point => [size - 1 - x, y]);
    const plain = await (await FaceEmbedder.open(a.path, a.input)).embed(faces);
    const turned = await (await FaceEmbedder.open(a.path, { ...a.input, template: flipped })).embed(
      faces.map(mirrored),
    );
    const both = await (
      await FusedEmbedder.open([{ ...a, input: { ...a.input, mirror: true } }])
    ).embed(faces);
    for (const [i, embedding] of both.entries()) {
      const mean = unit(Array.from(plain[i]!, (value, d) => value + turned[i]![d]!));
      // Pixels of the crops are rounded to 8 bits, at times to either side.
      expect(distance(embedding, mean)).toBeLessThan(0.02);
      expect(distance(plain[i]!, turned[i]!)).toBeGreaterThan(0.1);
    }
  });
});
