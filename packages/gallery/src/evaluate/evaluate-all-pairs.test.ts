import { describe, expect, test } from 'vitest';
import { evaluateAllPairs, type LabelledFace } from './evaluate-all-pairs.js';

/** A face on the unit circle: two of them are 2 sin(difference / 2) apart. */
const at = (person: string, degrees: number): LabelledFace => {
  const angle = (degrees * Math.PI) / 180;
  return { person, embedding: Float32Array.of(Math.cos(angle), Math.sin(angle)) };
};
const distanceAt = (degrees: number) => 2 * Math.sin((degrees * Math.PI) / 360);

describe('misuse', () => {
  test.each([
    ['no photos', []],
    ['one person', [at('a', 0), at('a', 1)]],
    ['nobody twice', [at('a', 0), at('b', 1)]],
  ])('%s is an error', async (_, faces) => {
    await expect(evaluateAllPairs(faces)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test.each([
    ['of another dimension', Float32Array.of(1, 0, 0)],
    ['not of unit length', Float32Array.of(1, 1)],
    ['not finite', Float32Array.of(Number.NaN, 0)],
  ])('an embedding that is %s is an error', async (_, embedding) => {
    const faces = [at('a', 0), at('a', 1), { person: 'b', embedding }];
    await expect(evaluateAllPairs(faces)).rejects.toMatchObject({ code: 'INVALID_EMBEDDING' });
  });
});

describe('by hand', () => {
  test('counts pairs, and the true accepts before the first false one too many', async () => {
    // Genuine pairs: a 10 and 50 degrees apart (0-10, 10-60, 0-60); impostor pairs: each a with b.
    const faces = [at('a', 0), at('a', 10), at('a', 60), at('b', 100), at('c', 130), at('d', 160)];
    // Of 12 impostor pairs the nearest are 30 (b-c, c-d) and 40 degrees (a at 60 with b) apart.
    const result = await evaluateAllPairs(faces);
    expect(result).toMatchObject({ photos: 6, noFace: 0, genuine: 3, impostor: 12 });
    // One false accept in 12 is allowed at 1e-1, but the two at 30 degrees come together.
    expect(result.tarAtFar).toEqual({ '1e-1': 1 / 3 });
    expect(result.thresholdAtFar['1e-1']).toBeCloseTo(distanceAt(30), 4);
  });

  test('pairs of a photo without a face count as different', async () => {
    const faces = [at('a', 0), at('a', 1), { person: 'a', embedding: null }];
    const others = Array.from({ length: 4 }, (_, i) => at(`other ${i}`, 100 + 20 * i));
    const result = await evaluateAllPairs([...faces, ...others]);
    expect(result).toMatchObject({ photos: 7, noFace: 1, genuine: 3, impostor: 18 });
    expect(result.tarAtFar['1e-1']).toBe(1 / 3);
  });

  test('equal pictures are at distance 0, opposite ones at 2', async () => {
    const faces = [at('a', 0), at('a', 0), at('b', 180), at('b', 180), at('c', 180)];
    // 2 of the 8 impostor pairs are equal: none may be accepted at any rate below 1e-1.
    expect((await evaluateAllPairs(faces)).tarAtFar).toEqual({});
    const ten = [...faces, at('c', 90)];
    expect((await evaluateAllPairs(ten)).thresholdAtFar).toEqual({ '1e-1': 0 });
  });
});

test('agrees with a loop over all pairs, across blocks', async () => {
  // A small generator (Numerical Recipes' LCG), so that the figures are always the same.
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const unit = (values: number[]) => {
    const length = Math.hypot(...values);
    return Float32Array.from(values, (value) => value / length);
  };
  const centres = Array.from({ length: 500 }, () => Array.from({ length: 16 }, random));
  const faces = Array.from({ length: 1500 }, (_, i) => {
    const centre = centres[i % centres.length]!;
    return { person: `p${i % 500}`, embedding: unit(centre.map((v) => v + 0.6 * random())) };
  });
  const genuine: number[] = [];
  const impostor: number[] = [];
  for (let i = 0; i < faces.length; i++) {
    for (let j = 0; j < i; j++) {
      let squares = 0;
      for (let d = 0; d < 16; d++) {
        squares += (faces[i]!.embedding[d]! - faces[j]!.embedding[d]!) ** 2;
      }
      (faces[i]!.person === faces[j]!.person ? genuine : impostor).push(Math.sqrt(squares));
    }
  }
  impostor.sort((a, b) => a - b);
  const result = await evaluateAllPairs(faces);
  expect(result).toMatchObject({ genuine: genuine.length, impostor: impostor.length });
  expect(Object.keys(result.tarAtFar)).toEqual(['1e-1', '1e-2', '1e-3', '1e-4', '1e-5', '1e-6']);
  for (const [far, tar] of Object.entries(result.tarAtFar)) {
    const threshold = impostor[Math.floor(Number(far) * impostor.length)]!;
    // Within a bin of the histogram.
    expect(result.thresholdAtFar[far]).toBeCloseTo(threshold, 4);
    const accepted = genuine.filter((distance) => distance < threshold).length;
    expect(Math.abs(tar * genuine.length - accepted)).toBeLessThanOrEqual(1);
  }
  expect(result.tarAtFar['1e-4']).toBeLessThan(1);
});
