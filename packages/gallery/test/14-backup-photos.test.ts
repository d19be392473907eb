import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import {
  backupGallery,
  checkGallery,
  PhotoFiles,
  Reembedding,
  restoreGallery,
} from '../src/index.js';
import { photo } from './synthetic-photos.js';
import { openGallery, temporaryDirectory } from './temporary-gallery.js';

const contentOf = (seed: number) => Buffer.alloc(1000 * (seed + 1), `content of photo ${seed}`);
const hashOf = (seed: number) => createHash('sha256').update(contentOf(seed)).digest('hex');

/** A gallery that keeps the files of photos 0 to 3, of `person-0`, `-1`, `-2` and `-0`; 4 it doesn't. */
async function setUp() {
  const root = await temporaryDirectory();
  const directory = join(root, 'gallery');
  const gallery = await openGallery(directory);
  for (const seed of [0, 1, 2, 3]) {
    const contentHash = hashOf(seed);
    await gallery.photoFiles.save(contentHash, contentOf(seed));
    await gallery.enrol([
      photo(seed, { contentHash, path: gallery.photoFiles.pathOf(contentHash) }),
    ]);
  }
  await gallery.enrol([photo(4)]);
  const again = join(root, 'again');
  return { root, directory, gallery, file: join(root, 'monday.facedex'), again };
}

const keptIn = (directory: string) => new PhotoFiles(join(directory, 'photos'));

test('a backup that lacks its end is refused, and no photo is left of it', async () => {
  const { file, again } = await setUp();
  const { directory } = await setUp();
  await backupGallery(directory, file);
  const bytes = await readFile(file);
  // Between two photos, where nothing is cut in half: the last is the largest, of 4,000 bytes.
  for (const end of [bytes.length - 1024, bytes.length - 1024 - 4096 - 512, bytes.length - 2000]) {
    await writeFile(`${file}.cut`, bytes.subarray(0, end));
    await expect(restoreGallery(`${file}.cut`, again)).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining('cut off'),
    });
    expect(await readdir(again)).toEqual(['writer.lock']);
  }
});

test('a restore that fails leaves photos that were there before', async () => {
  const { gallery, file, again } = await setUp();
  await backupGallery(gallery.directory, file);
  await writeFile(`${file}.cut`, (await readFile(file)).subarray(0, -1024));
  const precious = join(again, 'photos/ab/precious');
  await mkdir(dirname(precious), { recursive: true });
  await writeFile(precious, 'precious');
  await expect(restoreGallery(`${file}.cut`, again)).rejects.toMatchObject({
    code: 'INVALID_FILE',
  });
  expect(await readFile(precious, 'utf8')).toBe('precious');
});

test('kept photos come back, so that the gallery can move to another model', async () => {
  const { directory, gallery, file, again } = await setUp();
  expect(await backupGallery(directory, file)).toMatchObject({ photos: 4, damagedPhotos: 0 });
  await gallery[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });

  expect(await restoreGallery(file, again)).toMatchObject({
    photos: 4,
    faces: 5,
    damagedPhotos: 0,
  });
  for (const seed of [0, 1, 2, 3]) {
    expect(await keptIn(again).read(hashOf(seed))).toEqual(contentOf(seed));
  }
  const { findings } = await checkGallery(again, { photoFiles: true });
  expect(findings).toMatchObject([{ problem: expect.stringMatching(/^1 photo files are gone/) }]);
  await using reembedding = await Reembedding.open(again, { id: 'next', dimension: 8 });
  for await (const { contentHash, paths } of reembedding.photos()) {
    const isKept = contentHash !== photo(4).contentHash;
    expect(existsSync(paths[0]!)).toBe(isKept);
  }
});

test('photos that were removed before, or are removed meanwhile, are not in it', async () => {
  const { directory, gallery, file, again } = await setUp();
  await gallery.removePerson('person-1');
  await rm(gallery.photoFiles.pathOf(hashOf(2)));
  expect(await backupGallery(directory, file)).toMatchObject({ photos: 2, damagedPhotos: 0 });
  const bytes = await readFile(file);
  expect(bytes.includes(contentOf(0))).toBe(true);
  for (const seed of [1, 2]) expect(bytes.includes(contentOf(seed).subarray(0, 20))).toBe(false);
  expect(await restoreGallery(file, again)).toMatchObject({ photos: 2, faces: 3 });
});

test('a photo that is damaged costs nothing but itself', async () => {
  const { directory, gallery, file, again } = await setUp();
  await writeFile(gallery.photoFiles.pathOf(hashOf(1)), 'damaged');
  expect(await backupGallery(directory, file)).toMatchObject({ photos: 3, damagedPhotos: 1 });
  const bytes = await readFile(file);
  bytes[bytes.indexOf(contentOf(2)) + 7]! ^= 1;
  await writeFile(file, bytes);
  expect(await restoreGallery(file, again)).toMatchObject({ photos: 2, damagedPhotos: 1 });
  expect([0, 1, 2, 3].map((seed) => keptIn(again).has(hashOf(seed)))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test('any tar reads a backup, and a backup that is only the database, as it once was, is restored', async () => {
  const { root, directory, file, again } = await setUp();
  await backupGallery(directory, file);
  await promisify(execFile)('tar', ['xf', file, '-C', root]);
  expect(await readFile(join(root, 'photos', hashOf(3)))).toEqual(contentOf(3));
  await rename(join(root, 'gallery.db'), join(root, 'old.facedex'));
  expect(await restoreGallery(join(root, 'old.facedex'), again)).toMatchObject({
    faces: 5,
    photos: 0,
  });
  expect(await checkGallery(again)).toMatchObject({ sound: true, findings: [] });
});
