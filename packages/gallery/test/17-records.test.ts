import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Gallery, type PhotoInput } from '../src/index.js';

const space = { id: 'test@1', dimension: 4 };
let directory: string;
let gallery: Gallery;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'facedex-records-'));
  gallery = await Gallery.open(directory, { space, mode: 'write' });
});
afterEach(() => gallery[Symbol.asyncDispose]());

const hashOf = (name: string) => createHash('sha256').update(name).digest('hex');

function photo(name: string, person: string | null, axes: readonly number[]): PhotoInput {
  return {
    path: gallery.photoFiles.pathOf(hashOf(name)),
    contentHash: hashOf(name),
    person,
    bytes: 1,
    modifiedMs: 1,
    recipe: 'r',
    width: 100,
    height: 80,
    outcome: 'enrolled',
    reason: null,
    faces: axes.map((axis) => {
      const embedding = new Float32Array(4);
      embedding[axis] = 1;
      const box = { x: axis, y: 0, width: 10, height: 10 };
      return { box, landmarks: [[1, 2]], score: 0.9, embedding };
    }),
  };
}

const idOf = async (name: string) => (await gallery.records.personNamed(name))!.id;

describe('misuse', () => {
  test('what is not there is an error that says what', async () => {
    const { records } = gallery;
    await expect(records.person('0'.repeat(16))).rejects.toMatchObject({ code: 'UNKNOWN_PERSON' });
    await expect(records.photo('0'.repeat(64))).rejects.toMatchObject({ code: 'UNKNOWN_PHOTO' });
    await expect(records.face(7)).rejects.toMatchObject({ code: 'UNKNOWN_FACE' });
    await expect(records.removeFace(7)).rejects.toMatchObject({ code: 'UNKNOWN_FACE' });
    await expect(records.changePhoto('x', { person: null })).rejects.toMatchObject({
      code: 'UNKNOWN_PHOTO',
    });
  });

  test('two people cannot have one name, nor be merged with themselves', async () => {
    const ada = await gallery.records.createPerson({ name: 'Ada' });
    const bob = await gallery.records.createPerson({ name: 'Bob' });
    await expect(gallery.records.createPerson({ name: 'Ada' })).rejects.toMatchObject({
      code: 'PERSON_EXISTS',
    });
    await expect(gallery.records.changePerson(bob.id, { name: 'Ada' })).rejects.toMatchObject({
      code: 'PERSON_EXISTS',
    });
    await expect(gallery.records.mergePeople(ada.id, [ada.id])).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });

  test('a face whose photo names its person and shows others has its name from the photo', async () => {
    await gallery.enrol([photo('two', 'Ada', [0, 1])]);
    await expect(gallery.records.nameFaces([1], 'Bob')).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
    });
  });
});

test.each([
  ['no time', new Date(Number.NaN)],
  ['beyond the year 9999', new Date('9999-12-31T23:59:59-05:00')],
  ['before the year 1', new Date('0000-01-01T00:00:00+10:00')],
  ['in the year 0', new Date('0000-06-01T00:00:00Z')],
  ['a text', '2027-01-01' as unknown as Date],
])('an end of consent that is %s is an error, and nothing changes', async (_, consentUntil) => {
  const { records } = gallery;
  const code = 'INVALID_ARGUMENT';
  await expect(records.createPerson({ name: 'Ada', consentUntil })).rejects.toMatchObject({ code });
  const bob = await records.createPerson({ name: 'Bob', consentUntil: new Date('9999-12-31') });
  const change = { name: 'Rob', consentUntil };
  await expect(records.changePerson(bob.id, change)).rejects.toMatchObject({ code });
  await expect(records.seen(['Bob'], consentUntil)).rejects.toMatchObject({ code });
  expect(await records.people({ limit: 9 })).toEqual([bob]);
  expect(await records.expired({ now: new Date() })).toEqual([]);
});

