import { beforeEach, describe, expect, test } from 'vitest';
import type { Gallery } from '../src/index.js';
import { embedding, face, photo } from './synthetic-photos.js';
import { collect, openGallery, temporaryDirectory } from './temporary-gallery.js';

/** As macOS writes it in the name of a folder, and with space around it. */
const TYPED = ' Zoe\u0308  Blix ';
const NORMAL = 'Zo\u00eb Blix';
const DECEIVING = 'Zo\u00eb\u202e Blix';

let gallery: Gallery;
beforeEach(async () => {
  gallery = await openGallery(await temporaryDirectory());
});

const names = async () => (await gallery.people()).map(({ name }) => name);

describe('the same name in another form is the same person', () => {
  test('of photos, clusters, faces and records', async () => {
    await gallery.enrol([photo(0, { person: NORMAL }), photo(1, { person: TYPED })]);
    await gallery.enrol([photo(2, { person: null, faces: [face(2), face(3)] })]);
    expect(await gallery.link({ ...photo(1), path: '/other', person: TYPED })).toBe('linked');
    await gallery.records.nameFaces([3], TYPED);
    await gallery.clusters.name(await gallery.clusters.move([4], null), TYPED);
    expect(await names()).toEqual([NORMAL]);
    expect(await gallery.records.changePhoto('hash-0', { person: TYPED })).toMatchObject({
      person: { name: NORMAL },
    });
    await expect(gallery.records.createPerson({ name: TYPED })).rejects.toMatchObject({
      code: 'PERSON_EXISTS',
    });
    const other = await gallery.records.createPerson({ name: 'Other' });
    await expect(gallery.records.changePerson(other.id, { name: TYPED })).rejects.toMatchObject({
      code: 'PERSON_EXISTS',
    });
  });

  test('who is found, seen and removed by it', async () => {
    await gallery.enrol([photo(0, { person: NORMAL })]);
    expect(await gallery.records.personNamed(TYPED)).toMatchObject({ name: NORMAL });
    expect(await collect(gallery.faces({ person: TYPED }))).toHaveLength(1);
    const filter = { people: [TYPED] };
    expect(await gallery.search(embedding(0), { k: 1, threshold: 1, filter })).toHaveLength(1);
    const time = new Date('2999-01-01T00:00:00.000Z');
    await gallery.records.seen([TYPED], time);
    const [person] = await gallery.records.people({ limit: 1 });
    expect(person?.seenAt).toBe(time.toISOString());
    expect(await gallery.removePerson(TYPED)).toEqual({ faces: 1, photos: 1 });
  });

  test('but another case may be somebody else', async () => {
    await gallery.enrol([photo(0, { person: 'Ann' }), photo(1, { person: 'ann' })]);
    expect(await names()).toEqual(['Ann', 'ann']);
  });
});

test('tags are one in every form', async () => {
  await gallery.enrol([photo(0)]);
  await gallery.tag('/photos', { add: [TYPED] });
  await gallery.records.createPerson({ name: 'Ann', tags: [TYPED, NORMAL] });
  await gallery.records.changePhoto('hash-0', { tags: [TYPED, NORMAL] });
  expect(await gallery.tags()).toEqual([{ tag: NORMAL, photos: 1, people: 1 }]);
  const filter = { tags: [TYPED] };
  expect(await gallery.search(embedding(0), { k: 1, threshold: 1, filter })).toHaveLength(1);
  expect(await gallery.records.people({ limit: 9, tag: TYPED })).toHaveLength(1);
  expect(await gallery.records.photos({ afterId: 0, limit: 9, tag: TYPED })).toHaveLength(1);
  await gallery.tag('/photos', { remove: [TYPED] });
  expect(await gallery.tags()).toEqual([{ tag: NORMAL, photos: 0, people: 1 }]);
});

test('what can not be a name is refused everywhere, and nothing changes', async () => {
  await gallery.enrol([photo(0), photo(2, { person: null, faces: [face(2)] })]);
  const { records, clusters } = gallery;
  const person = (await records.personNamed('person-0'))!;
  const cluster = await clusters.move([2], null);
  const before = await gallery.people();
  for (const name of [DECEIVING, '  ', 'a\nb']) {
    for (const attempt of [
      () => gallery.enrol([photo(1, { person: name })]),
      () => gallery.link({ ...photo(0), person: name }),
      () => gallery.tag('/photos', { add: [name] }),
      () => gallery.removePerson(name),
      () => collect(gallery.faces({ person: name })),
      () => gallery.search(embedding(0), { k: 1, threshold: 1, filter: { people: [name] } }),
      () => gallery.search(embedding(0), { k: 1, threshold: 1, filter: { tags: [name] } }),
      () => clusters.name(cluster, name),
      () => records.createPerson({ name }),
      () => records.createPerson({ name: 'Ann', tags: [name] }),
      () => records.changePerson(person.id, { name }),
      () => records.changePerson(person.id, { tags: [name] }),
      () => records.changePhoto('hash-0', { person: name }),
      () => records.changePhoto('hash-0', { tags: [name] }),
      () => records.nameFaces([2], name),
      () => records.personNamed(name),
      () => records.people({ limit: 1, tag: name }),
      () => records.photos({ afterId: 0, limit: 1, tag: name }),
    ]) {
      await expect(attempt(), String(attempt)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    }
  }
  expect(await gallery.people()).toEqual(before);
  expect(await gallery.tags()).toEqual([]);
});
