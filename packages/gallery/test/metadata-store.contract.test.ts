import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createDatabase, inspectDatabase } from '../src/store/gallery-database.js';
import type { MetadataStore } from '../src/store/metadata-store.js';
import { SqliteStore } from '../src/store/sqlite-store.js';
import { embedding, photo, photoWithoutFace, SPACE } from './synthetic-photos.js';
import { temporaryDirectory } from './temporary-gallery.js';

const implementations: [string, () => Promise<MetadataStore>][] = [['SqliteStore', sqliteStore]];
const NOBODY_GONE = { gonePaths: [] };

describe.each(implementations)('%s', (_, newStore) => {
  async function setUp(): Promise<MetadataStore> {
    const store = await newStore();
    onTestFinished(() => store[Symbol.asyncDispose]());
    return store;
  }

  test('a new one is empty', async () => {
    const store = await setUp();
    expect(await store.gallery()).toMatchObject({
      space: SPACE,
      id: expect.stringMatching(/^\S+$/),
    });
    expect(await store.lastChange()).toBe(0);
    expect(await store.changesSince(0, 10)).toEqual({
      removed: [],
      added: { ids: [], embeddings: new Float32Array(0) },
      change: 0,
      faceCount: 0,
    });
    expect(await store.people()).toEqual([]);
    expect(await store.facesAfter(0, { limit: 10 })).toEqual([]);
    expect(await store.pathsUnder('/')).toEqual([]);
    expect(await store.sizeBytes()).toBeGreaterThan(0);
  });

  test('whatever asks when it is closed, and what waits for its turn then, is told so', async () => {
    const store = await setUp();
    const asked = Promise.allSettled([store.people(), store.lastChange(), store.pathsUnder('/')]);
    await store[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    const code = 'CLOSED';
    for (const outcome of await asked) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code } });
    }
    await expect(store.people()).rejects.toMatchObject({ code });
    await expect(store.enrol([photo(1)], NOBODY_GONE)).rejects.toMatchObject({ code });
  });

  test('a batch with an error in it leaves no trace, and uses up no ids', async () => {
    const store = await setUp();
    const broken = { ...photo(1), bytes: Number.NaN };
    await expect(store.enrol([photo(0), broken], NOBODY_GONE)).rejects.toThrow();
    expect(await store.lastChange()).toBe(0);
    expect(await store.people()).toEqual([]);
    await store.enrol([photo(2)], NOBODY_GONE);
    expect(await store.facesAfter(0, { limit: 9 })).toMatchObject([
      { id: 1, photo: photo(2).path },
    ]);
  });

  test('the history comes in pieces, in order, without what was removed', async () => {
    const store = await setUp();
    await store.enrol(
      [0, 1, 2, 3, 4].map((seed) => photo(seed)),
      NOBODY_GONE,
    );
    await store.removePaths([photo(1).path, '/not/in.jpg']);
    await store.enrol([photoWithoutFace(5), photo(6)], NOBODY_GONE);
    expect(await store.lastChange()).toBe(7);
    const first = await store.changesSince(0, 2);
    expect(first).toMatchObject({ added: { ids: [1, 3] }, faceCount: undefined });
    expect(first.added.embeddings).toEqual(Float32Array.of(...embedding(0), ...embedding(2)));
    const ids = [...first.added.ids];
    const removed = [...first.removed];
    let { change } = first;
    for (let last = first; last.faceCount === undefined; change = last.change) {
      last = await store.changesSince(change, 2);
      ids.push(...last.added.ids);
      removed.push(...last.removed);
      expect(last.change).toBeGreaterThan(change);
    }
    expect(ids).toEqual([1, 3, 4, 5, 6]);
    expect(removed).toEqual([2]);
    expect(change).toBe(7);
    expect(await store.changesSince(5, 10)).toMatchObject({ removed: [2], faceCount: 5 });
  });

  test('faces come ordered by id, in pieces, all or one person’s', async () => {
    const store = await setUp();
    await store.enrol(
      [0, 1, 2, 3, 4, 5, 6].map((seed) => photo(seed)),
      NOBODY_GONE,
    );
    const ids = async (afterId: number, options: { limit: number; person?: string }) =>
      (await store.facesAfter(afterId, options)).map(({ id }) => id);
    expect(await ids(2, { limit: 3 })).toEqual([3, 4, 5]);
    expect(await ids(1, { limit: 9, person: 'person-0' })).toEqual([4, 7]);
    expect(await ids(0, { limit: 9, person: 'nobody' })).toEqual([]);
    expect((await store.describeFaces([3, 99, 1])).map(({ id }) => id).sort()).toEqual([1, 3]);
  });

  test('files that are gone claim nothing', async () => {
    const store = await setUp();
    const moved = photo(0, { path: '/photos/Zoe/0.jpg', person: 'Zoe' });
    await store.enrol([photo(0)], NOBODY_GONE);
    expect(await store.pathsShowing(['hash-0', 'hash-9'])).toEqual([photo(0).path]);
    expect(await store.link(moved, NOBODY_GONE)).toEqual({
      conflictWith: { path: photo(0).path, person: 'person-0' },
    });
    expect(await store.link(moved, { gonePaths: [photo(0).path] })).toBe('linked');
    expect(await store.people()).toEqual([{ name: 'Zoe', photos: 1, faces: 1 }]);
    expect(await store.lastChange()).toBe(1);
  });

  test('removes people, whole', async () => {
    const store = await setUp();
    await store.enrol([photo(0), photo(1), photo(3), photoWithoutFace(6)], NOBODY_GONE);
    expect(await store.removePerson('nobody')).toBeUndefined();
    expect(await store.removePerson('person-0')).toEqual({ faces: 2, photos: 3 });
    expect(await store.reclaim({ waitMs: 0 })).toBe(true);
    expect(await store.counts()).toMatchObject({ people: 1, photos: 1, faces: 1 });
  });
});

async function sqliteStore(): Promise<MetadataStore> {
  const path = join(await temporaryDirectory(), 'gallery.db');
  await createDatabase(path, SPACE);
  const record = await inspectDatabase(path);
  if (record === undefined) {
    throw new Error('expected the database that was just made');
  }
  return SqliteStore.open(path, { mode: 'write', record });
}
