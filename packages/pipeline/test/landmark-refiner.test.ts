import { beforeAll, describe, expect, it } from 'vitest';
import { decodePhoto, type Pixels } from '../src/decode-photo.js';
import type { Point } from '../src/geometry.js';
import { loadModel, Pipeline } from '../src/index.js';
import type { LandmarkedFace } from '../src/landmark-finder.js';
import { LandmarkRefiner } from '../src/landmark-refiner.js';
import { REFINER } from '../src/models/catalog.js';
import { fetchOriginals } from './models/originals.js';

const PHOTO = 'demo/sample1.jpg';

let refiner: LandmarkRefiner;
let pixels: Pixels;
let face: LandmarkedFace;
beforeAll(async () => {
  const files = await fetchOriginals('dlib-resnet-128', [PHOTO]);
  if (typeof files === 'string') throw new Error(files);
  const { path, card } = await loadModel(REFINER);
  refiner = await LandmarkRefiner.open(path, card.input);
  pixels = await decodePhoto(files.get(PHOTO)!);
  await using pipeline = await Pipeline.open({ workers: 1 });
  const [found] = (await pipeline.analyse(files.get(PHOTO)!, { embed: false })).faces;
  face = { box: found!.box, landmarks: found!.landmarks, score: 1 };
});

describe('LandmarkRefiner', () => {
  it('agrees with the landmarks that are there to a few hundredths of the face', async () => {
    const refined = await refiner.refine(pixels, face);
    expect(refined.box).toEqual(face.box);
    for (const [i, [x, y]] of refined.landmarks.entries()) {
      const [fromX, fromY] = face.landmarks[i]!;
      const moved = Math.hypot(x - fromX, y - fromY);
      expect(moved).toBeGreaterThan(0);
      expect(moved).toBeLessThan(0.03 * face.box.height);
    }
  });

  it('moves wrong landmarks half of the way to right ones', async () => {
    const right = await refiner.refine(pixels, face);
    const wrong = face.landmarks.map(([x, y]): Point => [x + 30, y - 10]);
    const [a, b, c, d, e] = wrong;
    const moved = await refiner.refine(pixels, { ...face, landmarks: [a!, b!, c!, d!, e!] });
    for (const [i, [x, y]] of moved.landmarks.entries()) {
      expect(x - right.landmarks[i]![0]).toBeCloseTo(15, 6);
      expect(y - right.landmarks[i]![1]).toBeCloseTo(-5, 6);
    }
  });
});

it('only the accurate preset places landmarks by it', async () => {
  const landmarksOf = async (preset: 'balanced' | 'accurate') => {
    await using pipeline = await Pipeline.open({ preset, workers: 1 });
    const files = await fetchOriginals('dlib-resnet-128', [PHOTO]);
    if (typeof files === 'string') throw new Error(files);
    return (await pipeline.analyse(files.get(PHOTO)!, { embed: false })).faces[0]!.landmarks;
  };
  expect(await landmarksOf('balanced')).toEqual(face.landmarks);
  const accurate = await landmarksOf('accurate');
  const refined = await refiner.refine(pixels, face);
  for (const [i, [x, y]] of accurate.entries()) {
    expect(x).toBeCloseTo(refined.landmarks[i]![0], 3);
    expect(y).toBeCloseTo(refined.landmarks[i]![1], 3);
  }
});
