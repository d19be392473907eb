import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodePhoto, type Pixels } from '../src/decode-photo.js';
import { FaceVerifier } from '../src/face-verifier.js';
import { type Face, loadModel, Pipeline } from '../src/index.js';
import { LivenessJudge } from '../src/liveness-judge.js';
import { LIVENESS, VERIFIER } from '../src/models/catalog.js';
import { fetchOriginals } from './models/originals.js';

const GROUP = 'demo/sample6.jpg';

let pipeline: Pipeline;
let photo: Uint8Array;
let pixels: Pixels;
let faces: readonly Face[];
beforeAll(async () => {
  const files = await fetchOriginals('dlib-resnet-128', [GROUP]);
  if (typeof files === 'string') throw new Error(files);
  photo = files.get(GROUP)!;
  pixels = await decodePhoto(photo);
  pipeline = await Pipeline.open({ workers: 1, liveness: true });
  faces = (await pipeline.analyse(photo, { embed: false })).faces;
});
afterAll(() => pipeline[Symbol.asyncDispose]());

describe('the verifier', () => {
  it('believes in faces, small ones too, and not in what is beside them', async () => {
    const { path, card } = await loadModel(VERIFIER);
    const verifier = await FaceVerifier.open(path, card.input);
    expect(await verifier.scores(pixels, [])).toEqual([]);
    const boxes = faces.map(({ box }) => box);
    expect(Math.min(...(await verifier.scores(pixels, boxes)))).toBeGreaterThan(0.9);
    const beside = boxes.map((box) => ({ ...box, y: box.y + 1.2 * box.height }));
    expect(Math.max(...(await verifier.scores(pixels, beside)))).toBeLessThan(0.3);

    const scale = 30 / faces[0]!.box.height;
    const width = Math.round(pixels.width * scale);
    const small = await decodePhoto(await sharp(photo).resize(width).png().toBuffer());
    const { x, y, width: side, height } = faces[0]!.box;
    const box = { x: x * scale, y: y * scale, width: side * scale, height: height * scale };
    expect((await verifier.scores(small, [box]))[0]).toBeGreaterThan(0.9);
  });
});

describe('liveness', () => {
  it('is a number from 0 to 1 for each face where it was asked for', () => {
    for (const { liveness } of faces) {
      expect(liveness).toBeGreaterThanOrEqual(0);
      expect(liveness).toBeLessThanOrEqual(1);
    }
  });

  it('is null where it was not', async () => {
    await using other = await Pipeline.open({ workers: 1 });
    const found = await other.analyse(photo, { embed: false });
    expect(found.faces.map(({ liveness }) => liveness)).toEqual(faces.map(() => null));
  });

  it('can be told of a face at the edge, and of one that is larger than the photo', async () => {
    const { path, card } = await loadModel(LIVENESS);
    const judge = await LivenessJudge.open(path, card.input);
    const { width, height } = pixels;
    for (const box of [
      { x: -20, y: -30, width: 80, height: 90 },
      { x: -100, y: -100, width: width + 200, height: height + 200 },
    ]) {
      const score = await judge.score(pixels, box);
      expect(score > 0 && score < 1).toBe(true);
    }
  });
});
