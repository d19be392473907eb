import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FaissIndex, type IdFilter } from '../src/index.js';
import { bruteForce, consecutiveIds, failure, randomVectors, trainIfNeeded } from './vectors.js';

const DIMENSION = 8;

/** A filter with what it means. */
interface Meaning {
  filter: IdFilter;
  has(id: number): boolean;
}

const { filter: anyFilter } = fc.letrec<{ filter: Meaning; leaf: Meaning }>((tie) => ({
  leaf: fc.oneof(
    fc
      .tuple(fc.integer({ min: -50, max: 1100 }), fc.integer({ min: -50, max: 1100 }))
      .map(([first, end]) => ({
        filter: { range: [first, end] as const },
        has: (id: number) => id >= first && id < end,
      })),
    fc.array(fc.integer({ min: -5, max: 1100 }), { maxLength: 200 }).map((ids) => ({
      filter: { ids },
      has: (id: number) => ids.includes(id),
    })),
    fc.uint8Array({ maxLength: 130 }).map((bitmap) => ({
      filter: { bitmap },
      has: (id: number) => ((bitmap[Math.floor(id / 8)] ?? 0) & (1 << (id % 8))) !== 0,
    })),
  ),
  filter: fc.oneof(
    { weight: 3, arbitrary: tie('leaf') },
    {
      weight: 1,
      arbitrary: tie('filter').map(({ filter, has }) => ({
        filter: { not: filter },
        has: (id: number) => !has(id),
      })),
    },
    {
      weight: 1,
      arbitrary: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((parts) => ({
        filter: { and: parts.map(({ filter }) => filter) },
        has: (id: number) => parts.every((part) => part.has(id)),
      })),
    },
    {
      weight: 1,
      arbitrary: fc.array(tie('filter'), { minLength: 1, maxLength: 3 }).map((parts) => ({
        filter: { or: parts.map(({ filter }) => filter) },
        has: (id: number) => parts.some((part) => part.has(id)),
      })),
    },
  ),
}));

