import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FaissIndexHome } from '../src/index/faiss-index-home.js';
import type { IndexBuild, IndexHome, LoadedIndex } from '../src/index/vector-index.js';
import { MemoryIndexHome } from './memory-vector-index.js';
import { embedding } from './synthetic-photos.js';
import { temporaryDirectory } from './temporary-gallery.js';

const DIMENSION = 16;
const BUILD: IndexBuild = {
  wanted: 'Flat',
  why: 'of the test',
  faces: 3,
  search: { parameters: {}, candidates: 1, recall: undefined },
};
const STAMP = { galleryId: 'gallery', spaceId: 'space "x"', change: 7, build: BUILD };

const implementations: [string, () => Promise<IndexHome>][] = [
  ['MemoryIndexHome', async () => new MemoryIndexHome({ dimension: DIMENSION })],
  [
    'FaissIndexHome',
    async () => {
      const path = join(await temporaryDirectory(), 'index.faiss');
      return new FaissIndexHome({ path, dimension: DIMENSION });
    },
  ],
];

describe.each(implementations)('%s', (_, newHome) => {
  async function setUp() {
    const home = await newHome();
    const create = () => {
      const index = home.create('Flat');
      onTestFinished(() => index[Symbol.asyncDispose]());
      return index;
    };
    const index = create();
    await index.add([3, 5, 2 ** 40], vectors(3, 5, 40));
    return { home, index, create };
  }

  test('adding an id that is in is an error', async () => {
    const { index } = await setUp();
    await expect(index.add([5], vectors(6))).rejects.toThrow();
  });

  test('finds the nearest first, for each query, and all there are at most', async () => {
    const { index } = await setUp();
    const found = await index.search(vectors(5, 40), { k: 3 });
    expect(found.map((list) => list.map(({ id }) => id).length)).toEqual([3, 3]);
    expect(found.map(([nearest]) => nearest?.id)).toEqual([5, 2 ** 40]);
    expect(found[0]?.[0]?.squaredDistance).toBeCloseTo(0, 5);
    const distances = found[0]?.map(({ squaredDistance }) => squaredDistance) ?? [];
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect((await index.search(vectors(3), { k: 10 }))[0]).toHaveLength(3);
    expect((await index.search(vectors(3), { k: 1 }))[0]).toHaveLength(1);
  });

  test('gives squared distances', async () => {
    const { index } = await setUp();
    const [list] = await index.search(vectors(9), { k: 3 });
    for (const { id, squaredDistance } of list ?? []) {
      const vector = embedding(id === 2 ** 40 ? 40 : id);
      const expected = vector.reduce((sum, x, i) => sum + (x - (embedding(9)[i] ?? 0)) ** 2, 0);
      expect(squaredDistance).toBeCloseTo(expected, 5);
    }
  });

  test('finds only what it may', async () => {
    const { index } = await setUp();
    const ids = async (only: number[]) =>
      (await index.search(vectors(5), { k: 3, only }))[0]?.map(({ id }) => id);
    expect(await ids([3, 4])).toEqual([3]);
    expect(await ids([])).toEqual([]);
    expect((await ids([5, 2 ** 40]))?.[0]).toBe(5);
  });

  test('removes, passing over ids that are not in, and takes them again', async () => {
    const { index } = await setUp();
    await index.remove([5, 77]);
    expect(await index.size()).toBe(2);
    expect((await index.ids()).sort((a, b) => a - b)).toEqual([3, 2 ** 40]);
    expect(await index.vectors([2 ** 40, 3])).toEqual(vectors(40, 3));
    expect((await index.search(vectors(5), { k: 3 }))[0]?.map(({ id }) => id)).not.toContain(5);
    await index.add([5], vectors(5));
    expect((await index.search(vectors(5), { k: 1 }))[0]?.[0]?.id).toBe(5);
  });

  test('a new one is empty and finds nothing', async () => {
    const { create } = await setUp();
    expect(await create().size()).toBe(0);
    expect(await create().search(vectors(1), { k: 2 })).toEqual([[]]);
  });

  test('loads what was saved last, with its stamp, and nothing else', async () => {
    const { home, index } = await setUp();
    expect(await home.load()).toEqual({ state: 'missing' });
    await home.save(index, { ...STAMP, change: 3 });
    await index.remove([3]);
    await home.save(index, STAMP);
    await index.remove([5]);
    const again = loaded(await home.load());
    expect(again.stamp).toEqual(STAMP);
    expect(await again.index.size()).toBe(2);
    expect(await home.sizeBytes()).toBeGreaterThanOrEqual(2 * DIMENSION * 4);
    const [found] = await again.index.search(vectors(5), { k: 9 });
    expect(found?.map(({ id }) => id)).toEqual([5, 2 ** 40]);
  });

  test('what was discarded is gone, from the disk as well', async () => {
    const { home, index } = await setUp();
    await home.save(index, STAMP);
    await home.discard();
    expect(await home.load()).toEqual({ state: 'missing' });
    expect(await home.sizeBytes()).toBe(0);
    await home.discard();
  });
});

function loaded(what: LoadedIndex) {
  if (what.state !== 'loaded') {
    throw new Error(`expected an index but it is ${what.state}`);
  }
  onTestFinished(() => what.index[Symbol.asyncDispose]());
  return what;
}

function vectors(...seeds: number[]): Float32Array {
  return Float32Array.from(seeds.flatMap((seed) => [...embedding(seed)]));
}
