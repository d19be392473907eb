import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { checkGallery, Gallery } from '../src/index.js';
import { toFloatBlob } from '../src/store/float-blob.js';
import { startScript } from './start-child.js';
import { embedding, face, photo } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

/**
 * Files in a directory, at any depth, that contain any of these byte strings. Another process looks: reading the
 * files of an open database in the same process would let go of SQLite's POSIX locks.
 */
async function filesWith(directory: string, ...needles: Uint8Array[]): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const script = `
    const { readFileSync } = require('node:fs');
    const { files, needles } = JSON.parse(readFileSync(0, 'utf8'));
    const contains = (bytes) => needles.some((hex) => bytes.includes(Buffer.from(hex, 'hex')));
    console.log(JSON.stringify(files.filter((file) => contains(readFileSync(file)))));`;
  const input = JSON.stringify({
    files,
    needles: needles.map((needle) => Buffer.from(needle).toString('hex')),
  });
  return JSON.parse(String(execFileSync(process.execPath, ['-e', script], { input }))) as string[];
}

const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

test('a removed person is in no file any more, while the gallery is open and after', async () => {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory);
  await gallery.enrol(
    SEEDS.map((seed) => photo(seed, { person: seed < 30 ? 'Ann-Sophie' : 'Bob' })),
  );
  await gallery.flush();
  const ann = SEEDS.slice(0, 30);
  expect(await filesWith(directory, toFloatBlob(embedding(7)))).not.toEqual([]);
  expect(await filesWith(directory, Buffer.from('Ann-Sophie'))).not.toEqual([]);

  expect(await gallery.removePerson('Ann-Sophie')).toEqual({ faces: 30, photos: 30 });

  const check = async () => {
    const erased = ann.map((seed) => toFloatBlob(embedding(seed)));
    const names = ['Ann-Sophie', 'hash-7'].map((text) => Buffer.from(text));
    expect(await filesWith(directory, ...erased, ...names)).toEqual([]);
    return filesWith(directory, toFloatBlob(embedding(40)));
  };
  const database = join(directory, 'gallery.db');
  // The snapshot is gone at once, and written anew later.
  expect(await check()).toEqual([database]);
  await gallery[Symbol.asyncDispose]();
  expect((await check()).sort()).toEqual([database, join(directory, 'index.faiss')]);
  const again = await openGallery(directory);
  expect(await again.people()).toEqual([{ name: 'Bob', photos: 30, faces: 30 }]);
  expect((await collect(again.faces())).map(({ id }) => id)).toEqual(
    SEEDS.slice(30).map((seed) => seed + 1),
  );
  for (const seed of ann) {
    const [nearest] = await again.search(embedding(seed), { k: 1, threshold: 0.5 });
    expect(nearest).toMatchObject({ person: 'Bob', known: false });
  }
});

test.each(['index', 'half a snapshot', 'photos', 'names of photos', 'log'])(
  'who was being removed by a process that was killed before it came to the %s is in no file once a writer opens',
  async (step) => {
    const directory = await temporaryDirectory();
    const gallery = await openGallery(directory);
    const content = Buffer.from('a photo of Ann-Sophie');
    const contentHash = createHash('sha256').update(content).digest('hex');
    await gallery.photoFiles.save(contentHash, content);
    await gallery.enrol([photo(7, { contentHash, person: 'Ann-Sophie' }), photo(8)]);
    await gallery[Symbol.asyncDispose]();
    const at = step === 'half a snapshot' ? 'index' : step;
    const child = startScript('killed-removal.ts', directory, 'Ann-Sophie', at);
    await child.end();
    expect(child.lines).toEqual(['open']);
    if (step === 'half a snapshot') {
      // As if a process before, too, had been killed: as it saved the first.
      await rename(join(directory, 'index.faiss'), join(directory, 'index.faiss.tmp'));
    }

    expect(await checkGallery(directory)).toMatchObject({ sound: true, faces: 1 });
    const reader = await Gallery.open(directory);
    const [nearest] = await reader.search(embedding(7), { k: 1, threshold: 0.1 });
    expect(nearest).toMatchObject({ faceId: 2, known: false });
    await reader[Symbol.asyncDispose]();
    await openGallery(directory);
    const erased = ['Ann-Sophie', contentHash].map((text) => Buffer.from(text));
    expect(await filesWith(directory, toFloatBlob(embedding(7)), ...erased)).toEqual([]);
  },
);

test('a removed photo is in no file any more, even with readers about', async () => {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory);
  await gallery.enrol(SEEDS.map((seed) => photo(seed)));
  const reader = await openGallery(directory, { mode: 'read' });
  await reader.search(embedding(7), { k: 1, threshold: 1 });
  expect(await gallery.removePhoto(photo(7).path)).toEqual({ faces: 1, photos: 1 });
  expect(await filesWith(directory, toFloatBlob(embedding(7)))).toEqual([]);
  expect(await reader.search(embedding(7), { k: 1, threshold: 0.1 })).toMatchObject([
    { known: false },
  ]);
});

