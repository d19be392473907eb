import { describe, expect, test } from 'vitest';
import type { Gallery, PhotoInput } from '../src/index.js';
import { embedding, face, photo, randomNumbers, unit } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

/** Faces of one person are at most 0.3 apart, those of two people more than 0.5. */
const OPTIONS = { threshold: 0.4 };

/** The n-th face of a person. */
function faceOf(person: number, n: number) {
  const random = randomNumbers(person * 1000 + n);
  const noisy = embedding(person + 1).map((value) => value + (random() - 0.5) * 0.06);
  return { ...face(n), embedding: unit(Float32Array.from(noisy)) };
}

/** A photo in no person's folder that shows these people, each by a face of its own. */
function shot(name: string, ...people: number[]): PhotoInput {
  const n = [...name].reduce((sum, character) => sum * 31 + character.charCodeAt(0), 7) % 997;
  return photo(0, {
    path: `/shots/${name}.jpg`,
    contentHash: name,
    person: null,
    faces: people.map((person, i) => faceOf(person, n + i)),
  });
}

async function galleryOf(...photos: PhotoInput[]): Promise<Gallery> {
  const gallery = await openGallery(await temporaryDirectory());
  await gallery.enrol(photos);
  return gallery;
}

/** By cluster the ids of its faces. */
async function members(gallery: Gallery): Promise<Record<number, number[]>> {
  const entries: [number, number[]][] = [];
  for (const { id } of await gallery.clusters.list()) {
    entries.push([id, (await gallery.clusters.facesOf(id)).map((one) => one.id)]);
  }
  return Object.fromEntries(entries);
}

async function names(gallery: Gallery): Promise<(string | null)[]> {
  return (await collect(gallery.faces())).map(({ person }) => person);
}

/** Faces 1 and 3 are person 0, faces 2 and 4 person 1, face 5 is somebody else. */
async function twoPeople(): Promise<Gallery> {
  const gallery = await galleryOf(shot('a', 0, 1), shot('b', 0, 1), shot('c', 2));
  await gallery.clusters.run(OPTIONS);
  return gallery;
}

describe('misuse', () => {
  test.each([
    [
      'a threshold beyond 2',
      (g: Gallery) => g.clusters.run({ threshold: 2.1 }),
      'INVALID_ARGUMENT',
    ],
    [
      'no threshold',
      (g: Gallery) => g.clusters.run({} as { threshold: number }),
      'INVALID_ARGUMENT',
    ],
    ['a cluster that is not', (g: Gallery) => g.clusters.facesOf(99), 'UNKNOWN_CLUSTER'],
    ['an id of no number', (g: Gallery) => g.clusters.facesOf(Number.NaN), 'INVALID_ARGUMENT'],
    ['naming what is not', (g: Gallery) => g.clusters.name(99, 'Ada'), 'UNKNOWN_CLUSTER'],
    ['an empty name', (g: Gallery) => g.clusters.name(1, ''), 'INVALID_ARGUMENT'],
    ['merging what is not', (g: Gallery) => g.clusters.merge(1, [99]), 'UNKNOWN_CLUSTER'],
    ['moving no face', (g: Gallery) => g.clusters.move([], 1), 'INVALID_ARGUMENT'],
    ['moving a face that is not', (g: Gallery) => g.clusters.move([1, 99], 2), 'UNKNOWN_FACE'],
    ['moving to what is not', (g: Gallery) => g.clusters.move([1], 99), 'UNKNOWN_CLUSTER'],
    ['rejecting a face that is not', (g: Gallery) => g.clusters.reject([99]), 'UNKNOWN_FACE'],
    ['rejecting from nothing', (g: Gallery) => g.clusters.reject([1, 5]), 'INVALID_ARGUMENT'],
  ])('%s is refused, and nothing changes', async (_, act, code) => {
    const gallery = await twoPeople();
    const before = [await members(gallery), await gallery.clusters.list()];
    await expect(act(gallery)).rejects.toMatchObject({ code });
    expect([await members(gallery), await gallery.clusters.list()]).toEqual(before);
  });

  test('a reader may look but not change', async () => {
    const writer = await twoPeople();
    const reader = await openGallery(writer.directory, { mode: 'read' });
    expect(await members(reader)).toEqual({ 1: [1, 3], 2: [2, 4] });
    await expect(reader.clusters.run(OPTIONS)).rejects.toMatchObject({ code: 'READ_ONLY' });
    await expect(reader.clusters.name(1, 'Ada')).rejects.toMatchObject({ code: 'READ_ONLY' });
  });

  test('a face whose folder names its person is in no cluster, and cannot be moved', async () => {
    const gallery = await galleryOf(
      shot('a', 0),
      photo(1, { person: 'Bob', faces: [faceOf(0, 1)] }),
    );
    expect(await gallery.clusters.run(OPTIONS)).toMatchObject({ faces: 1, clusters: 0, alone: 1 });
    await expect(gallery.clusters.move([2], null)).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('folder'),
    });
  });
});

