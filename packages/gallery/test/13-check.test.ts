import { copyFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { checkGallery, type Finding, type Gallery } from '../src/index.js';
import { toFloatBlob } from '../src/store/float-blob.js';
import { embedding, photo, photoOrNot } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

const MANY = Array.from({ length: 60 }, (_, seed) => seed);

/** Named and unnamed photos, a named cluster, a correction, a removal. */
async function fill(gallery: Gallery): Promise<void> {
  await gallery.enrol(MANY.map((seed) => photoOrNot(seed)));
  const album = MANY.map((seed) => photo(100 + seed, { path: `/album/${seed}.jpg`, person: null }));
  await gallery.enrol(album);
  const ids = (await collect(gallery.faces())).map(({ id }) => id);
  const unnamed = ids.slice(48);
  const cluster = await gallery.clusters.move(unnamed.slice(0, 6), null);
  await gallery.clusters.name(cluster, 'Ann');
  await gallery.clusters.reject(unnamed.slice(0, 1));
  await gallery.removePhoto(photo(7).path);
  await gallery.flush();
}

async function closedGallery(): Promise<string> {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory);
  await fill(gallery);
  await gallery[Symbol.asyncDispose]();
  return directory;
}

/** Changes the database behind the gallery's back. */
function tamper(directory: string, sql: string, ...values: unknown[]): void {
  const database = new Database(join(directory, 'gallery.db'));
  database.pragma('foreign_keys = OFF');
  database.prepare(sql).run(...values);
  database.close();
}

function errorsOf({ findings }: { findings: Finding[] }): Finding[] {
  return findings.filter(({ severity }) => severity === 'error');
}

test('where there is no gallery there is nothing to check', async () => {
  await expect(checkGallery(await temporaryDirectory())).rejects.toMatchObject({
    code: 'NO_GALLERY',
  });
});

test('a gallery in use is sound, and so is a closed one, and an empty one', async () => {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory);
  expect(await checkGallery(directory)).toMatchObject({ sound: true, findings: [], faces: 0 });
  await fill(gallery);
  expect(await checkGallery(directory)).toEqual({
    sound: true,
    findings: [],
    faces: 107,
    change: 109,
    snapshotChange: 109,
  });
  await gallery.enrol([photo(200)]);
  expect(await checkGallery(directory)).toMatchObject({
    sound: true,
    findings: [{ part: 'index', severity: 'note', problem: expect.stringContaining('1 changes') }],
  });
  await gallery[Symbol.asyncDispose]();
  expect(await checkGallery(directory)).toMatchObject({ sound: true, findings: [], faces: 108 });
});

test('a check beside a writer that never rests finds nothing', async () => {
  const directory = await temporaryDirectory();
  const gallery = await openGallery(directory);
  await fill(gallery);
  let isChecking = true;
  const writing = (async () => {
    for (let seed = 300; isChecking; seed++) {
      await gallery.enrol([photo(seed)]);
      await gallery.removePhoto(photo(seed).path);
      await gallery.flush();
    }
  })();
  for (let i = 0; i < 5; i++) {
    expect(errorsOf(await checkGallery(directory))).toEqual([]);
  }
  isChecking = false;
  await writing;
});

test.each<[string, string, string | RegExp]>([
  ['a face of no photo', 'delete from photos where id = 3', /refer to nothing.*faces to photos/],
  ['a wrong count', 'update gallery set face_count = 3', /count of faces: 3/],
  [
    'a change from the future',
    'update faces set change = 9999 where id = 5',
    /changes after.*9999/,
  ],
  ['a change twice', 'update faces set change = 1 where id = 5', /changes that two rows have: 1/],
  ['a removed face', 'insert into deletions values (9998, 5)', /although they were removed: 5/],
  [
    'ids that start again',
    "update sqlite_sequence set seq = 9 where name = 'faces'",
    /given again/,
  ],
  ['a photo of no path', "delete from photo_paths where path = '/album/9.jpg'", /no path shows/],
  ['a photo of no face', 'delete from faces where id = 5', /enrolled photos without a face/],
  [
    'faces of a photo without',
    "update photos set outcome = 'no-face' where id = 1",
    /not enrolled/,
  ],
  ['a nameless person', "insert into people (name) values ('Eve')", /no path and no cluster names/],
  ['a face of the wrong folder', 'update faces set person_id = 2 where id = 1', /than the folder/],
  ['a face of no reason', 'update faces set person_id = 2 where id = 100', /without a reason: 100/],
  [
    'a face of folder and cluster',
    'insert into cluster_faces values (1, 1, 0)',
    /although a folder/,
  ],
  ['an empty cluster', 'delete from cluster_faces', /clusters without a face: 1/],
  [
    'a rejected member',
    'insert into cluster_faces select *, 0 from cluster_rejections',
    /rejected/,
  ],
  [
    'a landmark too few',
    "update faces set landmarks = x'0000' where id = 5",
    /landmarks of face 5/,
  ],
  ['a face beyond all', 'update faces set x = 9e999 where id = 5', /box or landmarks of face 5/],
  ['half a number', "update faces set embedding = x'000000' where id = 5", /whole numbers/],
])('%s is found', async (_, sql, problem) => {
  const directory = await closedGallery();
  tamper(directory, sql);
  const { sound, findings } = await checkGallery(directory);
  expect(sound).toBe(false);
  expect(findings).toContainEqual({
    part: 'database',
    severity: 'error',
    problem: expect.stringMatching(problem),
    advice: expect.stringContaining('facedex restore'),
  });
});

