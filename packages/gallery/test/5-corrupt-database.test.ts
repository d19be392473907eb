import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Gallery } from '../src/index.js';
import { toFloatBlob } from '../src/store/float-blob.js';
import { openDatabase } from '../src/store/sqlite-database.js';
import { photo, SPACE } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

const CORRUPT = {
  code: 'CORRUPT_DATABASE',
  message: expect.stringMatching(/gallery\.db.*Nothing was changed.*backup/s),
};
const PAGE = 16_384;

async function closedGallery(): Promise<{ directory: string; database: string }> {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory);
  await gallery.enrol(Array.from({ length: 600 }, (_, seed) => photo(seed)));
  await gallery[Symbol.asyncDispose]();
  return { directory, database: join(directory, 'gallery.db') };
}

test.each<[string, (bytes: Buffer) => Buffer]>([
  ['empty', () => Buffer.alloc(0)],
  ['text', () => Buffer.from('This is not a database.\n'.repeat(1000))],
  ['cut in its header', (bytes) => bytes.subarray(0, 50)],
  ['cut after its first page', (bytes) => bytes.subarray(0, PAGE)],
  ['cut in half', (bytes) => bytes.subarray(0, bytes.length / 2)],
  ['without its first 16 bytes', (bytes) => Buffer.from(bytes).fill(0, 0, 16)],
  ['zero in its first page', (bytes) => Buffer.from(bytes).fill(0, 100, PAGE)],
  ['full of ones in its second page', (bytes) => Buffer.from(bytes).fill(0xff, PAGE, 2 * PAGE)],
  ['zero in the middle', (bytes) => zeroPage(bytes, 0.5)],
  ['zero near the end', (bytes) => zeroPage(bytes, 0.9)],
])('a database that is %s is a clear error, and keeps its bytes', async (_, damage) => {
  const { directory, database } = await closedGallery();
  const damaged = damage(await readFile(database));
  await writeFile(database, damaged);
  for (const mode of ['read', 'write'] as const) {
    await expect(Gallery.open(directory, { space: SPACE, mode })).rejects.toMatchObject(CORRUPT);
  }
  await expect(Gallery.spaceOf(directory)).rejects.toMatchObject(CORRUPT);
  expect(damaged.equals(await readFile(database))).toBe(true);
});

test('an embedding that is damaged inside is found when the index is rebuilt', async () => {
  const { directory, database } = await closedGallery();
  const bytes = await readFile(database);
  const [face] = photo(300).faces;
  const at = bytes.indexOf(toFloatBlob(face?.embedding ?? []));
  bytes.fill(0x7f, at, at + 8);
  await writeFile(database, bytes);
  await rm(join(directory, 'index.faiss'));
  await expect(Gallery.open(directory, { space: SPACE })).rejects.toMatchObject({
    code: 'CORRUPT_DATABASE',
    message: expect.stringContaining('face 301'),
  });
});

test('another program’s database is left alone', async () => {
  const { directory, database } = await closedGallery();
  await rm(database);
  const other = openDatabase(database, 'create');
  other.pragma('user_version = 7');
  await other.db.schema.createTable('notes').addColumn('text', 'text').execute();
  await other.close();
  await expect(Gallery.open(directory, { space: SPACE, mode: 'write' })).rejects.toMatchObject({
    code: 'CORRUPT_DATABASE',
    message: expect.stringContaining('not the database of a facedex gallery'),
  });
});

test('a gallery of a newer facedex is refused', async () => {
  const { directory, database } = await closedGallery();
  const newer = openDatabase(database, 'write');
  await newer.db
    .withTables<{ kysely_migration: { name: string; timestamp: string } }>()
    .insertInto('kysely_migration')
    .values({ name: '9999-from-the-future', timestamp: '2099-01-01' })
    .execute();
  await newer.close();
  for (const mode of ['read', 'write'] as const) {
    await expect(Gallery.open(directory, { space: SPACE, mode })).rejects.toMatchObject({
      code: 'UNSUPPORTED_VERSION',
      message: expect.stringContaining('9999-from-the-future'),
    });
  }
});

test('the log of a database that is missing is not taken for a new one’s', async () => {
  const { directory, database } = await closedGallery();
  await rm(database);
  await writeFile(`${database}-wal`, 'log');
  await expect(Gallery.open(directory, { space: SPACE, mode: 'write' })).rejects.toMatchObject({
    code: 'CORRUPT_DATABASE',
    message: expect.stringContaining('gallery.db-wal'),
  });
});

test('a gallery that was being made when the process died is made anew', async () => {
  const { directory, database } = await closedGallery();
  await rm(database);
  await writeFile(`${database}.new`, 'half');
  await writeFile(`${database}.new-wal`, 'half');
  const gallery = await openGallery(directory);
  expect(await collect(gallery.faces())).toEqual([]);
});

function zeroPage(bytes: Buffer, part: number): Buffer {
  const start = Math.floor((bytes.length * part) / PAGE) * PAGE;
  return Buffer.from(bytes).fill(0, start, start + PAGE);
}