describe('a run', () => {
  test('finds nothing in an empty gallery', async () => {
    const gallery = await galleryOf();
    expect(await gallery.clusters.run(OPTIONS)).toMatchObject({ faces: 0, clusters: 0 });
    expect(await gallery.clusters.list()).toEqual([]);
  });

  test('finds who is in the photos, and says what it did', async () => {
    const gallery = await galleryOf(shot('a', 0, 1), shot('b', 0, 1), shot('c', 2));
    expect(await gallery.clusters.run(OPTIONS)).toEqual({
      threshold: 0.4,
      faces: 5,
      clusters: 2,
      newClusters: 2,
      joined: 4,
      alone: 1,
    });
    expect(await gallery.clusters.list()).toEqual([
      { id: 1, person: null, faces: 2, confirmed: 0 },
      { id: 2, person: null, faces: 2, confirmed: 0 },
    ]);
    expect(await gallery.clusters.facesOf(2)).toMatchObject([
      { id: 2, photo: '/shots/a.jpg', person: null, confirmed: false },
      { id: 4, photo: '/shots/b.jpg', person: null, confirmed: false },
    ]);
  });

  test('is not led astray by many faces of known people in between', async () => {
    const known = Array.from({ length: 150 }, (_, n) =>
      photo(n + 1, { person: 'Ada', faces: [faceOf(0, n)] }),
    );
    const gallery = await galleryOf(...known, shot('a', 0), shot('b', 0));
    await gallery.clusters.run(OPTIONS);
    expect(await members(gallery)).toEqual({ 1: [151, 152] });
  });

  test('lets new faces join, moves nothing, and makes new clusters', async () => {
    const gallery = await twoPeople();
    await gallery.enrol([shot('d', 1, 2), shot('e', 3), shot('f', 3)]);
    expect(await gallery.clusters.run(OPTIONS)).toMatchObject({ newClusters: 2, joined: 5 });
    expect(await members(gallery)).toEqual({ 1: [1, 3], 2: [2, 4, 6], 3: [5, 7], 4: [8, 9] });
    expect(await gallery.clusters.run(OPTIONS)).toMatchObject({ newClusters: 0, joined: 0 });
  });

  test('takes two faces of one photo for two people, except in a collage', async () => {
    const gallery = await galleryOf(shot('a', 0, 0, 0), shot('b', 0));
    await gallery.clusters.run(OPTIONS);
    expect(Object.values(await members(gallery))).toEqual([[expect.any(Number), 4]]);
    await gallery.clusters.run({ ...OPTIONS, allowSamePhoto: true });
    expect(await members(gallery)).toEqual({ 1: [1, 2, 3, 4] });
  });

  test('gives the same clusters whoever does it, and again when it is done afresh', async () => {
    const photos = Array.from({ length: 40 }, (_, i) => shot(`p${i}`, i % 7, 7 + (i % 5)));
    const [one, other] = [await galleryOf(...photos), await galleryOf(...photos)];
    await one.clusters.run(OPTIONS);
    await other.clusters.run(OPTIONS);
    const first = await members(one);
    expect(Object.keys(first)).toHaveLength(12);
    expect(await members(other)).toEqual(first);
    expect(await one.clusters.run({ ...OPTIONS, afresh: true })).toMatchObject({ newClusters: 0 });
    expect(await members(one)).toEqual(first);
  });

  test('done afresh, corrects what a loose threshold did, and keeps ids', async () => {
    const gallery = await galleryOf(
      shot('a', 0),
      shot('b', 0),
      shot('c', 0),
      shot('d', 1),
      shot('e', 1),
    );
    await gallery.clusters.run({ threshold: 2 });
    expect(await members(gallery)).toEqual({ 1: [1, 2, 3, 4, 5] });
    await gallery.clusters.run(OPTIONS);
    expect(await members(gallery)).toEqual({ 1: [1, 2, 3, 4, 5] });
    await gallery.clusters.run({ ...OPTIONS, afresh: true });
    expect(await members(gallery)).toEqual({ 1: [1, 2, 3], 2: [4, 5] });
  });
});