describe('people', () => {
  test('one who was made by themselves stays without a photo, until removed', async () => {
    const ada = await gallery.records.createPerson({ name: 'Ada', tags: ['staff'] });
    await gallery.enrol([photo('a', 'Ada', [0])]);
    await gallery.records.removePhoto(hashOf('a'));
    expect(await gallery.records.person(ada.id)).toMatchObject({
      name: 'Ada',
      tags: ['staff'],
      photos: 0,
      faces: 0,
      face: null,
    });
    await gallery.removePerson('Ada');
    await expect(gallery.records.person(ada.id)).rejects.toMatchObject({ code: 'UNKNOWN_PERSON' });
  });

  test('one whom only photos name goes with the last photo', async () => {
    await gallery.enrol([photo('a', 'Ada', [0])]);
    await gallery.records.removePhoto(hashOf('a'));
    expect(await gallery.people()).toEqual([]);
  });

  test.each([{ tags: ['staff'] }, { consentUntil: new Date('2999-01-01') }, { name: 'Countess' }])(
    'one of whom something was said stays while photos are replaced: %j',
    async (change) => {
      await gallery.enrol([photo('a', 'Ada', [0])]);
      const { id, name } = await gallery.records.changePerson(await idOf('Ada'), change);
      await gallery.records.removePhoto(hashOf('a'));
      const before = await gallery.records.person(id);
      expect(before.photos).toBe(0);
      await gallery.enrol([photo('b', name, [1])]);
      expect(await gallery.records.person(id)).toEqual({ ...before, photos: 1, faces: 1, face: 2 });
      await gallery.removePerson(name);
      expect(await gallery.people()).toEqual([]);
    },
  );

  test('who take in one of whom something was said, stay too', async () => {
    await gallery.enrol([photo('a', 'Ada', [0])]);
    const bob = await gallery.records.createPerson({ name: 'Bob' });
    await gallery.records.mergePeople(await idOf('Ada'), [bob.id]);
    await gallery.records.removePhoto(hashOf('a'));
    expect(await gallery.people()).toEqual([{ name: 'Ada', photos: 0, faces: 0 }]);
  });

  test('come in pages by name, all, by a part of the name, or by tag', async () => {
    for (const name of ['Cy', 'Ada', 'Bob']) await gallery.records.createPerson({ name });
    await gallery.records.changePerson(await idOf('Cy'), { tags: ['x'] });
    const names = async (query: object) =>
      (await gallery.records.people({ limit: 10, ...query })).map(({ name }) => name);
    expect(await names({ limit: 2 })).toEqual(['Ada', 'Bob']);
    expect(await names({ afterName: 'Bob' })).toEqual(['Cy']);
    expect(await names({ nameContains: 'OB' })).toEqual(['Bob']);
    expect(await names({ nameContains: '%' })).toEqual([]);
    expect(await names({ tag: 'x' })).toEqual(['Cy']);
  });

  test.each([
    ['Zo\u00eb', ['ZO\u00cb', 'zoe\u0308', 'O\u00cb']],
    ['Stra\u00dfer', ['STRASSER', 'stra\u1e9eER']],
    [
      '\u0393\u03b9\u03ce\u03c1\u03b3\u03bf\u03c2',
      ['\u0393\u0399\u038f\u03a1\u0393\u039f\u03a3', '\u03bf\u03c3'],
    ],
    ['\u0418\u0432\u0430\u043d', ['\u0418\u0412\u0410\u041d']],
    ['\uff21\uff22\uff23', ['abc']],
  ])('are found by a part of the name in any case and any script: %s', async (name, parts) => {
    await gallery.records.createPerson({ name });
    for (const nameContains of parts) {
      expect(await gallery.records.people({ limit: 9, nameContains })).toMatchObject([{ name }]);
    }
    expect(await gallery.records.people({ limit: 9, nameContains: 'Zoa' })).toEqual([]);
  });

  test('keep their id under another name, and searches tell the new one', async () => {
    await gallery.enrol([photo('a', 'Ada', [0])]);
    const id = await idOf('Ada');
    await gallery.records.changePerson(id, { name: 'Countess' });
    expect(await idOf('Countess')).toBe(id);
    const probe = new Float32Array([1, 0, 0, 0]);
    const [match] = await gallery.search(probe, { k: 1, threshold: 1 });
    expect(match?.person).toBe('Countess');
  });

  test('that are merged give photos, clusters and tags to the one', async () => {
    await gallery.enrol([photo('a', 'Ada', [0]), photo('b', 'Bob', [1]), photo('c', null, [2])]);
    await gallery.records.nameFaces([3], 'Bob');
    await gallery.records.changePerson(await idOf('Bob'), { tags: ['x'] });
    const ada = await idOf('Ada');
    const merged = await gallery.records.mergePeople(ada, [await idOf('Bob')]);
    expect(merged).toMatchObject({ id: ada, name: 'Ada', photos: 3, faces: 3, tags: ['x'] });
    expect((await gallery.people()).map(({ name }) => name)).toEqual(['Ada']);
  });

  test('expire when the consent ends or they were not seen for long', async () => {
    const { records } = gallery;
    await records.createPerson({ name: 'Ada', consentUntil: new Date('2026-01-01') });
    await records.createPerson({ name: 'Bob' });
    const names = async (times: { now: Date; seenBefore?: Date }) =>
      (await records.expired(times)).map(({ name }) => name);
    expect(await names({ now: new Date('2025-12-31') })).toEqual([]);
    expect(await names({ now: new Date('2026-01-01') })).toEqual(['Ada']);
    const future = new Date('2999-01-01');
    await records.seen(['Bob'], future);
    expect(
      await names({ now: new Date('2025-12-31'), seenBefore: new Date('2998-01-01') }),
    ).toEqual(['Ada']);
  });
});

