import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Gallery, type PhotoInput } from '../src/index.js';
import { embedding, photo, SPACE } from './synthetic-photos.js';
import { openGallery, temporaryDirectory } from './temporary-gallery.js';

describe('opening', () => {
  test('for reading where there is no gallery is an error, and makes nothing', async () => {
    const directory = join(await temporaryDirectory(), 'nothing');
    await expect(Gallery.open(directory, { space: SPACE })).rejects.toMatchObject({
      code: 'NO_GALLERY',
      message: expect.stringContaining(directory),
    });
    await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
    // Nor does a writer that cannot say which space.
    await expect(Gallery.open(directory, { mode: 'write' })).rejects.toMatchObject({
      code: 'NO_GALLERY',
    });
    await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await Gallery.spaceOf(directory)).toBeUndefined();
  });

  test.each(['read', 'write'] as const)('a file, for %s, is an error', async (mode) => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, 'text');
    await expect(Gallery.open(file, { space: SPACE, mode })).rejects.toMatchObject({
      code: 'NOT_A_DIRECTORY',
    });
  });

  test('a place where no directory can be made is an error', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, 'text');
    const open = Gallery.open(join(file, 'below'), { space: SPACE, mode: 'write' });
    await expect(open).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });

  test('a directory with other files in it makes a gallery beside them', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'notes.txt'), 'mine');
    await openGallery(directory);
    expect(await readdir(directory)).toEqual(expect.arrayContaining(['gallery.db', 'notes.txt']));
  });

  test('with another embedding space is an error that names both', async () => {
    const directory = await temporaryDirectory();
    await (await openGallery(directory))[Symbol.asyncDispose]();
    for (const space of [
      { id: 'other-model', dimension: 16 },
      { id: 'test-model', dimension: 8 },
    ]) {
      await expect(Gallery.open(directory, { space })).rejects.toMatchObject({
        code: 'WRONG_SPACE',
        message: expect.stringMatching(
          new RegExp(`test-model.*16.*${space.id}.*${space.dimension}.*facedex reembed`),
        ),
      });
    }
    expect(await Gallery.spaceOf(directory)).toEqual(SPACE);
    const whatever = await Gallery.open(directory, { mode: 'write' });
    expect(whatever.space).toEqual(SPACE);
    await whatever[Symbol.asyncDispose]();
  });

  test.each([
    ['', SPACE, 'write'],
    ['x', { id: '', dimension: 16 }, 'write'],
    ['x', { id: 'm', dimension: 0 }, 'write'],
    ['x', { id: 'm', dimension: 1.5 }, 'write'],
    ['x', SPACE, 'append'],
  ])('with nonsense (%j, %j, %j) is an error', async (directory, space, mode) => {
    const open = Gallery.open(directory, { space, mode: mode as 'read' });
    await expect(open).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('enrolling', () => {
  const nan = embedding(1);
  nan[3] = Number.NaN;
  test.each<[string, string, Partial<PhotoInput>]>([
    ['a relative path', 'INVALID_ARGUMENT', { path: 'photos/1.jpg' }],
    ['a path with NUL', 'INVALID_ARGUMENT', { path: '/photos/\0.jpg' }],
    ['a person of half a character', 'INVALID_ARGUMENT', { person: 'a\ud800' }],
    ['a person without a name', 'INVALID_ARGUMENT', { person: '' }],
    ['no hash', 'INVALID_ARGUMENT', { contentHash: '' }],
    ['a negative size', 'INVALID_ARGUMENT', { bytes: -1 }],
    ['no time', 'INVALID_ARGUMENT', { modifiedMs: Number.NaN }],
    ['faces that were not found', 'INVALID_ARGUMENT', { outcome: 'no-face' }],
    ['an enrolled photo without faces', 'INVALID_ARGUMENT', { faces: [] }],
    ['an embedding too short', 'INVALID_EMBEDDING', faceOf(embedding(1, 8))],
    ['an embedding with NaN', 'INVALID_EMBEDDING', faceOf(nan)],
    ['an embedding of zeros', 'INVALID_EMBEDDING', faceOf(new Float32Array(16))],
    ['an embedding of length 2', 'INVALID_EMBEDDING', faceOf(embedding(1).map((x) => 2 * x))],
  ])('%s is an error, and the batch is not enrolled', async (_, code, overrides) => {
    const gallery = await openGallery(await temporaryDirectory());
    await expect(gallery.enrol([photo(0), photo(1, overrides)])).rejects.toMatchObject({ code });
    expect(await gallery.stats()).toMatchObject({ photos: 0, faces: 0, lastChange: 0 });
    await gallery.enrol([photo(0)]);
    expect(await gallery.search(embedding(0), { k: 1, threshold: 1 })).toMatchObject([
      { faceId: 1 },
    ]);
  });

  function faceOf(vector: Float32Array): Partial<PhotoInput> {
    const box = { x: 0, y: 0, width: 1, height: 1 };
    return { faces: [{ box, landmarks: [], score: 1, embedding: vector }] };
  }
});

describe('searching', () => {
  test.each([0, -1, 1.5, 10_001, Number.NaN])('for %d faces is an error', async (k) => {
    const gallery = await openGallery(await temporaryDirectory());
    const search = gallery.search(embedding(1), { k, threshold: 1 });
    await expect(search).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test.each([-0.1, 2.1, Number.NaN])('with threshold %d is an error', async (threshold) => {
    const gallery = await openGallery(await temporaryDirectory());
    const code = 'INVALID_ARGUMENT';
    await expect(gallery.search(embedding(1), { k: 1, threshold })).rejects.toMatchObject({ code });
    await expect(gallery.identify(embedding(1), { threshold })).rejects.toMatchObject({ code });
  });

  test('for what is not an embedding of the space is an error', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    const code = 'INVALID_EMBEDDING';
    for (const probe of [embedding(1, 8), embedding(1, 32), new Float32Array(16)]) {
      await expect(gallery.identify(probe, { threshold: 1 })).rejects.toMatchObject({ code });
      const search = gallery.search(probe, { k: 1, threshold: 1 });
      await expect(search).rejects.toMatchObject({ code });
    }
    const batch = gallery.searchBatch(new Float32Array(17), { k: 1, threshold: 1 });
    await expect(batch).rejects.toMatchObject({ code });
  });

  test('an empty gallery finds nobody', async () => {
    const gallery = await openGallery(await temporaryDirectory());
    expect(await gallery.search(embedding(1), { k: 5, threshold: 1 })).toEqual([]);
    expect(await gallery.identify(embedding(1), { threshold: 1 })).toMatchObject({
      verdict: 'unknown',
      person: null,
      nearest: null,
    });
    expect(await gallery.stats()).toMatchObject({ faces: 0, bytesPerFace: null });
  });
});

test('removing whom nobody knows is an error', async () => {
  const gallery = await openGallery(await temporaryDirectory());
  await expect(gallery.removePerson('Nobody')).rejects.toMatchObject({
    code: 'UNKNOWN_PERSON',
    message: expect.stringContaining('"Nobody"'),
  });
  await expect(gallery.removePhoto('/no.jpg')).rejects.toMatchObject({ code: 'UNKNOWN_PHOTO' });
  await expect(gallery.removePhoto('no.jpg')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
});

test('a reader cannot change anything', async () => {
  const directory = await temporaryDirectory();
  await mkdir(directory, { recursive: true });
  await openGallery(directory);
  const reader = await openGallery(directory, { mode: 'read' });
  const code = 'READ_ONLY';
  await expect(reader.enrol([photo(1)])).rejects.toMatchObject({ code });
  await expect(reader.link(photo(1))).rejects.toMatchObject({ code });
  await expect(reader.removePerson('x')).rejects.toMatchObject({ code });
  await expect(reader.removePhotos(['/x'])).rejects.toMatchObject({ code });
  await expect(reader.flush()).rejects.toMatchObject({ code });
});

test('a closed gallery says so, and closing twice is fine', async () => {
  const gallery = await openGallery(await temporaryDirectory());
  await gallery[Symbol.asyncDispose]();
  await gallery[Symbol.asyncDispose]();
  const code = 'CLOSED';
  await expect(gallery.enrol([photo(1)])).rejects.toMatchObject({ code });
  await expect(gallery.search(embedding(1), { k: 1, threshold: 1 })).rejects.toMatchObject({
    code,
  });
  await expect(gallery.people()).rejects.toMatchObject({ code });
  await expect(gallery.stats()).rejects.toMatchObject({ code });
  await expect(gallery.faces().next()).rejects.toMatchObject({ code });
});
