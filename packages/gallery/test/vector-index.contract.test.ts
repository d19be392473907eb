import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FaissVectorIndex } from '../src/index/faiss-vector-index.js';
import type { VectorIndex } from '../src/index/vector-index.js';
import { MemoryVectorIndex } from './memory-vector-index.js';
import { embedding } from './synthetic-photos.js';
import { temporaryDirectory } from './temporary-gallery.js';

const DIMENSION = 16;
const STAMP = { galleryId: 'gallery', spaceId: 'space "x"', change: 7 };

/** Makes indexes that share one place to save to. */
type Factory = () => Promise<() => VectorIndex>;

const implementations: [string, Factory][] = [
  [
    'MemoryVectorIndex',
    async () => {
      const disk = {};
      return () => new MemoryVectorIndex({ dimension: DIMENSION, disk });
    },
  ],
  [
    'FaissVectorIndex',
    async () => {
      const path = join(await temporaryDirectory(), 'index.faiss');
      return () => new FaissVectorIndex({ path, dimension: DIMENSION });
    },
  ],
];

describe.each(implementations)('%s', (_, factory) => {
  async function setUp() {
    const make = await factory();
    const open = () => {
      const index = make();
      onTestFinished(() => index[Symbol.asyncDispose]());
      return index;
    };
    const index = open();
    await index.add([3, 5, 2 ** 40], vectors(3, 5, 40));
    return { index, open };
  }

  test('adding an id that is in is an error', async () => {
    const { index } = await setUp();
    await expect(index.add([5], vectors(6))).rejects.toThrow();
  });

  test('finds the nearest first, for each query, and all there are at most', async () => {
    const { index } = await setUp();
    const found = await index.search(vectors(5, 40), 3);
    expect(found.map((list) => list.map(({ id }) => id).length)).toEqual([3, 3]);
    expect(found.map(([nearest]) => nearest?.id)).toEqual([5, 2 ** 40]);
    expect(found[0]?.[0]?.squaredDistance).toBeCloseTo(0, 5);
    const distances = found[0]?.map(({ squaredDistance }) => squaredDistance) ?? [];
    expect(distances).toEqual([...distances].sort((a, b) => a - b));
    expect((await index.search(vectors(3), 10))[0]).toHaveLength(3);
    expect((await index.search(vectors(3), 1))[0]).toHaveLength(1);
  });

  test('gives squared distances', async () => {
    const { index } = await setUp();
    const [list] = await index.search(vectors(9), 3);
    for (const { id, squaredDistance } of list ?? []) {
      const vector = embedding(id === 2 ** 40 ? 40 : id);
      const expected = vector.reduce((sum, x, i) => sum + (x - (embedding(9)[i] ?? 0)) ** 2, 0);
      expect(squaredDistance).toBeCloseTo(expected, 5);
    }
  });

  test('removes, passing over ids that are not in, and takes them again', async () => {
    const { index } = await setUp();
    await index.remove([5, 77]);
    expect(await index.size()).toBe(2);
    expect((await index.search(vectors(5), 3))[0]?.map(({ id }) => id)).not.toContain(5);
    await index.add([5], vectors(5));
    expect((await index.search(vectors(5), 1))[0]?.[0]?.id).toBe(5);
  });

  test('is empty at first and after clearing, and finds nothing then', async () => {
    const { index, open } = await setUp();
    expect(await open().search(vectors(1), 2)).toEqual([[]]);
    await index.clear();
    expect(await index.size()).toBe(0);
    expect(await index.search(vectors(1), 2)).toEqual([[]]);
    await index.add([3], vectors(3));
    expect(await index.size()).toBe(1);
  });

  test('loads what was saved last, with its stamp, and nothing else', async () => {
    const { index, open } = await setUp();
    expect(await open().load()).toEqual({ state: 'missing' });
    await index.save({ ...STAMP, change: 3 });
    await index.remove([3]);
    await index.save(STAMP);
    await index.remove([5]);
    const again = open();
    await again.add([99], vectors(99));
    expect(await again.load()).toEqual({ state: 'loaded', stamp: STAMP });
    const info = await again.info();
    expect(info).toMatchObject({ size: 2 });
    expect(info.fileBytes).toBeGreaterThanOrEqual(2 * DIMENSION * 4);
    expect((await again.search(vectors(5), 9))[0]?.map(({ id }) => id)).toEqual([5, 2 ** 40]);
  });

  test('clearing keeps what was saved', async () => {
    const { index, open } = await setUp();
    await index.save(STAMP);
    await index.clear();
    expect(await open().load()).toMatchObject({ state: 'loaded' });
  });
});

function vectors(...seeds: number[]): Float32Array {
  return Float32Array.from(seeds.flatMap((seed) => [...embedding(seed)]));
}
