import { copyFile, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backupGallery, checkGallery, restoreGallery } from '../src/index.js';
import { toFloatBlob } from '../src/store/float-blob.js';
import { openDatabase } from '../src/store/sqlite-database.js';
import { CALIBRATION, embedding, photo } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

async function setUp() {
  const root = await temporaryDirectory();
  const directory = join(root, 'gallery');
  const gallery = await openGallery(directory);
  await gallery.enrol(SEEDS.map((seed) => photo(seed)));
  await gallery.enrol([photo(50, { path: '/album/1.jpg', person: null })]);
  return { root, directory, gallery, file: join(root, 'monday.facedex') };
}

test('a backup is not written over a file, nor of what is no gallery', async () => {
  const { root, directory, file } = await setUp();
  await writeFile(file, 'precious');
  await expect(backupGallery(directory, file)).rejects.toMatchObject({ code: 'FILE_EXISTS' });
  expect(await readFile(file, 'utf8')).toBe('precious');
  await expect(backupGallery(root, join(root, 'none'))).rejects.toMatchObject({
    code: 'NO_GALLERY',
  });
  await expect(backupGallery(directory, join(root, 'no/such/folder'))).rejects.toMatchObject({
    code: 'STORAGE_FAILED',
  });
});

test('a gallery that is not sound is not backed up', async () => {
  const { root, directory, gallery, file } = await setUp();
  await gallery[Symbol.asyncDispose]();
  const database = openDatabase(join(directory, 'gallery.db'), 'write');
  await database.db.updateTable('gallery').set({ face_count: 3 }).execute();
  await database.close();
  await expect(backupGallery(directory, file)).rejects.toMatchObject({
    code: 'CORRUPT_DATABASE',
    message: expect.stringContaining('count of faces'),
  });
  expect((await readdir(root)).sort()).toEqual(['gallery']);
});

test('a gallery that is in use comes back with everything, and goes on from there', async () => {
  const { root, directory, gallery, file } = await setUp();
  await writeFile(join(directory, 'calibration.json'), CALIBRATION);
  const [face] = (await collect(gallery.faces())).slice(-1);
  await gallery.clusters.name(await gallery.clusters.move([face?.id ?? 0], null), 'Eve');
  await gallery.removePhoto(photo(39).path);
  const before = await collect(gallery.faces());
  expect(await backupGallery(directory, file)).toMatchObject({ file, faces: 40, change: 42 });
  await gallery.enrol([photo(60)]);

  const again = join(root, 'again');
  expect(await restoreGallery(file, again)).toMatchObject({ faces: 40, change: 42 });
  expect(await checkGallery(again)).toMatchObject({
    sound: true,
    findings: [],
    snapshotChange: 42,
  });
  expect(await readFile(join(again, 'calibration.json'), 'utf8')).toBe(CALIBRATION);
  const restored = await openGallery(again);
  expect(await collect(restored.faces())).toEqual(before);
  expect(await restored.clusters.list()).toEqual(await gallery.clusters.list());
  expect(await restored.search(embedding(50), { k: 1, threshold: 1 })).toMatchObject([
    { person: 'Eve' },
  ]);
  await restored.enrol([photo(70)]);
  // Not the id of a face that was removed, or enrolled after the backup.
  expect((await collect(restored.faces())).at(-1)?.id).toBe(42);
});

test('who was deleted before is in no byte of a backup, and only its owner reads it', async () => {
  const { directory, gallery, file } = await setUp();
  await gallery.removePerson('person-1');
  await backupGallery(directory, file);
  const bytes = await readFile(file);
  expect(bytes.includes(toFloatBlob(embedding(3)))).toBe(true);
  expect(bytes.includes(toFloatBlob(embedding(4)))).toBe(false);
  expect(bytes.includes('person-1')).toBe(false);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('every backup beside a writer that never rests holds whole batches', async () => {
  const { root, directory, gallery } = await setUp();
  let isWriting = true;
  const writing = (async () => {
    for (let seed = 100; isWriting; seed += 5) {
      await gallery.enrol([0, 1, 2, 3, 4].map((i) => photo(seed + i)));
      await gallery.search(embedding(seed), { k: 1, threshold: 1 });
    }
  })();
  const backups = [];
  for (let i = 0; i < 3; i++) {
    backups.push(await backupGallery(directory, join(root, `${i}.facedex`)));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  isWriting = false;
  await writing;
  for (const { file, faces } of backups) {
    expect(faces % 5).toBe(1);
    await restoreGallery(file, `${file}-restored`);
    expect(await checkGallery(`${file}-restored`)).toMatchObject({ sound: true, faces });
  }
});

test('a backup is not restored over a gallery', async () => {
  const { directory, gallery, file } = await setUp();
  await backupGallery(directory, file);
  await expect(restoreGallery(file, directory)).rejects.toMatchObject({ code: 'LOCKED' });
  await gallery[Symbol.asyncDispose]();
  await expect(restoreGallery(file, directory)).rejects.toMatchObject({ code: 'GALLERY_EXISTS' });
  expect(await checkGallery(directory)).toMatchObject({ sound: true, faces: 41 });
});

test('what a gallery that was moved away has left does not get into a restored one', async () => {
  const { root, directory, gallery, file } = await setUp();
  await backupGallery(directory, file);
  await gallery[Symbol.asyncDispose]();
  const again = join(root, 'again');
  await mkdir(again);
  await copyFile(join(directory, 'index.faiss'), join(again, 'index.faiss'));
  await writeFile(join(again, 'calibration.json'), CALIBRATION);
  await writeFile(join(again, 'gallery.db.new'), 'of a restore that was killed');
  await writeFile(join(again, 'gallery.db.new-wal'), 'of a restore that was killed');
  await restoreGallery(file, again);
  expect((await readdir(again)).sort()).toEqual(['gallery.db', 'index.faiss', 'writer.lock']);
});

test.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
  ['text', () => Buffer.from('no backup '.repeat(2000)), /damaged, or no backup/],
  ['empty', () => Buffer.alloc(0), /damaged, or no backup/],
  ['cut in half', (bytes) => bytes.subarray(0, bytes.length / 2), /damaged, or no backup/],
  ['damaged inside a row', (bytes) => spoil(bytes), /embedding of face 8/],
])('a backup that is %s is refused, and nothing is left', async (_, damage, reason) => {
  const { root, directory, file } = await setUp();
  await backupGallery(directory, file);
  await writeFile(`${file}.damaged`, damage(await readFile(file)));
  const again = join(root, 'again');
  await expect(restoreGallery(`${file}.damaged`, again)).rejects.toMatchObject({
    code: 'INVALID_FILE',
    message: expect.stringMatching(reason),
  });
  const left = await readdir(again).catch(() => []);
  expect(left.filter((name) => name !== 'writer.lock')).toEqual([]);
});

test('the database of a gallery is no backup, and neither is nothing', async () => {
  const { root, directory, gallery, file } = await setUp();
  await gallery[Symbol.asyncDispose]();
  for (const path of [join(directory, 'gallery.db'), file]) {
    await expect(restoreGallery(path, join(root, 'again'))).rejects.toMatchObject({
      code: 'INVALID_FILE',
    });
  }
});

function spoil(bytes: Buffer): Buffer {
  const at = bytes.indexOf(toFloatBlob(embedding(7)));
  return Buffer.from(bytes).fill(0x7f, at, at + 8);
}