describe('the end of a consent', () => {
  const EARLY = '2027-01-01T00:00:00.000Z';
  const LATE = '2027-06-01T00:00:00.000Z';
  const consented = async (name: string, until: string | null) =>
    gallery.records.createPerson({ name, consentUntil: until === null ? null : new Date(until) });
  const endOf = async (name: string) =>
    (await gallery.records.person(await idOf(name))).consentUntil;

  test.each([
    [null, [LATE, EARLY], EARLY],
    [EARLY, [LATE, null], EARLY],
    [LATE, [null], LATE],
    [null, [null], null],
  ])('of people who are merged is the earliest: %j and %j', async (own, others, earliest) => {
    const one = await consented('Ada', own);
    const ids: string[] = [];
    for (const [i, end] of others.entries()) ids.push((await consented(`p${i}`, end)).id);
    expect(await gallery.records.mergePeople(one.id, ids)).toMatchObject({
      consentUntil: earliest,
    });
  });

  test.each<[string, () => Promise<unknown>]>([
    ['photo', () => gallery.records.changePhoto(hashOf('a'), { person: 'Ada' })],
    ['only face of a photo', () => gallery.records.nameFaces([1], 'Ada')],
    ['face of a cluster', () => gallery.records.nameFaces([2], 'Ada')],
    [
      'face of a cluster, to somebody who has one',
      async () => {
        await gallery.records.nameFaces([3], 'Ada');
        await gallery.records.nameFaces([2], 'Ada');
      },
    ],
    ['cluster', () => gallery.clusters.name(1, 'Ada')],
    [
      'cluster, to somebody who has one',
      async () => {
        await gallery.records.nameFaces([3], 'Ada');
        await gallery.clusters.name(1, 'Ada');
      },
    ],
    [
      'face that moves to the cluster of another',
      async () => {
        await gallery.records.nameFaces([3], 'Ada');
        await gallery.clusters.move([2], 2);
      },
    ],
    [
      'photo that moves to the folder of another',
      () => gallery.link({ ...photo('a', 'Ada', [0]), path: '/elsewhere' }),
    ],
    [
      'photo that moves and is enrolled anew',
      () => gallery.enrol([{ ...photo('a', 'Ada', [0]), path: '/elsewhere', recipe: 's' }]),
    ],
    [
      'photo that is enrolled anew for another',
      () => gallery.enrol([{ ...photo('a', 'Ada', [0]), recipe: 's' }]),
    ],
  ])('of the new person stays as it is with a %s', async (_, move) => {
    await consented('Bob', EARLY);
    await consented('Ada', LATE);
    await gallery.enrol([photo('a', 'Bob', [0]), photo('b', null, [1, 2])]);
    await gallery.records.nameFaces([2], 'Bob');
    expect(await endOf('Ada')).toBe(LATE);
    await move();
    expect(await endOf('Ada')).toBe(LATE);
    expect(await endOf('Bob')).toBe(EARLY);
  });
});

