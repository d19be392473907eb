import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FaissVectorIndex } from '../src/index/faiss-vector-index.js';
import { backupGallery, restoreGallery } from '../src/index.js';
import { photo } from './synthetic-photos.js';
import { openGallery, temporaryDirectory } from './temporary-gallery.js';

/** Of everything in a directory that others may read, write or enter, and of itself. */
async function openToOthers(directory: string): Promise<string[]> {
  const names = ['', ...(await readdir(directory, { recursive: true }))];
  const modes = await Promise.all(
    names.map(async (name) => ({ name, mode: (await stat(join(directory, name))).mode & 0o777 })),
  );
  // The lock is empty: it only says that somebody writes.
  const others = modes.filter(
    ({ name, mode }) => (mode & 0o077) !== 0 && !name.startsWith('writer.lock'),
  );
  return others.map(({ name, mode }) => `${name} ${mode.toString(8)}`);
}

test('what a gallery writes, and what is restored, is for its user alone', async () => {
  const parent = await temporaryDirectory();
  const directory = join(parent, 'gallery');
  const gallery = await openGallery(directory);
  const content = new Uint8Array([1, 2, 3]);
  const contentHash = '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81';
  await gallery.photoFiles.save(contentHash, content);
  await gallery.enrol([photo(1, { contentHash }), photo(2)]);
  await gallery.flush();
  expect(await readdir(directory)).toEqual(
    expect.arrayContaining(['gallery.db', 'gallery.db-wal', 'index.faiss', 'photos']),
  );
  expect(await openToOthers(directory)).toEqual([]);

  await backupGallery(directory, join(parent, 'backup'));
  const restored = join(parent, 'restored');
  await restoreGallery(join(parent, 'backup'), restored);
  expect(await openToOthers(restored)).toEqual([]);
  expect((await stat(join(parent, 'backup'))).mode & 0o077).toBe(0);
});

test('an index snapshot has its name when it is for its user alone, not before', async () => {
  const { saveTo } = FaissVectorIndex.prototype;
  const modes: number[] = [];
  const spy = vi.spyOn(FaissVectorIndex.prototype, 'saveTo').mockImplementation(async function (
    this: FaissVectorIndex,
    path,
    note,
  ) {
    await saveTo.call(this, path, note);
    // A process may be killed here.
    modes.push((await stat(path)).mode & 0o777);
  });
  onTestFinished(() => spy.mockRestore());
  const gallery = await openGallery(await temporaryDirectory());
  await gallery.enrol([photo(1)]);
  await gallery.flush();
  expect(modes).toEqual([0o600]);
});
