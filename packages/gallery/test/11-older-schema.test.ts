import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Migrator } from 'kysely';
import { describe, expect, test } from 'vitest';
import { backupGallery, checkGallery, restoreGallery } from '../src/index.js';
import { toFloatBlob } from '../src/store/float-blob.js';
import { MIGRATIONS } from '../src/store/migrations.js';
import { openDatabase } from '../src/store/sqlite-database.js';
import { embedding, face, photo, SPACE } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

/** What a facedex of that schema wrote into its new tables and columns. Every migration has its rows. */
const ROWS: Readonly<Record<keyof typeof MIGRATIONS, string>> = {
  '0001-first-tables': `
    insert into gallery (id, space_id, dimension, created_at, last_change)
      values ('a-gallery', '${SPACE.id}', ${SPACE.dimension}, '2026-01-01T00:00:00.000Z', 5);
    insert into people values (1, 'Ann'), (2, 'Bob');
    insert into photos values
      (1, 'hash-0', 'recipe-1', 250, 250, 'enrolled', null),
      (2, 'hash-1', 'recipe-1', 250, 250, 'enrolled', null),
      (3, 'hash-9', 'recipe-1', 250, 250, 'no-face', 'no face found'),
      (4, 'hash-2', 'recipe-1', 250, 250, 'enrolled', null);
    insert into photo_paths values
      ('/photos/Ann/0.jpg', 1, 'recipe-1', 1000, 1.5, 1),
      ('/photos/Bob/1.jpg', 2, 'recipe-1', 1001, 2.5, 2),
      ('/photos/Bob/copy.jpg', 2, 'recipe-1', 1001, 3.5, 2),
      ('/photos/Bob/9.jpg', 3, 'recipe-1', 1002, 4.5, 2),
      ('/album/2.jpg', 4, 'recipe-1', 1003, 5.5, null);
    insert into deletions values (4, 2);`,
  '0002-search-filters': `
    update gallery set index_kind = 'compact', face_count = 3;
    insert into photo_tags values (1, 'sea');`,
  '0003-clusters': `
    insert into clusters values (7, null);
    insert into people values (3, 'Eve');
    update clusters set person_id = 3;
    insert into cluster_faces values (4, 7, 1);
    update faces set person_id = 3 where id = 4;`,
  '0004-reembedding': `
    insert into reembedding values ('next-model', 8);
    insert into reembedded_faces values (4, 1, 2, 3, 4, x'0000000000000000', 0.5, x'0000803f');`,
  '0005-people-records': `
    update people set consent_until = '2999-01-01T00:00:00.000Z' where id = 1;
    insert into person_tags values (1, 'staff');`,
  '0006-normal-names': `
    update people set name = 'Zo\u00eb' where id = 2;`,
  '0007-kept-people': `
    update people set kept = 1 where id = 1;`,
  '0008-sortable-consents': `
    update people set consent_until = '9999-12-31T23:59:59.999Z' where id = 1;`,
};
const SCHEMAS = Object.keys(MIGRATIONS);

/** A gallery as a facedex left it whose last migration was this one. */
async function galleryOf(schema: string): Promise<string> {
  const directory = await temporaryDirectory();
  const path = join(directory, 'gallery.db');
  const database = openDatabase(path, 'create');
  database.pragma('auto_vacuum = INCREMENTAL');
  database.pragma('journal_mode = WAL');
  const migrator = new Migrator({
    db: database.db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  });
  for (const [i, migration] of SCHEMAS.slice(0, SCHEMAS.indexOf(schema) + 1).entries()) {
    const { error } = await migrator.migrateTo(migration);
    expect(error).toBeUndefined();
    const raw = new Database(path);
    raw.exec(ROWS[migration] ?? '');
    for (const [id, photoId, person, seed, change] of i === 0 ? FACES : []) {
      const landmarks = toFloatBlob(face(seed).landmarks.flat());
      raw
        .prepare('insert into faces values (?, ?, 0, ?, ?, 20, 100, 110, ?, 0.9, ?, ?)')
        .run(id, photoId, person, seed, landmarks, toFloatBlob(embedding(seed)), change);
    }
    raw.close();
  }
  await database.close();
  return directory;
}

/** Id, photo, person, seed of the embedding, change. Face 2 was removed. */
const FACES = [
  [1, 1, 1, 0, 1],
  [3, 2, 2, 1, 3],
  [4, 4, null, 2, 5],
] as const;

