import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FaissIndex } from '../src/index.js';
import { bruteForce, failure, randomVectors, trainIfNeeded } from './vectors.js';

const DIMENSION = 6;

/**
 * `tolerance` is how far a stored component may be from what was added, 0 for kinds that store
 * exactly. Kinds with `holes` can't take vectors out.
 */
const KINDS = [
  { factory: 'Flat', tolerance: 0 },
  { factory: 'SQ8', tolerance: 0.02 },
  { factory: 'PQ3x6', tolerance: 1 },
  { factory: 'L2norm,Flat', tolerance: 2 },
  { factory: 'IVF5,Flat', tolerance: 0, nprobe: 5 },
  { factory: 'IVF5,SQ8', tolerance: 0.05, nprobe: 5 },
  { factory: 'IVF5,PQ3x6', tolerance: 1, nprobe: 5 },
  { factory: 'PCA6,IVF5,Flat', tolerance: 1e-5, nprobe: 5 },
  { factory: 'HNSW8', tolerance: 0, holes: true },
  { factory: 'PCA6,HNSW8', tolerance: 1e-5, holes: true },
  { factory: 'SQ8,RFlat', tolerance: 0, holes: true },
  { factory: 'IVF5,SQ8,RFlat', tolerance: 0, nprobe: 5, holes: true },
  { factory: 'PQ3x4fs', tolerance: 1.5, holes: true },
  { factory: 'IVF5,PQ3x4fs', tolerance: 1.5, nprobe: 5, holes: true },
  { factory: 'IVF5,PQ3x4fs,RFlat', tolerance: 0, nprobe: 5, holes: true },
];

// Few ids, so that sequences meet the same ones again and again.
const IDS = [0n, 1n, 2n, -2n, 3n, 2n ** 60n, -(2n ** 63n), 2n ** 63n - 1n, 77n];
const someIds = fc.array(fc.constantFrom(...IDS), { maxLength: 5 });
const seed = fc.integer({ min: 1, max: 2 ** 30 });

const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('add' as const), ids: someIds, seed }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('remove' as const), ids: someIds }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('update' as const), ids: someIds, seed }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('remove below 2' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('compact' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('clone' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('merge' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('reset' as const) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
type Model = Map<bigint, Float32Array>;

describe.each(KINDS)('$factory', ({ factory, tolerance, nprobe, holes = false }) => {
  test('agrees with a map after any operations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        let index = FaissIndex.create({ dimension: DIMENSION, factory });
        try {
          await trainIfNeeded(index);
          const model: Model = new Map();
          for (const step of operations) {
            index = await run(step, index, model);
            expect(index.size).toBe(model.size);
            if (!holes) {
              expect(index.deletedCount).toBe(0);
            }
          }
          await expectSame(index, model, { tolerance, ...(nprobe && { nprobe }) });
        } finally {
          await index[Symbol.asyncDispose]();
        }
      }),
      { numRuns: 25, seed: 2 },
    );
  });
});

/** Does the same to both; the result is the index to go on with. */
async function run(step: Operation, index: FaissIndex, model: Model): Promise<FaissIndex> {
  switch (step.type) {
    case 'add': {
      const vectors = randomVectors(step.ids.length, DIMENSION, step.seed);
      if (hasTwice(step.ids) || step.ids.some((id) => model.has(id))) {
        await failure('DUPLICATE_ID', () => index.add(vectors, step.ids));
      } else {
        expect(await index.add(vectors, step.ids)).toEqual(BigInt64Array.from(step.ids));
        setAll(model, step.ids, vectors);
      }
      return index;
    }
    case 'update': {
      const vectors = randomVectors(step.ids.length, DIMENSION, step.seed);
      if (step.ids.some((id) => !model.has(id)) || hasTwice(step.ids)) {
        await expect(index.update(vectors, step.ids)).rejects.toThrow('Nothing was changed');
      } else {
        await index.update(vectors, step.ids);
        setAll(model, step.ids, vectors);
      }
      return index;
    }
    case 'remove': {
      const present = [...new Set(step.ids)].filter((id) => model.delete(id));
      expect(await index.remove(BigInt64Array.from(step.ids))).toBe(present.length);
      return index;
    }
    case 'remove below 2': {
      const present = [...model.keys()].filter((id) => id < 2n && model.delete(id));
      expect(await index.remove({ range: [-(2n ** 63n), 2] })).toBe(present.length);
      return index;
    }
    case 'compact':
      await index.compact();
      expect(index.deletedCount).toBe(0);
      return index;
    case 'reset':
      await index.reset();
      model.clear();
      return index;
    case 'clone': {
      const clone = await index.clone();
      await index[Symbol.asyncDispose]();
      return clone;
    }
    case 'merge': {
      const empty = await index.clone();
      await empty.reset();
      await empty.mergeFrom(index);
      expect(index.size).toBe(0);
      await index[Symbol.asyncDispose]();
      return empty;
    }
  }
}

function hasTwice(ids: readonly bigint[]): boolean {
  return new Set(ids).size < ids.length;
}

function setAll(model: Model, ids: readonly bigint[], vectors: Float32Array): void {
  for (const [i, id] of ids.entries()) {
    model.set(id, vectors.subarray(i * DIMENSION, (i + 1) * DIMENSION));
  }
}

async function expectSame(
  index: FaissIndex,
  model: ReadonlyMap<bigint, Float32Array>,
  { tolerance, nprobe }: { tolerance: number; nprobe?: number },
): Promise<void> {
  expect(IDS.map((id) => index.has(id))).toEqual(IDS.map((id) => model.has(id)));
  const sorted = BigInt64Array.from(model.keys()).sort();
  expect(await index.ids()).toEqual(sorted);
  for (const [id, vector] of model) {
    const stored = await index.reconstruct(id);
    const error = Math.max(...stored.map((value, i) => Math.abs(value - vector[i]!)));
    expect(error).toBeLessThanOrEqual(tolerance);
  }
  const k = model.size + 2;
  const query = randomVectors(1, DIMENSION, 5);
  const { ids, distances } = await index.search(query, { k, ...(nprobe && { nprobe }) });
  expect(ids.subarray(0, model.size).toSorted()).toEqual(sorted);
  expect(ids.subarray(model.size)).toEqual(new BigInt64Array([-1n, -1n]));
  if (tolerance === 0) {
    const expected = bruteForce(model, query, 'l2').map(({ distance }) => distance);
    for (const [rank, distance] of expected.entries()) {
      expect(distances[rank]).toBeCloseTo(distance, 4);
    }
  }
}