describe('a name', () => {
  test('is the person of the faces, in every answer, and of those that join later', async () => {
    const gallery = await twoPeople();
    expect(await gallery.clusters.name(1, 'Ada')).toBe(1);
    expect(await names(gallery)).toEqual(['Ada', null, 'Ada', null, null]);
    expect(await gallery.people()).toEqual([{ name: 'Ada', photos: 2, faces: 2 }]);
    const probe = faceOf(0, 500).embedding;
    expect(await gallery.identify(probe, { threshold: 0.4 })).toMatchObject({ person: 'Ada' });
    await gallery.enrol([shot('d', 0)]);
    await gallery.clusters.run(OPTIONS);
    expect((await names(gallery)).at(-1)).toBe('Ada');
    expect(await gallery.clusters.list()).toMatchObject([
      { id: 1, person: 'Ada', faces: 3, confirmed: 2 },
      { id: 2, person: null },
    ]);
  });

  test('can be changed and taken away; a person whom nothing names is gone', async () => {
    const gallery = await twoPeople();
    await gallery.clusters.name(1, 'Ada');
    await gallery.clusters.name(1, 'Ida');
    expect(await gallery.people()).toMatchObject([{ name: 'Ida' }]);
    await gallery.clusters.name(1, null);
    expect(await gallery.people()).toEqual([]);
    expect(await names(gallery)).toEqual([null, null, null, null, null]);
  });

  test('given twice makes one cluster of two', async () => {
    const gallery = await twoPeople();
    await gallery.clusters.name(2, 'Ada');
    expect(await gallery.clusters.name(1, 'Ada')).toBe(2);
    expect(await members(gallery)).toEqual({ 2: [1, 2, 3, 4] });
    expect(await gallery.people()).toMatchObject([{ name: 'Ada', faces: 4 }]);
  });

  test('joins a person who has a folder, and outlives it', async () => {
    const gallery = await twoPeople();
    await gallery.enrol([photo(9, { person: 'Ada' })]);
    await gallery.clusters.name(1, 'Ada');
    expect(await gallery.people()).toEqual([{ name: 'Ada', photos: 3, faces: 3 }]);
    await gallery.removePhotos([photo(9, { person: 'Ada' }).path]);
    expect(await gallery.people()).toEqual([{ name: 'Ada', photos: 2, faces: 2 }]);
  });

  test('yields to that of a folder, for which the face leaves the cluster', async () => {
    const gallery = await twoPeople();
    await gallery.clusters.name(1, 'Ada');
    await gallery.link({ ...shot('a', 0, 1), path: '/people/Bob/a.jpg', person: 'Bob' });
    expect(await names(gallery)).toEqual(['Bob', 'Bob', 'Ada', null, null]);
    expect(await members(gallery)).toEqual({ 1: [3], 2: [4] });
  });
});