async function contentOf(directory: string, mode: 'read' | 'write') {
  const gallery = await openGallery(directory, { mode });
  const faces = await collect(gallery.faces());
  const content = {
    faces: faces.map(({ id, photo: path, person, embedding: vector }) => ({
      id,
      path,
      person,
      isKept: vector.every((value, i) => value === embedding(FACES_SEEDS[id] ?? 0)[i]),
    })),
    paths: [...(await gallery.pathsUnder('/')).keys()],
    people: (await gallery.people()).map(({ name }) => name),
    tags: await gallery.tags(),
    clusters: await gallery.clusters.list(),
    found: (await gallery.search(embedding(1), { k: 1, threshold: 0.1 }))[0]?.faceId,
    stats: await gallery.stats().then(({ photos, lastChange, createdAt }) => ({
      photos,
      lastChange,
      createdAt,
    })),
  };
  await gallery[Symbol.asyncDispose]();
  return content;
}

const FACES_SEEDS: Readonly<Record<number, number>> = { 1: 0, 3: 1, 4: 2 };

function expectedOf(schema: string) {
  const has = (migration: string) => SCHEMAS.indexOf(migration) <= SCHEMAS.indexOf(schema);
  const eve = has('0003-clusters');
  const bob = has('0006-normal-names') ? 'Zo\u00eb' : 'Bob';
  return {
    faces: [
      { id: 1, path: '/photos/Ann/0.jpg', person: 'Ann', isKept: true },
      { id: 3, path: '/photos/Bob/1.jpg', person: bob, isKept: true },
      { id: 4, path: '/album/2.jpg', person: eve ? 'Eve' : null, isKept: true },
    ],
    paths: [
      '/album/2.jpg',
      '/photos/Ann/0.jpg',
      '/photos/Bob/1.jpg',
      '/photos/Bob/9.jpg',
      '/photos/Bob/copy.jpg',
    ],
    people: (eve ? ['Ann', bob, 'Eve'] : ['Ann', bob]).sort(),
    tags: [
      ...(has('0002-search-filters') ? [{ tag: 'sea', photos: 1, people: 0 }] : []),
      ...(has('0005-people-records') ? [{ tag: 'staff', photos: 0, people: 1 }] : []),
    ],
    clusters: eve ? [{ id: 7, person: 'Eve', faces: 1, confirmed: 1 }] : [],
    found: 3,
    stats: { photos: 4, lastChange: 5, createdAt: '2026-01-01T00:00:00.000Z' },
  };
}

test('every migration has its rows here', () => {
  expect(Object.keys(ROWS)).toEqual(SCHEMAS);
});

