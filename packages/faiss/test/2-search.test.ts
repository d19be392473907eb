import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FaissIndex, faissVersion, type SearchResult } from '../src/index.js';
import { bruteForce, consecutiveIds, randomVectors, trainIfNeeded } from './vectors.js';

/** Ids of all sizes and signs, but never the reserved -1. */
const anyId = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((id) => id !== -1n);

test('the version of FAISS is known', () => {
  expect(faissVersion()).toMatch(/^\d+\.\d+\.\d+$/);
});

describe('an exact index finds what the definition says', () => {
  test.each(['l2', 'inner_product'] as const)('by %s', async (metric) => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.uniqueArray(anyId, { maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 2 ** 30 }),
        async (dimension, ids, queryCount, k, seed) => {
          await using index = FaissIndex.create({ dimension, metric });
          const vectors = randomVectors(ids.length, dimension, seed);
          await index.add(vectors, BigInt64Array.from(ids));
          const stored = new Map(
            ids.map((id, i) => [id, vectors.subarray(i * dimension, (i + 1) * dimension)]),
          );
          const queries = randomVectors(queryCount, dimension, seed + 1);
          const found = await index.search(queries, { k });
          expect(found.k).toBe(k);
          expect(found.ids).toHaveLength(queryCount * k);
          for (let q = 0; q < queryCount; q++) {
            const query = queries.subarray(q * dimension, (q + 1) * dimension);
            const expected = bruteForce(stored, query, metric);
            const distanceOf = new Map(expected.map(({ id, distance }) => [id, distance]));
            for (let rank = 0; rank < k; rank++) {
              const [id, distance] = [found.ids[q * k + rank]!, found.distances[q * k + rank]!];
              if (rank >= ids.length) {
                expect([id, distance]).toEqual([-1n, metric === 'l2' ? Infinity : -Infinity]);
                continue;
              }
              // By distance rather than by id, as neighbours can be equally far. FAISS computes
              // |a|² + |b|² - 2ab in single precision, with values up to 40 here: 1e-4 is ample.
              expect(Math.abs(distance - expected[rank]!.distance)).toBeLessThan(1e-4);
              expect(Math.abs(distance - distanceOf.get(id)!)).toBeLessThan(1e-4);
            }
          }
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });
});

test.each([
  ['SQ8', 0.9, {}],
  ['SQfp16', 0.99, {}],
  ['IVF16,Flat', 0.99, { nprobe: 16 }],
  ['IVF16,SQ8', 0.9, { nprobe: 16 }],
  ['HNSW16', 0.95, { efSearch: 128 }],
  ['IVF16_HNSW8,Flat', 0.99, { nprobe: 16, efSearch: 64 }],
  ['PQ8x4fs,RFlat', 0.2, {}],
  ['IVF16,SQ8,RFlat', 0.9, { nprobe: 16 }],
  ['PCA12,Flat', 0.3, {}],
])('%s finds at least %d of the ten nearest', async (factory, leastRecall, parameters) => {
  const [count, dimension, k] = [2000, 16, 10];
  const vectors = randomVectors(count, dimension, 3);
  const ids = consecutiveIds(count, 5n);
  const queries = randomVectors(50, dimension, 4);
  await using exact = FaissIndex.create({ dimension });
  await using index = FaissIndex.create({ dimension, factory });
  await trainIfNeeded(index);
  await exact.add(vectors, ids);
  await index.add(vectors, ids);
  const expected = (await exact.search(queries, { k })).ids;
  const found = (await index.search(queries, { k, ...parameters })).ids;
  let hits = 0;
  for (let q = 0; q < 50; q++) {
    const nearest = new Set(expected.subarray(q * k, (q + 1) * k));
    hits += found.subarray(q * k, (q + 1) * k).filter((id) => nearest.has(id)).length;
  }
  expect(hits / (50 * k)).toBeGreaterThanOrEqual(leastRecall);
});

test('nprobe and efSearch hold for their own search, in any order', async () => {
  const vectors = randomVectors(3000, 16, 8);
  for (const [factory, few, many] of [
    ['IVF32,Flat', { nprobe: 1 }, { nprobe: 32 }],
    ['HNSW4', { efSearch: 1 }, { efSearch: 500 }],
  ] as const) {
    await using index = FaissIndex.create({ dimension: 16, factory });
    await trainIfNeeded(index);
    await index.add(vectors, consecutiveIds(3000));
    const queries = randomVectors(40, 16, 9);
    const alone: SearchResult[] = [];
    for (const parameters of [few, many, {}]) {
      alone.push(await index.search(queries, { k: 5, ...parameters }));
    }
    expect(alone[0]!.ids).not.toEqual(alone[1]!.ids);
    const together = await Promise.all(
      [few, many, {}, few, {}, many].map((p) => index.search(queries, { k: 5, ...p })),
    );
    expect(together.map(({ ids }) => ids)).toEqual(
      [0, 1, 2, 0, 2, 1].map((which) => alone[which]!.ids),
    );
  }
});

test('nothing in, nothing out', async () => {
  await using index = FaissIndex.create({ dimension: 3, factory: 'HNSW8' });
  const empty = await index.search(new Float32Array(6), { k: 2 });
  expect(empty.ids).toEqual(new BigInt64Array(4).fill(-1n));
  expect(empty.distances).toEqual(new Float32Array(4).fill(Infinity));
  await index.add(new Float32Array(0), new BigInt64Array(0));
  expect(index.size).toBe(0);
  await index.add(new Float32Array(3), consecutiveIds(1));
  const none = await index.search(new Float32Array(0), { k: 2 });
  expect([none.ids.length, none.distances.length, none.k]).toEqual([0, 0, 2]);
});

test('a view into a larger array counts only as what it shows', async () => {
  const all = new Float32Array([9, 9, 1, 2, 3, 4, 9, 9]);
  const ids = new BigInt64Array([0n, 7n, 8n, 0n]);
  await using index = FaissIndex.create({ dimension: 2 });
  await index.add(all.subarray(2, 6), ids.subarray(1, 3));
  expect(await index.reconstruct(7n)).toEqual(new Float32Array([1, 2]));
  expect(await index.reconstruct(8n)).toEqual(new Float32Array([3, 4]));
});
