import fc from 'fast-check';
import { expect } from 'vitest';
import { FaissIndex, type FaissReplicas, type FaissShards } from '../src/index.js';
import { bruteForce, failure, randomVectors, trainIfNeeded } from './vectors.js';

interface Kind {
  factory: string;
  metric: 'l2' | 'inner_product';
  dimension: number;
}

// Few ids, so that sequences meet the same ones again and again.
const IDS = [0n, 1n, 2n, -2n, 3n, 4n, 2n ** 32n, 2n ** 60n, -(2n ** 63n), 2n ** 63n - 1n, 77n];
const someIds = fc.array(fc.constantFrom(...IDS), { maxLength: 6 });
const seed = fc.integer({ min: 1, max: 2 ** 30 });

const operation = fc.oneof(
  { weight: 5, arbitrary: fc.record({ type: fc.constant('add' as const), ids: someIds, seed }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('update' as const), ids: someIds, seed }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('remove' as const), ids: someIds }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('remove below 2' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('compact' as const) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('reset' as const) }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;
type Model = Map<bigint, Float32Array>;
type Group = FaissShards | FaissReplicas;

/** Runs random operations on a group of indexes, and compares it with a map and brute force. */
export async function agreesWithOneIndex(
  { factory, metric, dimension }: Kind,
  groupOf: (index: FaissIndex) => Promise<Group>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 15 }), async (operations) => {
      const index = FaissIndex.create({ dimension, factory, metric });
      await trainIfNeeded(index);
      await using group = await groupOf(index);
      if (group.listCount > 0) {
        await group.setParameters({ nprobe: group.listCount });
      }
      const model: Model = new Map();
      for (const step of operations) {
        await run(step, group, model);
        expect(group.size).toBe(model.size);
      }
      await expectSame(group, model, metric);
      await group.compact();
      expect(group.deletedCount).toBe(0);
      await expectSame(group, model, metric);
    }),
    { numRuns: 25, seed: 3 },
  );
}

async function run(step: Operation, group: Group, model: Model): Promise<void> {
  const { dimension } = group;
  switch (step.type) {
    case 'add':
    case 'update': {
      const { type, ids } = step;
      const vectors = randomVectors(ids.length, dimension, step.seed);
      const isTwice = new Set(ids).size < ids.length;
      if (isTwice || ids.some((id) => model.has(id) === (type === 'add'))) {
        await expect(group[type](vectors, ids)).rejects.toThrow(/Nothing was (added|changed)/);
        return;
      }
      await group[type](vectors, ids);
      for (const [i, id] of ids.entries()) {
        model.set(id, vectors.subarray(i * dimension, (i + 1) * dimension));
      }
      return;
    }
    case 'remove': {
      const present = [...new Set(step.ids)].filter((id) => model.delete(id));
      expect(await group.remove(step.ids)).toBe(present.length);
      return;
    }
    case 'remove below 2': {
      const present = [...model.keys()].filter((id) => id < 2n && model.delete(id));
      expect(await group.remove({ range: [-(2n ** 63n), 2] })).toBe(present.length);
      return;
    }
    case 'compact':
      await group.compact();
      return;
    case 'reset':
      await group.reset();
      model.clear();
  }
}

async function expectSame(
  group: Group,
  model: Model,
  metric: 'l2' | 'inner_product',
): Promise<void> {
  const { dimension } = group;
  expect(IDS.map((id) => group.has(id))).toEqual(IDS.map((id) => model.has(id)));
  expect(await group.ids()).toEqual(BigInt64Array.from(model.keys()).sort());
  for (const [id, vector] of model) {
    expect(await group.reconstruct(id)).toEqual(vector);
  }
  await failure('ID_NOT_FOUND', () => group.reconstruct(12345n));
  const queries = randomVectors(5, dimension, 5);
  const farthest = metric === 'l2' ? Infinity : -Infinity;
  const filter = { range: [-(2n ** 63n), 4] } as const;
  for (const k of [1, 3, model.size + 2]) {
    const found = await group.search(queries, { k });
    const kept = await group.search(queries, { k, filter });
    expect([found.k, found.ids.length, found.distances.length]).toEqual([k, 5 * k, 5 * k]);
    for (let query = 0; query < 5; query++) {
      const row = queries.subarray(query * dimension, (query + 1) * dimension);
      const all = bruteForce(model, row, metric);
      for (const [result, expected] of [
        [found, all] as const,
        [kept, all.filter(({ id }) => id < 4n)] as const,
      ]) {
        for (let rank = 0; rank < k; rank++) {
          const { id, distance } = expected[rank] ?? { id: -1n, distance: farthest };
          expect(result.ids[query * k + rank]).toBe(id);
          expect(result.distances[query * k + rank]).toBeCloseTo(distance, 4);
        }
      }
    }
  }
  const radius = metric === 'l2' ? 2.5 : -0.5;
  const { offsets, ids, distances } = await group.rangeSearch(queries, { radius });
  expect([offsets.length, offsets[0], offsets[5]]).toEqual([6, 0, ids.length]);
  for (let query = 0; query < 5; query++) {
    const row = queries.subarray(query * dimension, (query + 1) * dimension);
    const within = bruteForce(model, row, metric).filter(({ distance }) =>
      metric === 'l2' ? distance < radius : distance > radius,
    );
    expect([...ids.subarray(offsets[query], offsets[query + 1])]).toEqual(
      within.map(({ id }) => id),
    );
    expect(distances.length).toBe(ids.length);
  }
}