describe('corrections', () => {
  test('a merge stays, with the one name that there is', async () => {
    const gallery = await twoPeople();
    await gallery.clusters.name(2, 'Ada');
    await gallery.clusters.merge(1, [2, 1]);
    expect(await gallery.clusters.list()).toEqual([
      { id: 1, person: 'Ada', faces: 4, confirmed: 4 },
    ]);
    await gallery.clusters.run({ ...OPTIONS, afresh: true });
    expect(await members(gallery)).toEqual({ 1: [1, 2, 3, 4] });
    expect(await names(gallery)).toEqual(['Ada', 'Ada', 'Ada', 'Ada', null]);
  });

  test('two people are not merged by mistake', async () => {
    const gallery = await twoPeople();
    await gallery.clusters.name(1, 'Ada');
    await gallery.clusters.name(2, 'Bob');
    await expect(gallery.clusters.merge(1, [2])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
    expect(await names(gallery)).toEqual(['Ada', 'Bob', 'Ada', 'Bob', null]);
  });

  test('a split stays, though the faces are alike', async () => {
    const gallery = await galleryOf(shot('a', 0), shot('b', 0), shot('c', 0), shot('d', 0));
    await gallery.clusters.run(OPTIONS);
    await gallery.clusters.name(1, 'Ada');
    expect(await gallery.clusters.move([2, 3], null)).toBe(2);
    for (const afresh of [false, true]) {
      await gallery.clusters.run({ ...OPTIONS, afresh });
      expect(await members(gallery)).toEqual({ 1: [1, 4], 2: [2, 3] });
    }
    expect(await names(gallery)).toEqual(['Ada', null, null, 'Ada']);
  });

  test('a face that was moved stays there, with the name; what has no face left is gone', async () => {
    const gallery = await twoPeople();
    await gallery.clusters.name(1, 'Ada');
    await gallery.clusters.move([2, 4, 5], 1);
    expect(await members(gallery)).toEqual({ 1: [1, 2, 3, 4, 5] });
    await gallery.clusters.run({ ...OPTIONS, afresh: true });
    expect(await names(gallery)).toEqual(['Ada', 'Ada', 'Ada', 'Ada', 'Ada']);
    expect(await gallery.clusters.move([2, 4], null)).toBe(3);
  });

  test('a face that was rejected never comes back, nor after a merge', async () => {
    const gallery = await galleryOf(
      shot('a', 0),
      shot('b', 0),
      shot('c', 0),
      shot('d', 1),
      shot('e', 1),
    );
    await gallery.clusters.run(OPTIONS);
    await gallery.clusters.name(1, 'Ada');
    await gallery.clusters.reject([2]);
    for (const afresh of [false, true]) {
      await gallery.clusters.run({ ...OPTIONS, afresh });
      expect(await members(gallery)).toEqual({ 1: [1, 3], 2: [4, 5] });
    }
    expect(await names(gallery)).toEqual(['Ada', null, 'Ada', null, null]);
    await gallery.clusters.merge(2, [1]);
    await gallery.clusters.run(OPTIONS);
    expect(await members(gallery)).toEqual({ 2: [1, 3, 4, 5] });
    // The user thinks better of it.
    await gallery.clusters.move([2], 2);
    expect(await members(gallery)).toEqual({ 2: [1, 2, 3, 4, 5] });
  });

  test('survive the process', async () => {
    const gallery = await twoPeople();
    await gallery.clusters.name(1, 'Ada');
    await gallery.clusters.reject([3]);
    await gallery[Symbol.asyncDispose]();
    const again = await openGallery(gallery.directory);
    await again.clusters.run(OPTIONS);
    expect(await members(again)).toEqual({ 1: [1], 2: [2, 4] });
    expect(await names(again)).toEqual(['Ada', null, null, null, null]);
  });
});

test('a run tells what it did, not what users did meanwhile', async () => {
  const gallery = await galleryOf(shot('a', 0, 1), shot('b', 0, 1), shot('c', 2));
  const beside: Promise<unknown>[] = [];
  const summary = await gallery.clusters.run({
    ...OPTIONS,
    onProgress: () => {
      if (beside.length > 0) return;
      beside.push(gallery.clusters.move([1, 3], null), gallery.clusters.move([5], null));
    },
  });
  await Promise.all(beside);
  expect(summary).toMatchObject({ clusters: 3, newClusters: 1, joined: 2 });
  expect(Object.values(await members(gallery))).toEqual([[1, 3], [5], [2, 4]]);
});

describe('erasing', () => {
  test('a photo takes its faces out of their clusters, and a cluster and person with the last', async () => {
    const gallery = await twoPeople();
    await gallery.clusters.name(1, 'Ada');
    await gallery.removePhoto('/shots/a.jpg');
    expect(await members(gallery)).toEqual({ 1: [3], 2: [4] });
    await gallery.removePhoto('/shots/b.jpg');
    expect(await members(gallery)).toEqual({});
    expect(await gallery.people()).toEqual([]);
    expect(await gallery.stats()).toMatchObject({ people: 0, faces: 1 });
  });

  test('a person takes the faces that have the name, and the photos that show nobody else', async () => {
    const gallery = await galleryOf(shot('a', 0, 1), shot('b', 0), shot('c', 1));
    await gallery.clusters.run(OPTIONS);
    await gallery.clusters.name(1, 'Ada');
    expect(await gallery.removePerson('Ada')).toEqual({ faces: 2, photos: 1 });
    expect((await collect(gallery.faces())).map(({ id }) => id)).toEqual([2, 4]);
    expect(await members(gallery)).toEqual({ 2: [2, 4] });
    expect([...(await gallery.pathsUnder('/shots')).keys()]).toEqual([
      '/shots/a.jpg',
      '/shots/c.jpg',
    ]);
    expect(await gallery.people()).toEqual([]);
    expect(await gallery.stats()).toMatchObject({ faces: 2, photos: 2, index: { size: 2 } });
    // Ada does not come back with the next look at the folder.
    expect(await gallery.enrol([shot('a', 0, 1)])).toEqual(['unchanged']);
    expect(await gallery.stats()).toMatchObject({ faces: 2 });
  });
});

test('how well clustering would find the people that are known', async () => {
  const gallery = await openGallery(await temporaryDirectory());
  await expect(gallery.clusters.evaluate(OPTIONS)).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
  await gallery.enrol([
    ...[0, 1, 2].map((n) => photo(n, { person: 'Ada', faces: [faceOf(0, n)] })),
    ...[3, 4].map((n) => photo(n, { person: 'Bob', faces: [faceOf(1, n)] })),
    photo(5, { person: 'Bob', faces: [faceOf(2, 5)] }),
    shot('nobody', 0),
  ]);
  // Ada's are found; Bob's third face is another person's.
  expect(await gallery.clusters.evaluate(OPTIONS)).toMatchObject({
    faces: 6,
    people: 2,
    clusters: 3,
    pairwise: { precision: 1, recall: 4 / 6 },
    bCubed: { precision: 1, recall: (3 + 2 / 3 + 2 / 3 + 1 / 3) / 6 },
  });
  expect(await gallery.clusters.list()).toEqual([]);
});
