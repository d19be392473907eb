import type { PhotoInput } from '../src/index.js';

export const SPACE = { id: 'test-model', dimension: 16 };

/** Of a gallery of {@link SPACE}: the text of its calibration.json. */
export const CALIBRATION = JSON.stringify({
  format: 'facedex-calibration',
  version: 1,
  space: SPACE,
  data: 'a test',
  people: 2,
  faces: 4,
  genuinePairs: 2,
  impostorPairs: 4,
  thresholds: [],
  notMeasured: [],
  curve: [{ distance: 1, far: 0.01 }],
});

/** A unit vector that depends on the seed only. */
export function embedding(seed: number, dimension = SPACE.dimension): Float32Array {
  const random = randomNumbers(seed);
  const vector = Float32Array.from({ length: dimension }, () => random() - 0.5);
  return unit(vector);
}

export function unit(vector: Float32Array): Float32Array {
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return vector.map((value) => value / length);
}

/** A photo of one face; its content and embedding follow from the seed. */
export function photo(seed: number, overrides: Partial<PhotoInput> = {}): PhotoInput {
  const person = overrides.person === undefined ? `person-${seed % 3}` : overrides.person;
  return {
    path: `/photos/${person}/${seed}.jpg`,
    bytes: 1000 + seed,
    modifiedMs: 1_700_000_000_000.5 + seed,
    contentHash: `hash-${seed}`,
    person,
    recipe: 'recipe-1',
    width: 250,
    height: 250,
    outcome: 'enrolled',
    reason: null,
    faces: [face(seed)],
    ...overrides,
  };
}

export function photoWithoutFace(seed: number, overrides: Partial<PhotoInput> = {}): PhotoInput {
  return photo(seed, { outcome: 'no-face', reason: 'no face found', faces: [], ...overrides });
}

export function face(seed: number): PhotoInput['faces'][number] {
  return {
    box: { x: seed + 0.25, y: 20, width: 100, height: 110 },
    landmarks: [
      [30.5, 40],
      [70, 40],
    ],
    score: 0.9,
    embedding: embedding(seed),
  };
}

/** Every fifth photo has no face. */
export function photoOrNot(seed: number): PhotoInput {
  return seed % 5 === 4 ? photoWithoutFace(seed) : photo(seed);
}

/** Mulberry32, by Tommy Ettinger (public domain): small, seeded, good enough for test data. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
