import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportFaceDb, importFaceDb } from '../src/index.js';
import { noSmallDisk, SmallDisk } from './small-disk.js';
import { embedding, face, photo, photoWithoutFace } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

async function places() {
  const directory = await temporaryDirectory();
  const files = {
    faceDbPath: join(directory, 'faceDB.json'),
    personPath: join(directory, 'person.json'),
  };
  const openNew = async () => openGallery(await temporaryDirectory());
  return { directory, files, openNew };
}

const group = photo(9, { path: '/album/9.jpg', person: null, faces: [face(9), face(10)] });
const PHOTOS = [
  photo(0),
  photo(1),
  photo(3, { path: '/photos/王\n/3.jpg', person: '王 "x"' }),
  group,
  photoWithoutFace(4),
];

describe('export', () => {
  test('writes the two formats, with embeddings that read back bit for bit', async () => {
    const { files, openNew } = await places();
    const gallery = await openNew();
    await gallery.enrol(PHOTOS);
    expect(await exportFaceDb(gallery, files)).toEqual({ faces: 5, people: 3 });
    const faceDb = JSON.parse(await readFile(files.faceDbPath, 'utf8')) as [string, number[]][];
    expect(faceDb.map(([path, numbers]) => [path, Float32Array.from(numbers)])).toEqual([
      [photo(0).path, embedding(0)],
      [photo(1).path, embedding(1)],
      ['/photos/王\n/3.jpg', embedding(3)],
      [group.path, embedding(9)],
      [group.path, embedding(10)],
    ]);
    const person = JSON.parse(await readFile(files.personPath, 'utf8')) as Record<string, unknown>;
    expect(person).toEqual({
      'person-0': [['0.jpg', faceDb[0]?.[1]]],
      'person-1': [['1.jpg', faceDb[1]?.[1]]],
      '王 "x"': [['3.jpg', faceDb[2]?.[1]]],
    });
  });

  test('of an empty gallery is empty', async () => {
    const { files, openNew } = await places();
    expect(await exportFaceDb(await openNew(), files)).toEqual({ faces: 0, people: 0 });
    expect(JSON.parse(await readFile(files.faceDbPath, 'utf8'))).toEqual([]);
    expect(JSON.parse(await readFile(files.personPath, 'utf8'))).toEqual({});
  });

  test('that cannot write one file writes neither', async () => {
    const { directory, files, openNew } = await places();
    await writeFile(files.faceDbPath, 'before');
    const personPath = join(directory, 'no', 'such', 'folder.json');
    const failing = exportFaceDb(await openNew(), { ...files, personPath });
    await expect(failing).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await readFile(files.faceDbPath, 'utf8')).toBe('before');
    expect(await readdir(directory)).toEqual(['faceDB.json']);
  });

  test.skipIf(noSmallDisk !== undefined)(
    'for whose end there is no space writes neither',
    async () => {
      const { directory, files, openNew } = await places();
      const gallery = await openNew();
      await gallery.enrol(PHOTOS);
      await writeFile(files.faceDbPath, 'before');
      const disk = await SmallDisk.mount(1);
      await disk.fill();
      const personPath = join(disk.path, 'person.json');
      const failing = exportFaceDb(gallery, { ...files, personPath });
      await expect(failing).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
      expect(await readFile(files.faceDbPath, 'utf8')).toBe('before');
      expect(await readdir(directory)).toEqual(['faceDB.json']);
      expect((await readdir(disk.path)).filter((name) => name.startsWith('person'))).toEqual([]);
    },
  );
});