test('an embedding that is none, and one that the index knows otherwise, are found', async () => {
  const directory = await closedGallery();
  tamper(
    directory,
    'update faces set embedding = ? where id = 5',
    toFloatBlob(new Array(16).fill(2)),
  );
  tamper(directory, 'update faces set embedding = ? where id = 6', toFloatBlob(embedding(999)));
  expect(errorsOf(await checkGallery(directory))).toMatchObject([
    { part: 'database', problem: expect.stringContaining('face 5: expected a vector of length 1') },
    { part: 'index', problem: expect.stringMatching(/1 have another vector.*: 6$/) },
  ]);
});

test('a database whose pages are damaged is found, and nothing is changed', async () => {
  const directory = await closedGallery();
  const path = join(directory, 'gallery.db');
  const bytes = await readFile(path);
  bytes.fill(0xff, bytes.length - 20_000, bytes.length - 10_000);
  await writeFile(path, bytes);
  expect(await checkGallery(directory)).toMatchObject({
    sound: false,
    findings: [{ part: 'database', advice: expect.stringContaining('restore') }],
  });
  expect(bytes.equals(await readFile(path))).toBe(true);
});

test.each<[string, (index: string, directory: string) => Promise<void> | void, boolean, RegExp]>([
  ['missing', (index) => rm(index), true, /no index snapshot/],
  ['cut', (index) => truncate(index, 500), false, /cannot be used/],
  [
    'holding a face too many',
    (_, directory) => tamper(directory, 'delete from faces where id = 100'),
    false,
    /too many: 100/,
  ],
  [
    'lacking a face',
    (_, directory) => tamper(directory, 'update faces set id = 999 where id = 100'),
    false,
    /lacks 1 faces: 999/,
  ],
  [
    'ahead of a database that lost its log',
    (_, d) => tamper(d, 'update gallery set last_change = 50'),
    false,
    /ends at 50.*lost its log/,
  ],
])('an index that is %s is found', async (_, damage, isSound, problem) => {
  const directory = await closedGallery();
  await damage(join(directory, 'index.faiss'), directory);
  const { sound, findings } = await checkGallery(directory);
  expect(sound).toBe(isSound);
  expect(findings.filter(({ part }) => part === 'index')).toContainEqual(
    expect.objectContaining({ problem: expect.stringMatching(problem) }),
  );
});

test.each(['IVF4,PQ4x4', 'IVF4,Flat', 'HNSW8', 'SQ8', 'PQ8x4fs'])(
  'an index of the kind %s is compared as well',
  async (index) => {
    const directory = await temporaryDirectory();
    const gallery = await openGallery(directory, { index });
    await gallery.enrol(Array.from({ length: 1200 }, (_, seed) => photo(seed)));
    await gallery.flush();
    expect((await gallery.stats()).index.factory).toMatch(index.split(',').at(-1) ?? '');
    await gallery[Symbol.asyncDispose]();
    expect(await checkGallery(directory)).toMatchObject({ sound: true, findings: [] });
    tamper(
      directory,
      `update faces set embedding = (select embedding from faces other
        where other.id = (faces.id + 600) % 1200 + 1)`,
    );
    expect(errorsOf(await checkGallery(directory))).toMatchObject([
      { part: 'index', problem: expect.stringContaining('another vector') },
    ]);
  },
);

test('of an index that keeps whole vectors a single bit is compared', async () => {
  const directory = await closedGallery();
  const path = join(directory, 'gallery.db');
  const bytes = await readFile(path);
  bytes[bytes.indexOf(toFloatBlob(embedding(3)))]! ^= 1;
  await writeFile(path, bytes);
  expect(errorsOf(await checkGallery(directory))).toMatchObject([
    { part: 'index', problem: expect.stringMatching(/1 have another vector.*: 4$/) },
  ]);
});

test('a snapshot of another gallery harms nobody', async () => {
  const directory = await closedGallery();
  await copyFile(join(await closedGallery(), 'index.faiss'), join(directory, 'index.faiss'));
  expect(await checkGallery(directory)).toMatchObject({
    sound: true,
    findings: [{ part: 'index', problem: expect.stringContaining('another gallery') }],
  });
});

test('a calibration that cannot be used, and what a restore left, are found', async () => {
  const directory = await closedGallery();
  await writeFile(join(directory, 'calibration.json'), '{}');
  await writeFile(join(directory, 'gallery.db.new'), '');
  const { sound, findings } = await checkGallery(directory);
  expect(sound).toBe(false);
  expect(findings).toMatchObject([
    { part: 'files', severity: 'error', problem: expect.stringContaining('calibration.json') },
    { part: 'files', severity: 'note', problem: expect.stringContaining('gallery.db.new') },
  ]);
});

test('photo files that are gone or changed are told when asked for', async () => {
  const directory = await temporaryDirectory();
  const paths = [0, 1, 2].map((seed) => join(directory, `${seed}.jpg`));
  const [, kept = '', changed = ''] = paths;
  await writeFile(kept, 'photo');
  await writeFile(changed, 'photo');
  const { mtimeMs: modifiedMs } = await stat(kept);
  const gallery = await openGallery(join(directory, 'gallery'));
  await gallery.enrol(
    paths.map((path, seed) => photo(seed, { path, bytes: seed === 2 ? 4 : 5, modifiedMs })),
  );
  await gallery.flush();
  expect(await checkGallery(gallery.directory)).toMatchObject({ findings: [] });
  expect(await checkGallery(gallery.directory, { photoFiles: true })).toMatchObject({
    sound: true,
    findings: [
      { severity: 'note', problem: expect.stringMatching(/^1 photo files are gone: .*0.jpg$/) },
      { severity: 'note', problem: expect.stringMatching(/^1 photo files have changed.*2.jpg$/) },
    ],
  });
});
