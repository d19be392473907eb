import { expect, test } from 'vitest';
import type { Gallery, SearchFilter } from '../src/index.js';
import { embedding, face, photo, photoWithoutFace, unit } from './synthetic-photos.js';
import { openGallery, temporaryDirectory } from './temporary-gallery.js';

const DAY = 86_400_000;

/** Photo `i` is of person i % 3, in folder i % 2, taken on day i. */
function at(i: number) {
  return photo(i, { path: `/album/${i % 2 === 0 ? 'even' : 'odd'}/${i}.jpg`, modifiedMs: i * DAY });
}

async function album(): Promise<Gallery> {
  const gallery = await openGallery(await temporaryDirectory());
  await gallery.enrol(Array.from({ length: 12 }, (_, i) => at(i)));
  return gallery;
}

async function found(gallery: Gallery, filter: SearchFilter): Promise<number[]> {
  const matches = await gallery.search(embedding(0), { k: 100, threshold: 1, filter });
  return matches.map(({ faceId }) => faceId - 1).sort((a, b) => a - b);
}

test.each<[string, SearchFilter]>([
  ['an empty name', { people: [''] }],
  ['an empty tag', { tags: [''] }],
  ['no date', { since: new Date('yesterday') }],
  ['a date as text', { until: '2020-01-01' as unknown as Date }],
])('a filter with %s is an error', async (_, filter) => {
  const gallery = await album();
  await expect(found(gallery, filter)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

test('searches among some people, a folder, some days, or all of these', async () => {
  const gallery = await album();
  expect(await found(gallery, {})).toHaveLength(12);
  expect(await found(gallery, { people: ['person-1'] })).toEqual([1, 4, 7, 10]);
  expect(await found(gallery, { people: ['person-1', 'person-2', 'nobody'] })).toHaveLength(8);
  expect(await found(gallery, { people: [] })).toEqual([]);
  expect(await found(gallery, { folder: '/album/odd' })).toEqual([1, 3, 5, 7, 9, 11]);
  expect(await found(gallery, { folder: '/album/o' })).toEqual([]);
  expect(await found(gallery, { folder: '/album/odd/3.jpg' })).toEqual([3]);
  const days = { since: new Date(3 * DAY), until: new Date(6 * DAY) };
  expect(await found(gallery, days)).toEqual([3, 4, 5]);
  expect(await found(gallery, { since: new Date(9 * DAY) })).toEqual([9, 10, 11]);
  expect(await found(gallery, { ...days, people: ['person-1'], folder: '/album/even' })).toEqual([
    4,
  ]);
});

test('a photo is as old as its oldest file', async () => {
  const gallery = await album();
  await gallery.enrol([photo(5, { ...at(5), path: '/album/copy.jpg', modifiedMs: 100 * DAY })]);
  expect(await found(gallery, { since: new Date(50 * DAY) })).toEqual([]);
  expect(await found(gallery, { folder: '/album', until: new Date(6 * DAY) })).toContain(5);
});

test('tags are given to files and folders, taken away, and go with their photo', async () => {
  const gallery = await album();
  expect(await gallery.tag('/album/odd', { add: ['holiday', 'sea'] })).toBe(6);
  expect(await gallery.tag('/album/odd/3.jpg', { add: ['sea'], remove: ['holiday'] })).toBe(1);
  expect(await gallery.tag('/nowhere', { add: ['x'] })).toBe(0);
  expect(await gallery.tags()).toEqual([
    { tag: 'holiday', photos: 5, people: 0 },
    { tag: 'sea', photos: 6, people: 0 },
  ]);
  expect(await found(gallery, { tags: ['sea', 'holiday'] })).toEqual([1, 5, 7, 9, 11]);
  expect(await found(gallery, { tags: ['sea'], people: ['person-0'] })).toEqual([3, 9]);
  expect(await found(gallery, { tags: ['land'] })).toEqual([]);
  await gallery.removePhotos([1, 5, 7, 9, 11].map((i) => at(i).path));
  expect(await gallery.tags()).toEqual([{ tag: 'sea', photos: 1, people: 0 }]);
  await expect(gallery.tag('/album', { add: [''] })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});

test('a batch is filtered as well, and a filter that leaves nobody gives empty answers', async () => {
  const gallery = await album();
  await gallery.enrol([photoWithoutFace(50, { path: '/empty/50.jpg' })]);
  const probes = Float32Array.from([...embedding(1), ...embedding(4)]);
  const options = { k: 1, threshold: 1 };
  const filtered = { ...options, filter: { people: ['person-1'] } };
  expect(await gallery.searchBatch(probes, filtered)).toMatchObject([
    [{ faceId: 2 }],
    [{ faceId: 5 }],
  ]);
  expect(await gallery.searchBatch(probes, { ...options, filter: { folder: '/empty' } })).toEqual([
    [],
    [],
  ]);
});

/** A unit vector at an angle from the first axis, in a plane of its own. */
function turned(degrees: number, plane: number): Float32Array {
  const vector = new Float32Array(16);
  vector[0] = Math.cos((degrees * Math.PI) / 180);
  vector[plane] = Math.sin((degrees * Math.PI) / 180);
  return unit(vector);
}

test('people are found by their best face, or by the mean of several', async () => {
  const gallery = await openGallery(await temporaryDirectory());
  // Ann has the nearest face, but Bob's are nearer on average; Carl has one; nobody's are between.
  const degrees: [string | null, number][] = [
    ['Ann', 10],
    ['Bob', 20],
    [null, 22],
    ['Bob', 25],
    ['Carl', 30],
    ['Ann', 60],
    ['Bob', 90],
  ];
  await gallery.enrol(
    degrees.map(([person, angle], i) =>
      photo(i, { person, faces: [{ ...face(i), embedding: turned(angle, 1 + i) }] }),
    ),
  );
  const probe = turned(0, 1);
  const options = { k: 2, threshold: 0.3 };
  // The distance of unit vectors at an angle is twice the sine of half of it.
  const chord = (angle: number) => 2 * Math.sin((angle * Math.PI) / 360);
  const best = await gallery.searchPeople(probe, options);
  expect(best.map(({ rank, person, known }) => [rank, person, known])).toEqual([
    [1, 'Ann', true],
    [2, 'Bob', false],
  ]);
  expect(best[0]?.distance).toBeCloseTo(chord(10), 5);
  const mean = await gallery.searchPeople(probe, { ...options, k: 3, topFaces: 2 });
  expect(mean.map(({ person, faces }) => [person, faces.length])).toEqual([
    ['Bob', 2],
    ['Carl', 1],
    ['Ann', 2],
  ]);
  expect(mean[0]?.distance).toBeCloseTo((chord(20) + chord(25)) / 2, 5);
  const filtered = await gallery.searchPeople(probe, { ...options, filter: { people: ['Carl'] } });
  expect(filtered.map(({ person }) => person)).toEqual(['Carl']);
  await expect(gallery.searchPeople(probe, { ...options, topFaces: 0 })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
  });
});
