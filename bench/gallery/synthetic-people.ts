import type { PhotoInput } from '@facedex/gallery';

export const DIMENSION = 128;
const FACES_PER_PERSON = 10;
/** Of a face around its person: two faces of one person are then about 0.9 apart, as in real ones. */
const SPREAD = 0.82;

/** The photo with this number: always the same, one face, ten photos a person, people mixed. */
export function photoOf(number: number): PhotoInput {
  const person = `person-${personOf(number)}`;
  return {
    path: `/photos/${person}/${number}.jpg`,
    bytes: 100_000,
    modifiedMs: 1_700_000_000_000 + number,
    contentHash: `hash-${number}`,
    person,
    recipe: 'synthetic',
    width: 640,
    height: 480,
    outcome: 'enrolled',
    reason: null,
    faces: [
      {
        box: { x: 100, y: 100, width: 120, height: 150 },
        landmarks: Array.from({ length: 5 }, () => [150, 150] as const),
        score: 0.99,
        embedding: faceOf(personOf(number), number),
      },
    ],
  };
}

/** New faces of people who are among the first `faces` photos; one after the other. */
export function probesOf(faces: number, count: number): Float32Array {
  const probes = new Float32Array(count * DIMENSION);
  const step = Math.max(1, Math.floor(faces / count));
  for (let i = 0; i < count; i++) {
    probes.set(faceOf(personOf((i * step) % faces), -1 - i), i * DIMENSION);
  }
  return probes;
}

/** Blocks of a thousand photos show a hundred people. */
function personOf(number: number): number {
  const block = Math.floor(number / 1000);
  return block * (1000 / FACES_PER_PERSON) + (number % (1000 / FACES_PER_PERSON));
}

function faceOf(person: number, seed: number): Float32Array {
  const centre = normals(person * 2 + 1);
  const spread = normals(seed * 2);
  const face = centre.map((value, i) => value + SPREAD * spread[i]!);
  const length = Math.hypot(...face);
  return face.map((value) => value / length);
}

/** Normally distributed numbers (Box and Muller) from Mulberry32 (Tommy Ettinger, public domain). */
function normals(seed: number): Float32Array {
  let state = Math.imul(seed, 0x9e3779b9) >>> 0;
  const random = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const values = new Float32Array(DIMENSION);
  for (let i = 0; i < DIMENSION; i += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    values[i] = radius * Math.cos(angle);
    values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}
