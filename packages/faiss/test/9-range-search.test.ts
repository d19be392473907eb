import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FaissIndex } from '../src/index.js';
import { bruteForce, failure, randomVectors, trainIfNeeded } from './vectors.js';

const DIMENSION = 8;
const COUNT = 500;

describe.each([
  { factory: 'Flat', metric: 'l2' },
  { factory: 'Flat', metric: 'inner_product' },
  { factory: 'IVF4,Flat', metric: 'l2' },
  { factory: 'IVF4,Flat', metric: 'inner_product' },
  { factory: 'PCA8,IVF4,Flat', metric: 'l2' },
  { factory: 'HNSW16', metric: 'l2' },
  { factory: 'HNSW16', metric: 'inner_product' },
  { factory: 'SQ8,RFlat', metric: 'l2' },
] as const)('$factory by $metric', ({ factory, metric }) => {
  test('finds everything within the radius, nearest first', async () => {
    const vectors = randomVectors(COUNT, DIMENSION, 3);
    await using index = FaissIndex.create({ dimension: DIMENSION, factory, metric });
    await trainIfNeeded(index);
    const ids = await index.add(vectors);
    await index.remove([3, 4, 5]);
    if (index.listCount > 0) {
      await index.setParameters({ nprobe: index.listCount });
    }
    const stored = new Map(
      Array.from(ids)
        .map((id, i) => [id, vectors.subarray(i * DIMENSION, (i + 1) * DIMENSION)] as const)
        .filter(([id]) => id < 3n || id > 5n),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.double({ min: -3, max: 8, noNaN: true }),
        fc.integer({ min: 0, max: 3 }),
        fc.boolean(),
        async (radius, queryCount, filtered) => {
          const queries = randomVectors(queryCount, DIMENSION, 9);
          const found = await index.rangeSearch(queries, {
            radius,
            ...(filtered && { filter: { range: [100, 200] } }),
          });
          expect(found.offsets).toHaveLength(queryCount + 1);
          expect(found.ids).toHaveLength(found.offsets[queryCount]!);
          expect(found.distances).toHaveLength(found.ids.length);
          for (let q = 0; q < queryCount; q++) {
            const query = queries.subarray(q * DIMENSION, (q + 1) * DIMENSION);
            const [begin, end] = [found.offsets[q]!, found.offsets[q + 1]!];
            const expected = bruteForce(stored, query, metric).filter(
              ({ id, distance }) =>
                (metric === 'l2' ? distance < radius : distance > radius) &&
                (!filtered || (id >= 100n && id < 200n)),
            );
            // Rounding may decide about a vector on the border, but about one only.
            expect(Math.abs(end - begin - expected.length)).toBeLessThanOrEqual(1);
            for (let i = 0; i < Math.min(end - begin, expected.length); i++) {
              expect(found.distances[begin + i]).toBeCloseTo(expected[i]!.distance, 4);
            }
          }
        },
      ),
      { numRuns: 40, seed: 4 },
    );
  });
});

test('a radius that would return too much is refused', async () => {
  await using index = FaissIndex.create({ dimension: 2 });
  await index.add(randomVectors(100, 2));
  const queries = randomVectors(3, 2);
  const message = await failure('INVALID_ARGUMENT', () =>
    index.rangeSearch(queries, { radius: 1e6, maxResults: 299 }),
  );
  expect(message).toContain('smaller radius');
  expect((await index.rangeSearch(queries, { radius: 1e6, maxResults: 300 })).ids).toHaveLength(
    300,
  );
});

test.each([Number.NaN, Infinity, '1', undefined, null])('refuses radius %s', async (radius) => {
  await using index = FaissIndex.create({ dimension: 2 });
  await failure('INVALID_ARGUMENT', () =>
    index.rangeSearch(new Float32Array(2), { radius: radius as unknown as number }),
  );
});

test('LSH compares bits, so it has no radius', async () => {
  await using index = FaissIndex.create({ dimension: 8, factory: 'LSH' });
  await trainIfNeeded(index);
  await index.add(randomVectors(10, 8));
  await failure('UNSUPPORTED', () => index.rangeSearch(randomVectors(1, 8), { radius: 1 }));
});