describe.each(SCHEMAS)('a gallery that was left at %s', (schema) => {
  test.each(['read', 'write'] as const)('opens for %s with all that it had', async (mode) => {
    const directory = await galleryOf(schema);
    expect(await contentOf(directory, mode)).toEqual(expectedOf(schema));
    const { findings } = await checkGallery(directory);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('goes on: ids are not given again, and what is removed is gone', async () => {
    const gallery = await openGallery(await galleryOf(schema));
    await gallery.enrol([photo(50)]);
    await gallery.removePerson(expectedOf(schema).faces[1]!.person!);
    expect((await collect(gallery.faces())).map(({ id }) => id)).toEqual([1, 4, 5]);
    await gallery[Symbol.asyncDispose]();
    expect(await checkGallery(gallery.directory)).toMatchObject({ sound: true, faces: 3 });
  });

  test('is checked as far as that goes, backed up, and restored as of today', async () => {
    const directory = await galleryOf(schema);
    const isLatest = schema === SCHEMAS.at(-1);
    expect((await checkGallery(directory)).findings.map(({ problem }) => problem)).toEqual(
      isLatest ? ['there is no index snapshot'] : [expect.stringContaining('older facedex')],
    );
    await backupGallery(directory, join(directory, 'backup'));
    await restoreGallery(join(directory, 'backup'), join(directory, 'again'));
    expect(await contentOf(join(directory, 'again'), 'read')).toEqual(expectedOf(schema));
    expect(await checkGallery(join(directory, 'again'))).toMatchObject({
      sound: true,
      findings: [],
    });
  });
});

test('names and tags get their one form; nobody becomes somebody else, and all are found', async () => {
  const directory = await galleryOf('0005-people-records');
  const old = new Database(join(directory, 'gallery.db'));
  const add = old.prepare('insert into people (id, name, uid, kept) values (?, ?, ?, 1)');
  for (const [id, name] of [
    [10, 'Zoe\u0308'],
    [11, ' Zo\u00eb'],
    [12, 'Zo\u00eb'],
    [13, 'Hans\u202eBlix'],
    [14, 'Hans\tBlix'],
    [15, '\u200b'],
    [16, ' '],
  ] as const) {
    add.run(id, name, `uid-${id}`);
  }
  old.exec(`
    insert into person_tags values (1, ' staff'), (2, ' staff'), (2, '\u200b');
    insert into photo_tags values (1, 'e\u0301te\u0301'), (1, '\u00e9t\u00e9');`);
  old.close();

  const gallery = await openGallery(directory);
  const people = await gallery.records.people({ limit: 99 });
  expect(Object.fromEntries(people.map(({ id, name }) => [id, name]))).toMatchObject({
    'uid-10': 'Zo\u00eb (2)',
    'uid-11': 'Zo\u00eb (3)',
    'uid-12': 'Zo\u00eb',
    'uid-13': 'HansBlix',
    'uid-14': 'Hans Blix',
    'uid-15': 'unnamed',
    'uid-16': 'unnamed (2)',
  });
  expect(await gallery.tags()).toEqual([
    { tag: 'sea', photos: 1, people: 0 },
    { tag: 'staff', photos: 0, people: 2 },
    { tag: '\u00e9t\u00e9', photos: 1, people: 0 },
  ]);
  for (const { id, name } of people) {
    expect(await gallery.records.personNamed(name)).toEqual({ id, name });
    await gallery.records.changePerson(id, { name: `${name} II` });
    await gallery.removePerson(`${name} II`);
  }
  expect(await gallery.people()).toEqual([]);
});

test('of whom something was said stays without a photo, who was only in photos goes', async () => {
  const gallery = await openGallery(await galleryOf('0005-people-records'));
  await gallery.removePhotos([...(await gallery.pathsUnder('/photos')).keys()]);
  expect(await gallery.people()).toMatchObject([{ name: 'Ann', photos: 0 }, { name: 'Eve' }]);
});

test('a consent beyond the years that sort ends as late, or as early, as can be', async () => {
  const directory = await galleryOf('0007-kept-people');
  const old = new Database(join(directory, 'gallery.db'));
  const set = old.prepare('update people set consent_until = ? where id = ?');
  set.run('+010000-01-01T04:59:59.000Z', 1);
  set.run('-000001-12-31T14:00:00.000Z', 2);
  set.run('0000-12-31T14:00:00.000Z', 3);
  old.close();
  const gallery = await openGallery(directory);
  const ends = (await gallery.records.people({ limit: 9 })).map((one) => one.consentUntil);
  const first = '0001-01-01T00:00:00.000Z';
  expect(ends).toEqual(['9999-12-31T23:59:59.999Z', first, first]);
  const expired = await gallery.records.expired({ now: new Date('9999-01-01') });
  expect(expired.map(({ name }) => name).sort()).toEqual(['Eve', 'Zo\u00eb']);
});

test('while a writer has it, a reader is told what to do', async () => {
  const directory = await galleryOf('0001-first-tables');
  const lock = new Database(join(directory, 'writer.lock'));
  lock.exec('begin exclusive');
  await expect(openGallery(directory, { mode: 'read' })).rejects.toMatchObject({
    code: 'UNSUPPORTED_VERSION',
    message: expect.stringMatching(/older facedex.*another writer/),
  });
  lock.close();
});

test('a migration that is stopped half-way leaves the gallery as it was', async () => {
  const directory = await galleryOf('0001-first-tables');
  const copy = join(directory, 'copy');
  await mkdir(copy);
  await copyFile(join(directory, 'gallery.db'), join(copy, 'gallery.db'));
  const blocked = new Database(join(copy, 'gallery.db'));
  // The third migration cannot make its first table; the second must not stay without it.
  blocked.exec('create table clusters (x)');
  blocked.close();
  await expect(openGallery(copy)).rejects.toThrow();
  const database = new Database(join(copy, 'gallery.db'));
  const names = database.prepare('select name from kysely_migration order by name').pluck();
  expect(names.all()).toEqual(['0001-first-tables']);
  database.exec('drop table clusters');
  database.close();
  expect(await contentOf(copy, 'write')).toEqual(expectedOf('0001-first-tables'));
});
