import { describe, expect, test } from 'vitest';
import type { Gallery } from '../src/index.js';
import { face, photo, SPACE } from './synthetic-photos.js';
import { openGallery, temporaryDirectory } from './temporary-gallery.js';

/** A unit vector in the plane of the first two axes, at an angle in degrees. */
function at(degrees: number): Float32Array {
  const vector = new Float32Array(SPACE.dimension);
  vector[0] = Math.cos((degrees * Math.PI) / 180);
  vector[1] = Math.sin((degrees * Math.PI) / 180);
  return vector;
}

/** The distance of two unit vectors that are so many degrees apart. */
const chord = (degrees: number) => 2 * Math.sin((degrees * Math.PI) / 360);

/** A gallery of people with faces at these angles. */
async function galleryOf(people: Record<string, number[]>): Promise<Gallery> {
  const gallery = await openGallery(await temporaryDirectory());
  let seed = 0;
  const photos = Object.entries(people).flatMap(([person, angles]) =>
    angles.map((degrees) =>
      photo(seed++, {
        person: person === '' ? null : person,
        faces: [{ ...face(0), embedding: at(degrees) }],
      }),
    ),
  );
  await gallery.enrol(photos);
  return gallery;
}

describe('misuse', () => {
  test.each([
    { threshold: 3 },
    { threshold: Number.NaN },
    { threshold: 1, margin: -1 },
    { threshold: 1, margin: Number.NaN },
    { threshold: 1, templates: 'best' as 'faces' },
  ])('%o is an error', async (options) => {
    const gallery = await galleryOf({ Ann: [0] });
    await expect(gallery.identify(at(0), options)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

describe('a probe is', () => {
  test('known, unknown or ambiguous, with the margin to the runner-up', async () => {
    const gallery = await galleryOf({ Ann: [0, 10], Bob: [40] });
    const options = { threshold: 0.3, margin: 0.1, templates: 'faces' } as const;
    expect(await gallery.identify(at(12), options)).toMatchObject({
      verdict: 'known',
      person: 'Ann',
      distance: expect.closeTo(chord(2), 5),
      similarity: expect.closeTo(Math.cos((2 * Math.PI) / 180), 5),
      nearest: { person: 'Ann', faceId: 2, known: true },
      runnerUp: { person: 'Bob', distance: expect.closeTo(chord(28), 5) },
      margin: expect.closeTo(chord(28) - chord(2), 5),
    });
    // 14 degrees from Ann, 16 from Bob.
    expect(await gallery.identify(at(24), options)).toMatchObject({
      verdict: 'ambiguous',
      person: null,
      nearest: { person: 'Ann' },
      runnerUp: { person: 'Bob' },
      margin: expect.closeTo(chord(16) - chord(14), 5),
    });
    expect(await gallery.identify(at(24), { ...options, margin: 0 })).toMatchObject({
      verdict: 'known',
      person: 'Ann',
    });
    expect(await gallery.identify(at(90), options)).toMatchObject({
      verdict: 'unknown',
      person: null,
      nearest: { person: 'Bob', known: false },
    });
  });

  test('unknown where nobody has a name, and unambiguous where only one has', async () => {
    const nobody = await galleryOf({ '': [0, 1, 2] });
    expect(await nobody.identify(at(0), { threshold: 1 })).toEqual({
      verdict: 'unknown',
      person: null,
      distance: null,
      similarity: null,
      threshold: 1,
      templates: 'mean',
      nearest: null,
      runnerUp: null,
      margin: null,
    });
    const one = await galleryOf({ '': [0, 1, 2], Ann: [5] });
    expect(await one.identify(at(0), { threshold: 1 })).toMatchObject({
      verdict: 'known',
      person: 'Ann',
      runnerUp: null,
      margin: null,
    });
  });

  test('compared with the runner-up, however many faces the first one has', async () => {
    const gallery = await galleryOf({
      Ann: Array.from({ length: 150 }, (_, i) => i / 10),
      Bob: [40],
    });
    const answer = await gallery.identify(at(0), { threshold: 1, templates: 'faces' });
    expect(answer).toMatchObject({
      person: 'Ann',
      runnerUp: { person: 'Bob', distance: expect.closeTo(chord(40), 5) },
    });
  });
});

describe('people are told apart by', () => {
  // Ann has an outlier that is nearest to the probe; Bob's faces are close together.
  const people = { Ann: [0, 2, 4, 6, 8, 60], Bob: [70, 72, 74, 76] };

  test('their nearest faces', async () => {
    const gallery = await galleryOf(people);
    expect(await gallery.identify(at(62), { threshold: 1, templates: 'faces' })).toMatchObject({
      person: 'Ann',
      distance: expect.closeTo(chord(2), 5),
    });
  });

  test('their means', async () => {
    const gallery = await galleryOf(people);
    const answer = await gallery.identify(at(62), { threshold: 1 });
    expect(answer).toMatchObject({
      person: 'Bob',
      distance: expect.closeTo(chord(11), 5),
      nearest: { person: 'Bob', distance: expect.closeTo(chord(8), 5) },
      runnerUp: { person: 'Ann' },
      templates: 'mean',
    });
  });

  test('their typical faces', async () => {
    // Three medoids of Ann's faces are one in each group: the outlier stays one of them.
    const gallery = await galleryOf({ Ann: [0, 1, 2, 30, 31, 32, 60], Bob: [75, 76] });
    expect(await gallery.identify(at(36), { threshold: 1, templates: 'medoids' })).toMatchObject({
      person: 'Ann',
      distance: expect.closeTo(chord(5), 5),
      nearest: { distance: expect.closeTo(chord(4), 5) },
    });
  });
});
