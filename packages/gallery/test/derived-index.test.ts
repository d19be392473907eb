import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DerivedIndex } from '../src/index/derived-index.js';
import { createDatabase, inspectDatabase } from '../src/store/gallery-database.js';
import { SqliteStore } from '../src/store/sqlite-store.js';
import { MemoryIndexHome, type MemoryVectorIndex } from './memory-vector-index.js';
import { embedding, photo, SPACE } from './synthetic-photos.js';
import { temporaryDirectory } from './temporary-gallery.js';

const NOBODY_GONE = { gonePaths: [] };

/** Its indexes fail half-way through their next additions. */
class FailingHome extends MemoryIndexHome {
  failures = 0;
  saves = 0;
  newest: MemoryVectorIndex | undefined;

  override create(factory: string): MemoryVectorIndex {
    const index = super.create(factory);
    const add = index.add.bind(index);
    index.add = async (ids, vectors) => {
      if (this.failures > 0) {
        this.failures -= 1;
        await add(ids.slice(0, 1), vectors.slice(0, SPACE.dimension));
        throw new Error('out of memory');
      }
      await add(ids, vectors);
    };
    this.newest = index;
    return index;
  }

  override async save(...saved: Parameters<MemoryIndexHome['save']>): Promise<void> {
    this.saves += 1;
    await super.save(...saved);
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
  const home = new FailingHome({ dimension: SPACE.dimension });
  const notices: string[] = [];
  const open = () => {
    const onNotice = (message: string) => void notices.push(message);
    const index = new DerivedIndex({ store, home, gallery: record, isWriter: true, onNotice });
    onTestFinished(() => index[Symbol.asyncDispose]());
    return index;
  };
  return { store, home, open, notices };
}

async function nearestIds(index: DerivedIndex): Promise<number[]> {
  const [found = []] = await index.search(embedding(0), { k: 100 });
  return found.map(({ id }) => id).sort((a, b) => a - b);
}

test('after an addition that failed half-way it starts again from nothing', async () => {
  const { store, home, open, notices } = await setUp();
  const index = open();
  await index.open();
  await store.enrol([photo(0), photo(1)], NOBODY_GONE);
  await index.catchUp();
  await store.enrol([photo(2), photo(3)], NOBODY_GONE);
  home.failures = 2;
  await expect(index.catchUp()).rejects.toThrow('out of memory');
  await expect(index.save()).rejects.toThrow('out of memory');
  await index.catchUp();
  expect(await nearestIds(index)).toEqual([1, 2, 3, 4]);
  expect(notices).toEqual([]);
});

test('an index that has lost faces is noticed at the next change, and rebuilt', async () => {
  const { store, home, open, notices } = await setUp();
  const index = open();
  await index.open();
  await store.enrol([photo(0), photo(1), photo(2)], NOBODY_GONE);
  await index.catchUp();
  await home.newest?.remove([2]);
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
  const index = open();
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
  const { store, home, open } = await setUp();
  const index = open();
  await index.open();
  await store.enrol([photo(0)], NOBODY_GONE);
  await index.save();
  await index.save();
  expect(home.saves).toBe(1);
  const again = open();
  await again.open();
  expect(await nearestIds(again)).toEqual([1]);
});
