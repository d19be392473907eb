import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FaissIndex } from '../src/index.js';
import { bruteForce, failure, randomVectors, trainIfNeeded } from './vectors.js';

const DIMENSION = 6;

/** What each kind promises beyond add, search and has. */
const KINDS = [
  { factory: 'Flat', removes: true, tolerance: 0 },
  { factory: 'SQ8', removes: true, tolerance: 0.02 },
  { factory: 'PQ3x6', removes: true, tolerance: 1 },
  { factory: 'L2norm,Flat', removes: true, tolerance: 2 },
  { factory: 'IVF5,Flat', removes: true, tolerance: 0, nprobe: 5 },
  { factory: 'IVF5,SQ8', removes: true, tolerance: 0.05, nprobe: 5 },
  { factory: 'PCA6,IVF5,Flat', removes: true, tolerance: 1e-5, nprobe: 5 },
  { factory: 'HNSW8', removes: false, tolerance: 0 },
  { factory: 'SQ8,RFlat', removes: false, tolerance: 0 },
];

// Few ids, so that sequences meet the same ones again and again.
const someId = fc.constantFrom(0n, 1n, 2n, -2n, 3n, 2n ** 60n, -(2n ** 63n), 2n ** 63n - 1n, 77n);

const operation = fc.oneof(
  fc.record({
    type: fc.constant('add' as const),
    ids: fc.array(someId, { maxLength: 5 }),
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
  }),
  fc.record({ type: fc.constant('remove' as const), ids: fc.array(someId, { maxLength: 5 }) }),
);

describe.each(KINDS)('$factory', ({ factory, removes, tolerance, nprobe }) => {
  test('agrees with a map after any operations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        await using index = FaissIndex.create({ dimension: DIMENSION, factory });
        await trainIfNeeded(index);
        const model = new Map<bigint, Float32Array>();
        for (const step of operations) {
          const ids = BigInt64Array.from(step.ids);
          if (step.type === 'add') {
            const vectors = randomVectors(ids.length, DIMENSION, step.seed);
            const clash = new Set(ids).size < ids.length || ids.some((id) => model.has(id));
            if (clash) {
              await failure('DUPLICATE_ID', () => index.add(vectors, ids));
            } else {
              await index.add(vectors, ids);
              ids.forEach((id, i) => {
                model.set(id, vectors.subarray(i * DIMENSION, (i + 1) * DIMENSION));
              });
            }
          } else if (removes) {
            const present = [...new Set(ids)].filter((id) => model.delete(id));
            expect(await index.remove(ids)).toBe(present.length);
          } else {
            await failure('UNSUPPORTED', () => index.remove(ids));
          }
        }
        await expectSame(index, model, { tolerance, ...(nprobe && { nprobe }) });
      }),
      { numRuns: 25, seed: 2 },
    );
  });
});

async function expectSame(
  index: FaissIndex,
  model: ReadonlyMap<bigint, Float32Array>,
  { tolerance, nprobe }: { tolerance: number; nprobe?: number },
): Promise<void> {
  expect(index.size).toBe(model.size);
  for (const id of [0n, 1n, 2n, -2n, 3n, 2n ** 60n, -(2n ** 63n), 2n ** 63n - 1n, 77n]) {
    expect(index.has(id)).toBe(model.has(id));
  }
  for (const [id, vector] of model) {
    const stored = await index.reconstruct(id);
    const error = Math.max(...stored.map((value, i) => Math.abs(value - vector[i]!)));
    expect(error).toBeLessThanOrEqual(tolerance);
  }
  const k = model.size + 2;
  const query = randomVectors(1, DIMENSION, 5);
  const { ids, distances } = await index.search(query, { k, ...(nprobe && { nprobe }) });
  expect(new Set(ids.subarray(0, model.size))).toEqual(new Set(model.keys()));
  expect(ids.subarray(model.size)).toEqual(new BigInt64Array([-1n, -1n]));
  if (tolerance === 0 && index.factory !== 'SQ8,RFlat') {
    const expected = bruteForce(model, query, 'l2').map(({ distance }) => distance);
    for (const [rank, distance] of expected.entries()) {
      expect(distances[rank]).toBeCloseTo(distance, 4);
    }
  }
}