describe.each([
  { factory: 'Flat', nprobe: undefined },
  { factory: 'IVF4,Flat', nprobe: 4 },
  { factory: 'HNSW16', nprobe: undefined },
  { factory: 'PCA8,IVF4,Flat', nprobe: 4 },
  { factory: 'SQ8,RFlat', nprobe: undefined },
])('$factory', ({ factory, nprobe }) => {
  test('finds the nearest members, whatever the filter', async () => {
    const count = 1000;
    const vectors = randomVectors(count, DIMENSION, 3);
    await using index = FaissIndex.create({ dimension: DIMENSION, factory });
    await trainIfNeeded(index);
    await index.add(vectors);
    if (nprobe !== undefined) {
      await index.setParameters({ nprobe });
    }
    const queries = randomVectors(3, DIMENSION, 4);
    const k = 7;
    await fc.assert(
      fc.asyncProperty(anyFilter, async ({ filter, has }) => {
        const stored = new Map(
          Array.from(consecutiveIds(count))
            .filter((id) => has(Number(id)))
            .map((id) => [
              id,
              vectors.subarray(Number(id) * DIMENSION, (Number(id) + 1) * DIMENSION),
            ]),
        );
        const { ids, distances } = await index.search(queries, { k, filter });
        for (let q = 0; q < 3; q++) {
          const expected = bruteForce(
            stored,
            queries.subarray(q * DIMENSION, (q + 1) * DIMENSION),
            'l2',
          );
          for (let rank = 0; rank < k; rank++) {
            const distance = expected[rank]?.distance ?? Infinity;
            expect(distances[q * k + rank]).toBeCloseTo(distance, 4);
            expect(ids[q * k + rank] === -1n).toBe(distance === Infinity);
          }
        }
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

describe('with more vectors than are compared one by one', () => {
  const [count, dimension, k] = [30_000, 16, 10];
  const vectors = randomVectors(count, dimension, 5);
  const queries = randomVectors(20, dimension, 6);

  // Every way of filtering is the right one for some share.
  test.each([
    ['HNSW32', { efSearch: 200 }],
    ['IVF64,Flat', { nprobe: 24 }],
    ['IVF64,SQ8', { nprobe: 24 }],
    ['SQ8', {}],
    ['PQ16x4fs,RFlat', { kFactor: 50 }],
  ] as const)('%s finds members as well as it finds vectors', async (factory, parameters) => {
    await using exact = FaissIndex.create({ dimension });
    await using index = FaissIndex.create({ dimension, factory });
    await index.train(vectors.subarray(0, 5000 * dimension));
    await Promise.all([exact.add(vectors), index.add(vectors)]);
    const recall = async (filter: IdFilter) => {
      const wanted = await exact.search(queries, { k, filter });
      const found = await index.search(queries, { k, filter, ...parameters });
      let hits = 0;
      for (let q = 0; q < 20; q++) {
        const nearest = new Set(wanted.ids.subarray(q * k, (q + 1) * k));
        hits += found.ids.subarray(q * k, (q + 1) * k).filter((id) => nearest.has(id)).length;
      }
      return hits / (20 * k);
    };
    const all = await recall({ range: [0, count] });
    expect(all).toBeGreaterThan(0.8);
    for (const share of [0.5, 0.2, 0.01, 0.001]) {
      // Every n-th, so that members are spread like all vectors.
      const bitmap = new Uint8Array(count / 8 + 1);
      for (let id = 0; id < count; id += 1 / share) {
        bitmap[Math.floor(id / 8)]! |= 1 << (id % 8);
      }
      expect(await recall({ bitmap })).toBeGreaterThan(all - 0.05);
    }
  });

  test('a filter that is passed in many forms is the same filter', async () => {
    await using index = FaissIndex.create({ dimension, factory: 'IVF64,Flat' });
    await index.train(vectors.subarray(0, 5000 * dimension));
    await index.add(vectors);
    await index.setParameters({ nprobe: 64 });
    const bitmap = new Uint8Array(count / 8);
    bitmap.fill(255, 1000 / 8, 3000 / 8);
    const answers = await Promise.all(
      [
        { range: [1000, 3000] as const },
        { ids: consecutiveIds(2000, 1000n) },
        { bitmap },
        { not: { or: [{ range: [0, 1000] as const }, { range: [3000n, 2n ** 62n] as const }] } },
        { and: [{ range: [0, 3000] as const }, { range: [1000, count] as const }] },
      ].map((filter) => index.search(queries, { k, filter })),
    );
    for (const answer of answers) {
      expect(answer.ids).toEqual(answers[0]!.ids);
    }
  });
});

test('the array of a filter can be reused as soon as the call was made', async () => {
  await using index = FaissIndex.create({ dimension: 1 });
  await index.add(new Float32Array([1, 2, 3]));
  const ids = new BigInt64Array([2n]);
  const searching = index.search(new Float32Array(1), { k: 1, filter: { ids } });
  ids[0] = 0n;
  expect((await searching).ids).toEqual(new BigInt64Array([2n]));
});

test.each([
  ['nothing', null],
  ['a list', [1]],
  ['no kind', {}],
  ['an unknown kind', { xor: [] }],
  ['two kinds', { range: [0, 1], ids: [0] }],
  ['half a range', { range: [0] }],
  ['a fraction', { range: [0.5, 1] }],
  ['texts as ids', { ids: ['a'] }],
  ['an ordinary array as bitmap', { bitmap: [1] }],
  ['nothing to combine', { and: [] }],
  ['no list to combine', { or: { ids: [1] } }],
  ['nothing to negate', { not: undefined }],
])('refuses %s as a filter', async (_, filter) => {
  await using index = FaissIndex.create({ dimension: 1 });
  await failure('INVALID_ARGUMENT', () =>
    index.search(new Float32Array(1), { k: 1, filter: filter as unknown as IdFilter }),
  );
});

test('refuses a filter that contains itself', async () => {
  const filter: { not: IdFilter } = { not: { ids: [] } };
  filter.not = filter;
  await using index = FaissIndex.create({ dimension: 1 });
  await failure('INVALID_ARGUMENT', () => index.search(new Float32Array(1), { k: 1, filter }));
});