test('while somebody reads for long searches go on, and what was removed goes when that ends', async () => {
  const directory = await temporaryDirectory();
  const notices: string[] = [];
  const gallery = await openGallery(directory, { onNotice: (message) => notices.push(message) });
  await gallery.enrol(SEEDS.map((seed) => photo(seed)));
  const reader = new Database(join(directory, 'gallery.db'), { readonly: true });
  reader.exec('begin');
  reader.prepare('select count(*) from faces').get();
  const removing = gallery.removePhoto(photo(7).path);
  const started = performance.now();
  for (let i = 0; i < 10; i++) {
    await gallery.search(embedding(8), { k: 1, threshold: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  expect(performance.now() - started).toBeLessThan(1000);
  await removing;
  expect(notices).toEqual([expect.stringContaining('when that ends')]);
  expect(await filesWith(directory, toFloatBlob(embedding(7)))).not.toEqual([]);
  reader.close();
  await expect
    .poll(() => filesWith(directory, toFloatBlob(embedding(7))), { timeout: 20_000, interval: 500 })
    .toEqual([]);
  expect(notices).toHaveLength(1);
});

test('what a writer could not take out, since somebody was reading, the next one does', async () => {
  const directory = await temporaryDirectory();
  const notices: string[] = [];
  const gallery = await openGallery(directory, { onNotice: (message) => notices.push(message) });
  await gallery.enrol(SEEDS.map((seed) => photo(seed)));
  // Keeps the log, as any process does that has the gallery open.
  await openGallery(directory, { mode: 'read' });
  const reader = new Database(join(directory, 'gallery.db'), { readonly: true });
  reader.exec('begin');
  reader.prepare('select count(*) from faces').get();
  await gallery.removePhoto(photo(7).path);
  await gallery[Symbol.asyncDispose]();
  reader.close();
  expect(notices.at(-1)).toContain('the next to write');
  expect(await filesWith(directory, toFloatBlob(embedding(7)))).not.toEqual([]);
  await openGallery(directory);
  expect(await filesWith(directory, toFloatBlob(embedding(7)))).toEqual([]);
});

test('the space of what was removed comes back', async () => {
  const directory = await temporaryDirectory();
  const space = { id: 'wide', dimension: 512 };
  const gallery = await openGallery(directory, { space });
  const { databaseBytes: emptyBytes } = await gallery.stats();
  const photos = SEEDS.flatMap((seed) =>
    Array.from({ length: 10 }, (_, i) =>
      photo(seed * 10 + i, { faces: [{ ...face(0), embedding: embedding(seed * 10 + i, 512) }] }),
    ),
  );
  await gallery.enrol(photos);
  await gallery.flush();
  const before = await gallery.stats();
  await gallery.removePhotos(photos.slice(0, 540).map(({ path }) => path));
  await gallery.flush();
  const after = await gallery.stats();
  expect(after.faces).toBe(60);
  expect(after.databaseBytes - emptyBytes).toBeLessThan((before.databaseBytes - emptyBytes) / 4);
  expect(after.index.fileBytes).toBeLessThan(before.index.fileBytes / 4);
});

test('a removed face’s id is never given to another', async () => {
  const directory = await temporaryDirectory();
  let gallery = await openGallery(directory);
  await gallery.enrol([photo(0), photo(1)]);
  await gallery.removePhoto(photo(1).path);
  await gallery[Symbol.asyncDispose]();
  gallery = await openGallery(directory);
  await gallery.enrol([photo(2)]);
  expect((await collect(gallery.faces())).map(({ id }) => id)).toEqual([1, 3]);
});

test('removing one of two paths of a photo keeps the photo', async () => {
  const gallery = await openGallery(await temporaryDirectory());
  const copy = photo(0, { path: '/photos/person-0/copy.jpg' });
  await gallery.enrol([photo(0), copy]);
  expect(await gallery.removePhoto(photo(0).path)).toEqual({ faces: 0, photos: 0 });
  expect(await gallery.search(embedding(0), { k: 1, threshold: 1 })).toMatchObject([
    { photo: copy.path },
  ]);
  expect(await gallery.removePhotos([copy.path, '/not/in.jpg'])).toEqual({ faces: 1, photos: 1 });
});

test('removing a person takes the photos of unnamed folders that show the person', async () => {
  const gallery = await openGallery(await temporaryDirectory());
  await gallery.enrol([photo(0), photo(0, { path: '/album/x.jpg', person: null })]);
  expect(await gallery.removePerson('person-0')).toEqual({ faces: 1, photos: 1 });
  expect(await gallery.stats()).toMatchObject({ photos: 0, faces: 0, people: 0 });
});

test('the space between faces that are left comes back when the writer closes', async () => {
  const directory = await temporaryDirectory();
  const database = join(directory, 'gallery.db');
  const space = { id: 'wide', dimension: 512 };
  const wide = (seed: number) =>
    photo(seed, { faces: [{ ...face(0), embedding: embedding(seed, 512) }] });
  const gallery = await openGallery(directory, { space });
  const seeds = Array.from({ length: 600 }, (_, seed) => seed);
  await gallery.enrol(seeds.map(wide));
  const before = (await gallery.stats()).databaseBytes;
  await gallery.removePhotos(seeds.filter((seed) => seed % 2 > 0).map((seed) => wide(seed).path));
  expect((await gallery.stats()).databaseBytes).toBeGreaterThan(before * 0.6);
  await gallery[Symbol.asyncDispose]();
  expect((await stat(database)).size).toBeLessThan(before * 0.6);
  expect(await checkGallery(directory)).toMatchObject({ sound: true, findings: [], faces: 300 });
  // Once is enough.
  const raw = new Database(database);
  expect(raw.pragma('user_version', { simple: true })).toBe(900);
  raw.close();
});