describe('photos and faces', () => {
  test('tell whom they show and what is known of them', async () => {
    await gallery.enrol([photo('a', 'Ada', [0]), photo('b', null, [1, 2])]);
    const [a, b] = await gallery.records.photos({ afterId: 0, limit: 10 });
    expect(a).toMatchObject({ id: hashOf('a'), person: { name: 'Ada' }, faces: 1, width: 100 });
    expect(b).toMatchObject({ id: hashOf('b'), person: null, faces: 2 });
    expect(await gallery.records.photos({ afterId: a!.rowId, limit: 1 })).toEqual([b]);
    expect(await gallery.records.photos({ afterId: 0, limit: 9, personId: a!.person!.id })).toEqual(
      [a],
    );
    const faces = await gallery.records.faces({ afterId: 0, limit: 10, photo: hashOf('b') });
    expect(faces.map(({ id, person, landmarks }) => ({ id, person, landmarks }))).toEqual([
      { id: 2, person: null, landmarks: [[1, 2]] },
      { id: 3, person: null, landmarks: [[1, 2]] },
    ]);
    expect(await gallery.records.faces({ afterId: 2, limit: 9, unnamed: true })).toHaveLength(1);
  });

  test('a photo gets another person, nobody, and tags', async () => {
    await gallery.enrol([photo('a', 'Ada', [0])]);
    const moved = await gallery.records.changePhoto(hashOf('a'), { person: 'Bob', tags: ['sea'] });
    expect(moved).toMatchObject({ person: { name: 'Bob' }, tags: ['sea'] });
    await gallery.records.changePerson(await idOf('Bob'), { tags: ['sea', 'staff'] });
    expect(await gallery.tags()).toEqual([
      { tag: 'sea', photos: 1, people: 1 },
      { tag: 'staff', photos: 0, people: 1 },
    ]);
    expect((await gallery.people()).map(({ name }) => name)).toEqual(['Bob']);
    await gallery.records.changePhoto(hashOf('a'), { person: null });
    expect(await gallery.people()).toEqual([{ name: 'Bob', photos: 0, faces: 0 }]);
    await gallery.records.changePhoto(hashOf('a'), { person: 'Cy' });
    await gallery.records.changePhoto(hashOf('a'), { person: null });
    expect((await gallery.people()).map(({ name }) => name)).toEqual(['Bob']);
  });

  test('a single face takes its photo along; others get a cluster, and lose it', async () => {
    await gallery.enrol([photo('a', 'Ada', [0]), photo('b', null, [1, 2])]);
    const named = await gallery.records.nameFaces([1, 2], 'Bob');
    expect(named.map(({ person }) => person?.name)).toEqual(['Bob', 'Bob']);
    expect(named.map(({ cluster }) => cluster === null)).toEqual([true, false]);
    const [cluster] = await gallery.records.clusters({ limit: 9 });
    expect(cluster).toMatchObject({ person: { name: 'Bob' }, faces: 1, face: 2 });
    const [unnamed] = await gallery.records.nameFaces([2], null);
    expect(unnamed).toMatchObject({ person: null, cluster: null });
  });

  test('a face of a group that has a name of its own does not lose it to the person of the photo', async () => {
    await gallery.enrol([photo('group', null, [0, 1])]);
    await gallery.records.nameFaces([2], 'Bald Bob');
    await expect(
      gallery.records.changePhoto(hashOf('group'), { person: 'Owner', tags: ['sea'] }),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('"Bald Bob"'),
    });
    expect(await gallery.people()).toEqual([{ name: 'Bald Bob', photos: 1, faces: 1 }]);
    expect(await gallery.tags()).toEqual([]);
    const same = await gallery.records.changePhoto(hashOf('group'), { person: 'Bald Bob' });
    expect(same.person?.name).toBe('Bald Bob');
    await gallery.records.changePhoto(hashOf('group'), { person: null });
    await gallery.records.changePhoto(hashOf('group'), { person: 'Owner' });
    const faces = await gallery.records.facesWithIds([1, 2]);
    expect(faces.map(({ person }) => person?.name)).toEqual(['Owner', 'Owner']);
  });

  test('a face goes alone, its photo with the last', async () => {
    await gallery.enrol([photo('b', null, [1, 2])]);
    expect(await gallery.records.removeFace(1)).toEqual({ faces: 1, photos: 0 });
    expect(await gallery.records.removeFace(2)).toEqual({ faces: 1, photos: 1 });
    expect(await gallery.counts()).toMatchObject({ photos: 0, faces: 0 });
    expect(await gallery.search(new Float32Array([0, 1, 0, 0]), { k: 1, threshold: 2 })).toEqual(
      [],
    );
  });
});

