import { copyFile, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { embedding, photo } from './synthetic-photos.js';
import { openGallery, temporaryDirectory } from './temporary-gallery.js';

const SEEDS = [0, 1, 2, 3, 4, 5];

/** A closed gallery with six faces. */
async function sixFaces(directory: string): Promise<string> {
  const gallery = await openGallery(directory);
  await gallery.enrol(SEEDS.map((seed) => photo(seed)));
  await gallery[Symbol.asyncDispose]();
  return join(directory, 'index.faiss');
}

/** Opens, searches for every face, and returns what was noticed. */
async function noticesOf(directory: string, mode: 'read' | 'write'): Promise<string[]> {
  const notices: string[] = [];
  const onNotice = (message: string) => notices.push(message);
  const gallery = await openGallery(directory, { mode, onNotice });
  for (const seed of SEEDS) {
    expect(await gallery.search(embedding(seed), { k: 1, threshold: 0.1 })).toMatchObject([
      { faceId: seed + 1, known: true },
    ]);
  }
  expect(await gallery.stats()).toMatchObject({ faces: 6, index: { size: 6 } });
  await gallery[Symbol.asyncDispose]();
  return notices;
}

test('a snapshot that is up to date is used in silence', async () => {
  const directory = await temporaryDirectory();
  await sixFaces(directory);
  expect(await noticesOf(directory, 'read')).toEqual([]);
});

test.each<[string, (snapshot: string) => Promise<void>, string]>([
  ['missing', (snapshot) => rm(snapshot), 'missing'],
  ['empty', (snapshot) => truncate(snapshot, 0), 'missing'],
  ['truncated', (snapshot) => truncate(snapshot, 200), 'cannot be used'],
  ['garbage', (snapshot) => writeFile(snapshot, 'x'.repeat(5000)), 'cannot be used'],
  [
    'damaged in the middle',
    async (snapshot) => {
      const bytes = await readFile(snapshot);
      const middle = bytes.length >> 1;
      bytes.fill(0xff, middle, middle + 16);
      await writeFile(snapshot, bytes);
    },
    'cannot be used',
  ],
])('a snapshot that is %s is rebuilt, with a notice', async (_, damage, notice) => {
  const directory = await temporaryDirectory();
  const snapshot = await sixFaces(directory);
  await damage(snapshot);
  const before = await readFile(snapshot).catch(() => undefined);
  expect(await noticesOf(directory, 'read')).toEqual([expect.stringContaining(notice)]);
  // A reader writes nothing.
  expect(await readFile(snapshot).catch(() => undefined)).toEqual(before);
  expect(await noticesOf(directory, 'write')).toEqual([expect.stringContaining(notice)]);
  expect(await noticesOf(directory, 'write')).toEqual([]);
});

test('a snapshot of another gallery is not used', async () => {
  const directory = await temporaryDirectory();
  const snapshot = await sixFaces(directory);
  const other = await temporaryDirectory();
  const gallery = await openGallery(other);
  await gallery.enrol([10, 11, 12, 13, 14, 15].map((seed) => photo(seed)));
  await gallery[Symbol.asyncDispose]();
  await copyFile(join(other, 'index.faiss'), snapshot);
  expect(await noticesOf(directory, 'write')).toEqual([expect.stringContaining('another gallery')]);
});

test('a snapshot that is behind the database catches up', async () => {
  const directory = await temporaryDirectory();
  const snapshot = join(directory, 'index.faiss');
  const old = join(directory, 'old.faiss');
  const gallery = await openGallery(directory);
  await gallery.enrol([photo(0), photo(1), photo(90)]);
  await gallery.flush();
  await copyFile(snapshot, old);
  await gallery.enrol([photo(2)]);
  await gallery.removePhoto(photo(90).path);
  await gallery.enrol([photo(91)]);
  await gallery.removePhoto(photo(91).path);
  await gallery[Symbol.asyncDispose]();
  await copyFile(old, snapshot);
  const reader = await openGallery(directory, { mode: 'read' });
  const matches = await reader.search(embedding(2), { k: 10, threshold: 1 });
  expect(matches.map(({ faceId }) => faceId).sort()).toEqual([1, 2, 4]);
});

test('a snapshot that is ahead of the database, as after restoring a backup, is not used', async () => {
  const directory = await temporaryDirectory();
  const database = join(directory, 'gallery.db');
  await sixFaces(directory);
  await copyFile(database, `${database}.backup`);
  const gallery = await openGallery(directory);
  await gallery.enrol([photo(90), photo(91)]);
  await gallery[Symbol.asyncDispose]();
  await copyFile(`${database}.backup`, database);
  expect(await noticesOf(directory, 'write')).toEqual([
    expect.stringContaining('newer than the database'),
  ]);
});
