import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DerivedIndex } from '../src/index/derived-index.js';
import { createDatabase, inspectDatabase } from '../src/store/gallery-database.js';
import { SqliteStore } from '../src/store/sqlite-store.js';
import { MemoryVectorIndex } from './memory-vector-index.js';
import { embedding, photo, SPACE } from './synthetic-photos.js';
import { temporaryDirectory } from './temporary-gallery.js';

const NOBODY_GONE = { gonePaths: [] };

/** An index whose next additions fail half-way. */
class FailingIndex extends MemoryVectorIndex {
  failures = 0;

  override async add(ids: readonly number[], vectors: Float32Array): Promise<void> {
    if (this.failures > 0) {
      this.failures -= 1;
      await super.add(ids.slice(0, 1), vectors.slice(0, SPACE.dimension));
      throw new Error('out of memory');
    }
    await super.add(ids, vectors);
  }
}

async function setUp() {
  const path = join(await temporaryDirectory(), 'gallery.db');
  await createDatabase(path, SPACE);
  const record = await inspectDatabase(path);
  if (record === undefined) {
    throw new Error('expected the database that was just made');
  }
  const store = await SqliteStore.open(path, { mode: 'write', record });
  onTestFinished(() => store[Symbol.asyncDispose]());
  const disk = {};
  const notices: string[] = [];
  const open = () => {
    const vectors = new FailingIndex({ dimension: SPACE.dimension, disk });
    const onNotice = (message: string) => void notices.push(message);
    const index = new DerivedIndex({ store, index: vectors, gallery: record, onNotice });
    return { vectors, index };
  };
  return { store, open, notices };
}

async function nearestIds(index: DerivedIndex): Promise<number[]> {
  const [found = []] = await index.search(embedding(0), 100);
  return found.map(({ id }) => id).sort((a, b) => a - b);
}

test('after an addition that failed half-way it starts again from nothing', async () => {
  const { store, open, notices } = await setUp();
  const { vectors, index } = open();
  await index.open();
  await store.enrol([photo(0), photo(1)], NOBODY_GONE);
  await index.catchUp();
  await store.enrol([photo(2), photo(3)], NOBODY_GONE);
  vectors.failures = 2;
  await expect(index.catchUp()).rejects.toThrow('out of memory');
  await expect(index.save()).rejects.toThrow('out of memory');
  await index.catchUp();
  expect(await nearestIds(index)).toEqual([1, 2, 3, 4]);
  expect(notices).toEqual([]);
});

test('an index that has lost faces is noticed at the next change, and rebuilt', async () => {
  const { store, open, notices } = await setUp();
  const { vectors, index } = open();
  await index.open();
  await store.enrol([photo(0), photo(1), photo(2)], NOBODY_GONE);
  await index.catchUp();
  await vectors.remove([2]);
  await store.enrol([photo(3)], NOBODY_GONE);
  await index.catchUp();
  expect(await nearestIds(index)).toEqual([1, 2, 3, 4]);
  expect(notices).toEqual([expect.stringContaining('holds 3 faces but the database 4')]);
});

test('a history longer than one piece is replayed whole', async () => {
  const { store, open } = await setUp();
  const seeds = Array.from({ length: 5000 }, (_, seed) => seed);
  await store.enrol(
    seeds.map((seed) => photo(seed)),
    NOBODY_GONE,
  );
  await store.removePaths(seeds.slice(1, 4990).map((seed) => photo(seed).path));
  await store.enrol(
    [1, 2, 3].map((seed) => photo(seed)),
    NOBODY_GONE,
  );
  const { index } = open();
  await index.open();
  expect(await nearestIds(index)).toEqual([
    1,
    ...Array.from({ length: 10 }, (_, i) => 4991 + i),
    5001,
    5002,
    5003,
  ]);
});

test('saves only when something has changed', async () => {
  const { store, open } = await setUp();
  const { vectors, index } = open();
  await index.open();
  let saves = 0;
  const save = vectors.save.bind(vectors);
  vectors.save = async (stamp) => {
    saves += 1;
    await save(stamp);
  };
  await store.enrol([photo(0)], NOBODY_GONE);
  await index.save();
  await index.save();
  expect(saves).toBe(1);
  const again = open();
  await again.index.open();
  expect(await nearestIds(again.index)).toEqual([1]);
});