describe('at the same time', () => {
  test('a change under way is answered as the gallery is closed', async () => {
    const making = gallery.records.createPerson({ name: 'Ada' });
    await gallery[Symbol.asyncDispose]();
    expect((await making).name).toBe('Ada');
  });

  test('who is removed by id is who had it, whatever names change before', async () => {
    await gallery.enrol([photo('ada', 'Ada', [0]), photo('bob', 'Bob', [1])]);
    const [ada, bob] = [await idOf('Ada'), await idOf('Bob')];
    const { records } = gallery;
    const [, , removal] = await Promise.all([
      records.changePerson(ada, { name: 'Grace' }),
      records.changePerson(bob, { name: 'Ada' }),
      records.removePerson(ada),
    ]);
    expect(removal).toEqual({ faces: 1, photos: 1 });
    expect(await idOf('Ada')).toBe(bob);
    await expect(records.removePerson(ada)).rejects.toMatchObject({ code: 'UNKNOWN_PERSON' });
  });

  test('who has expired is removed only as long as that is so', async () => {
    const now = new Date();
    const people = await Promise.all(
      ['Ada', 'Bob'].map((name) => gallery.records.createPerson({ name, consentUntil: now })),
    );
    const [ada, bob] = people.map(({ id }) => id) as [string, string];
    const { records } = gallery;
    expect((await records.expired({ now })).map(({ id }) => id)).toEqual([ada, bob]);
    const [, ...removals] = await Promise.all([
      records.changePerson(ada, { consentUntil: null }),
      records.removeExpired(ada, { now }),
      records.removeExpired(bob, { now }),
      records.removeExpired(bob, { now }),
    ]);
    expect(removals).toEqual([undefined, { faces: 0, photos: 0 }, undefined]);
    expect((await gallery.people()).map(({ name }) => name)).toEqual(['Ada']);
  });

  test('a photo that is removed twice was there once', async () => {
    await gallery.enrol([photo('ada', 'Ada', [0])]);
    const path = gallery.photoFiles.pathOf(hashOf('ada'));
    const [first, second] = await Promise.allSettled([1, 2].map(() => gallery.removePhoto(path)));
    expect(first).toMatchObject({ value: { faces: 1, photos: 1 } });
    expect(second).toMatchObject({ reason: { code: 'UNKNOWN_PHOTO' } });
  });
});

describe('kept photo files', () => {
  test('go with the photo, the person, and with a process that died before it enrolled', async () => {
    const { photoFiles } = gallery;
    for (const name of ['a', 'b', 'orphan']) {
      await photoFiles.save(hashOf(name), Buffer.from(name));
    }
    await gallery.enrol([photo('a', 'Ada', [0]), photo('b', 'Bob', [1])]);
    expect(await readFile(photoFiles.pathOf(hashOf('a')), 'utf8')).toBe('a');
    await gallery.records.removePhoto(hashOf('a'));
    expect(photoFiles.has(hashOf('a'))).toBe(false);
    await gallery[Symbol.asyncDispose]();
    gallery = await Gallery.open(directory, { mode: 'write' });
    expect(existsSync(gallery.photoFiles.pathOf(hashOf('orphan')))).toBe(false);
    expect(gallery.photoFiles.has(hashOf('b'))).toBe(true);
    await gallery.removePerson('Bob');
    const left = await readdir(join(directory, 'photos'), { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });

  test('cannot be anywhere else', () => {
    expect(() => gallery.photoFiles.pathOf('../../etc/passwd')).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });
});

test('counting again costs nothing until something changes, here or in another process', async () => {
  await gallery.enrol([photo('a', 'Ada', [0])]);
  const first = await gallery.counts();
  expect(await gallery.counts()).toBe(first);
  await using reader = await Gallery.open(directory);
  expect(await reader.counts()).toEqual(first);
  await gallery.records.createPerson({ name: 'Bob' });
  expect(await gallery.counts()).toMatchObject({ people: 2 });
  expect(await reader.counts()).toMatchObject({ people: 2 });
});