describe('import', () => {
  test('of an export gives the same faces and people, and again changes nothing', async () => {
    const { files, openNew } = await places();
    const source = await openNew();
    await source.enrol(PHOTOS);
    await exportFaceDb(source, files);
    const target = await openNew();
    expect(await importFaceDb(target, files)).toEqual({
      photos: 4,
      faces: 5,
      people: 3,
      unchanged: 0,
      skipped: [],
    });
    const essence = (faces: { photo: string; person: string | null; embedding: Float32Array }[]) =>
      faces.map((f) => [f.photo, f.person, f.embedding]);
    expect(essence(await collect(target.faces()))).toEqual(essence(await collect(source.faces())));
    const before = await target.stats();
    expect(await importFaceDb(target, files)).toMatchObject({ photos: 0, unchanged: 4 });
    expect(await target.stats()).toEqual({
      ...before,
      databaseBytes: expect.any(Number),
      bytesPerFace: expect.any(Number),
    });
    // Into where it came from: what was made from files stays as it is.
    expect(await importFaceDb(source, files)).toMatchObject({ photos: 0, unchanged: 4 });
    expect(await collect(source.faces())).toMatchObject([
      { id: 1, box: face(0).box },
      {},
      {},
      {},
      {},
    ]);
  });

  test('takes the person from the parent folder when there is no person.json', async () => {
    const { directory, files, openNew } = await places();
    await write(files.faceDbPath, [
      ['data/Ann/1.jpg', numbers(1)],
      [`${directory}/data/Bob/1.jpg`, numbers(2)],
    ]);
    const gallery = await openNew();
    expect(await importFaceDb(gallery, { faceDbPath: files.faceDbPath })).toMatchObject({
      photos: 2,
      people: 2,
    });
    expect(await collect(gallery.faces())).toMatchObject([
      { person: 'Ann', photo: join(directory, 'data/Ann/1.jpg') },
      { person: 'Bob', photo: join(directory, 'data/Bob/1.jpg') },
    ]);
  });

  test('takes names in any form, and tells of those that can not be names', async () => {
    const { files, openNew } = await places();
    await write(files.faceDbPath, [
      ['/p/Zoe\u0308 /1.jpg', numbers(1)],
      ['/p/Zo\u00eb/2.jpg', numbers(2)],
      ['/p/Bob\u202e/3.jpg', numbers(3)],
    ]);
    const byFolder = await openNew();
    const summary = await importFaceDb(byFolder, { faceDbPath: files.faceDbPath });
    expect(summary).toMatchObject({ photos: 2, people: 1 });
    const skipped = [{ path: '/p/Bob\u202e/3.jpg', reason: expect.stringContaining('U+202E') }];
    expect(summary.skipped).toEqual(skipped);
    expect((await byFolder.people()).map(({ name }) => name)).toEqual(['Zo\u00eb']);

    await write(files.personPath, {
      'Zoe\u0308': [['1.jpg', numbers(1)]],
      ' Zo\u00eb': [['2.jpg', numbers(2)]],
      '\u202eBob': [['3.jpg', numbers(3)]],
    });
    const byList = await openNew();
    expect(await importFaceDb(byList, files)).toMatchObject({ photos: 2, people: 1, skipped });
    expect((await byList.people()).map(({ name }) => name)).toEqual(['Zo\u00eb']);
  });

  test('is replaced when the file is indexed for real', async () => {
    const { files, openNew } = await places();
    await write(files.faceDbPath, [[photo(0).path, numbers(5)]]);
    const gallery = await openNew();
    await importFaceDb(gallery, { faceDbPath: files.faceDbPath });
    expect(await gallery.link(photo(0))).toBe('unknown');
    expect(await gallery.enrol([photo(0)])).toEqual(['replaced']);
    expect(await collect(gallery.faces())).toMatchObject([{ id: 2, embedding: embedding(0) }]);
  });

  test('skips what cannot be a face, and says why', async () => {
    const { files, openNew } = await places();
    await write(files.faceDbPath, [
      ['/p/Ann/good.jpg', numbers(1)],
      ['/p/Ann/short.jpg', [1, 0]],
      ['/p/Ann/long.jpg', [...numbers(1), 0]],
      ['/p/Ann/length.jpg', numbers(1).map((x) => 3 * x)],
      ['/p/Ann/text.jpg', 'numbers'],
      ['/p/Ann/null.jpg', [null, ...numbers(1).slice(1)]],
      ['', numbers(1)],
      ['/p/Ann/nul\0.jpg', numbers(1)],
      'entry',
      null,
      ['/p/Ann/other.jpg', numbers(2)],
      ['/p/Ann/good.jpg', numbers(3)],
    ]);
    const gallery = await openNew();
    const result = await importFaceDb(gallery, { faceDbPath: files.faceDbPath });
    expect(result).toMatchObject({ photos: 2, faces: 2, people: 1 });
    expect(result.skipped.map(({ path, reason }) => `${path}: ${reason}`)).toEqual([
      '/p/Ann/short.jpg: expected 16 values but received 2',
      '/p/Ann/long.jpg: expected 16 values but received 17',
      expect.stringMatching(/length\.jpg: expected a vector of length 1 but its length is 3/),
      ...[4, 5, 6, 7, 8, 9].map((i) => `entry ${i}: expected [path, [numbers]]`),
      '/p/Ann/good.jpg: faces of one photo must stand one after the other',
    ]);
  });

  test.each([
    ['is missing', undefined],
    ['is not JSON', '[["/a/b.jpg", [1, 2'],
    ['has text after it', '[] x'],
    ['is an object', '{"a": 1}'],
    ['has only useless entries', '[["/a/b.jpg", [1, 2]]]'],
    ['has infinite numbers', `[["/a/b.jpg", [1e999${',0'.repeat(15)}]]]`],
  ])('of a faceDB.json that %s is an error', async (_, text) => {
    const { files, openNew } = await places();
    if (text !== undefined) {
      await writeFile(files.faceDbPath, text);
    }
    const gallery = await openNew();
    const failing = importFaceDb(gallery, { faceDbPath: files.faceDbPath });
    await expect(failing).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining(files.faceDbPath),
    });
    expect(await gallery.stats()).toMatchObject({ photos: 0 });
  });

  test('of a person.json of another form is an error', async () => {
    const { files, openNew } = await places();
    await write(files.faceDbPath, [['/a/Ann/1.jpg', numbers(1)]]);
    await write(files.personPath, { Ann: ['1.jpg'] });
    await expect(importFaceDb(await openNew(), files)).rejects.toMatchObject({
      code: 'INVALID_FILE',
      message: expect.stringContaining('"Ann"'),
    });
  });

  function numbers(seed: number): number[] {
    return [...embedding(seed)];
  }

  async function write(path: string, value: unknown): Promise<void> {
    await writeFile(path, JSON.stringify(value));
  }
});
