import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FaissError, FaissIndex, type FaissMetric, FaissShards } from '../src/index.js';
import { agreesWithOneIndex } from './agrees-with-one-index.js';
import { consecutiveIds, failure, randomVectors, trainIfNeeded } from './vectors.js';

const DIMENSION = 4;

afterEach(() => {
  vi.restoreAllMocks();
});

function any<T>(value: unknown): T {
  return value as T;
}

async function filled(first: bigint, count = 10): Promise<FaissIndex> {
  const index = FaissIndex.create({ dimension: DIMENSION });
  await index.add(randomVectors(count, DIMENSION, 7), consecutiveIds(count, first));
  return index;
}

async function split(n: number, factory = 'Flat', metric: FaissMetric = 'l2') {
  const index = FaissIndex.create({ dimension: DIMENSION, factory, metric });
  await trainIfNeeded(index);
  return await FaissShards.split(index, n);
}

describe('misuse', () => {
  test.each([0, -1, 1.5, 257, '2', null, undefined])('split refuses %s parts', async (n) => {
    await using index = FaissIndex.create({ dimension: 2 });
    await failure('INVALID_ARGUMENT', () => FaissShards.split(index, any(n)));
  });

  test('split refuses what is no index, is not trained, not empty or gone', async () => {
    await failure('INVALID_ARGUMENT', () => FaissShards.split(any({}), 2));
    await using untrained = FaissIndex.create({ dimension: 4, factory: 'SQ8' });
    await failure('NOT_TRAINED', () => FaissShards.split(untrained, 2));
    await using full = await filled(0n);
    const message = await failure('INVALID_ARGUMENT', () => FaissShards.split(full, 2));
    expect(message).toContain('one with 10 vectors');
    expect(full.size).toBe(10);
    await using filling = FaissIndex.create({ dimension: 4 });
    const adding = filling.add(randomVectors(3, 4));
    await failure('INVALID_ARGUMENT', () => FaissShards.split(filling, 2));
    await adding;
    const gone = FaissIndex.create({ dimension: 4 });
    await gone[Symbol.asyncDispose]();
    await failure('DISPOSED', () => FaissShards.split(gone, 2));
  });

  test.each([
    ['nothing', []],
    ['null', null],
    ['a number', 7],
    ['an array of null', [null]],
    ['an array of objects', [{}]],
    ['too many', new Array(300)],
  ])('over refuses %s', async (_, shards) => {
    await failure('INVALID_ARGUMENT', () => FaissShards.over(any(shards)));
  });

  test('over refuses shards that do not fit together, and leaves them alone', async () => {
    await using index = await filled(0n);
    await using wide = FaissIndex.create({ dimension: 5 });
    await using products = FaissIndex.create({ dimension: 4, metric: 'inner_product' });
    await using cubes = FaissIndex.create({ dimension: 4, metric: 'lp', metricArg: 3 });
    await using fourths = FaissIndex.create({ dimension: 4, metric: 'lp', metricArg: 4 });
    await using untrained = FaissIndex.create({ dimension: 4, factory: 'SQ8' });
    await using overlapping = await filled(9n);
    expect(await failure('INVALID_ARGUMENT', () => FaissShards.over([index, wide]))).toContain(
      'same dimension, received 4 and 5',
    );
    await failure('INVALID_ARGUMENT', () => FaissShards.over([index, products]));
    await failure('INVALID_ARGUMENT', () => FaissShards.over([cubes, fourths]));
    await failure('INVALID_ARGUMENT', () => FaissShards.over([index, index]));
    await failure('NOT_TRAINED', () => FaissShards.over([index, untrained]));
    const message = await failure('DUPLICATE_ID', () => FaissShards.over([overlapping, index]));
    expect(message).toContain('two have 9');
    expect([index.size, overlapping.size]).toEqual([10, 10]);
  });

  test('arguments are refused as by one index', async () => {
    await using shards = await split(3);
    await shards.add(randomVectors(9, DIMENSION), consecutiveIds(9));
    const query = randomVectors(1, DIMENSION);
    await failure('INVALID_ARGUMENT', () => shards.add(any([1, 2, 3, 4])));
    await failure('INVALID_ARGUMENT', () => shards.add(new Float32Array(5)));
    await failure('INVALID_ARGUMENT', () => shards.add(query, [1, 2]));
    await failure('INVALID_ARGUMENT', () => shards.add(query, [-1]));
    await failure('INVALID_ARGUMENT', () => shards.update(query, [-1]));
    await failure('INVALID_ARGUMENT', () => shards.remove(any(5)));
    await failure('INVALID_ARGUMENT', () => shards.remove(any({ and: [] })));
    await failure('INVALID_ARGUMENT', () => shards.has(any('1')));
    await failure('INVALID_ARGUMENT', () => shards.reconstruct(any('1')));
    for (const options of [undefined, null, {}, { k: 0 }, { k: 65_537 }, { k: 1, threads: 0 }]) {
      await failure('INVALID_ARGUMENT', () => shards.search(query, any(options)));
    }
    await failure('INVALID_ARGUMENT', () => shards.search(query, { k: 1, nprobe: 2 }));
    await failure('INVALID_ARGUMENT', () => shards.search(query, { k: 1, filter: any({}) }));
    for (const options of [undefined, null, {}, { radius: Number.NaN }]) {
      await failure('INVALID_ARGUMENT', () => shards.rangeSearch(query, any(options)));
    }
    for (const maxResults of [0, 2 ** 27 + 1, '5']) {
      await failure('INVALID_ARGUMENT', () =>
        shards.rangeSearch(query, { radius: 1, maxResults: any(maxResults) }),
      );
    }
    await failure('INVALID_ARGUMENT', () => shards.setParameters({ nprobe: 1 }));
    await failure('INVALID_ARGUMENT', () => shards.setParameters(any(null)));
    const deep = JSON.parse(`${'{"not":'.repeat(5000)}{"ids":[1]}${'}'.repeat(5000)}`);
    await failure('INVALID_ARGUMENT', () => shards.remove(deep));
    await failure('NOT_FINITE', () => shards.search(new Float32Array(4).fill(NaN), { k: 1 }));
    const many = new Float32Array(DIMENSION * 1000);
    await failure('INVALID_ARGUMENT', () => shards.search(many, { k: 65_536 }));
    expect(shards.size).toBe(9);
  });

  test('ids that are in, or twice in a batch, leave all shards as they were', async () => {
    await using shards = await split(3);
    await shards.add(randomVectors(9, DIMENSION), consecutiveIds(9));
    const two = randomVectors(2, DIMENSION, 3);
    expect(await failure('DUPLICATE_ID', () => shards.add(two, [100, 8]))).toContain('Id 8 is in');
    await failure('DUPLICATE_ID', () => shards.add(two, [100, 100]));
    expect(await failure('ID_NOT_FOUND', () => shards.update(two, [8, 100]))).toContain('id 100.');
    await failure('DUPLICATE_ID', () => shards.update(two, [8, 8]));
    await failure('ID_NOT_FOUND', () => shards.reconstructMany([8, 100]));
    expect(await shards.ids()).toEqual(consecutiveIds(9));
    expect(await shards.reconstructMany(consecutiveIds(9))).toEqual(randomVectors(9, DIMENSION));
  });

  test.each([NaN, Infinity, -2e15])(
    '%s in one vector leaves all shards as they were',
    async (bad) => {
      await using shards = await split(3);
      await shards.add(randomVectors(9, DIMENSION), consecutiveIds(9));
      const vectors = randomVectors(9, DIMENSION, 3);
      vectors[8 * DIMENSION + 1] = bad;
      expect(
        await failure('NOT_FINITE', () => shards.add(vectors, consecutiveIds(9, 50n))),
      ).toContain('component 1 of vector 8.');
      await failure('NOT_FINITE', () => shards.update(vectors, consecutiveIds(9)));
      expect(shards.size).toBe(9);
      expect(await shards.reconstructMany(consecutiveIds(9))).toEqual(randomVectors(9, DIMENSION));
    },
  );

  test('where one shard has no memory left, the others give back what they took', async () => {
    await using shards = await split(3);
    const [, second] = shards.shards as [FaissIndex, FaissIndex];
    vi.spyOn(second, 'add').mockRejectedValueOnce(new FaissError('OUT_OF_MEMORY', 'No memory.'));
    const adding = () => shards.add(randomVectors(9, DIMENSION), consecutiveIds(9));
    await failure('OUT_OF_MEMORY', adding);
    expect(shards.size).toBe(0);
    await adding();
    expect(shards.size).toBe(9);
  });

  test('after disposal everything is refused, and the shards are gone', async () => {
    const shards = await split(2);
    const [first] = shards.shards as [FaissIndex];
    const adding = shards.add(randomVectors(5000, DIMENSION));
    const searching = shards.search(randomVectors(1, DIMENSION), { k: 3 });
    const disposing = shards[Symbol.asyncDispose]();
    expect(await adding).toHaveLength(5000); // was called before
    expect((await searching).ids).not.toContain(-1n);
    await disposing;
    await shards[Symbol.asyncDispose]();
    await failure('DISPOSED', () => first.size);
    await failure('DISPOSED', () => shards.size);
    await failure('DISPOSED', () => shards.shards);
    await failure('DISPOSED', () => shards.has(1));
    await failure('DISPOSED', () => shards.ids());
    await failure('DISPOSED', () => shards.search(new Float32Array(4), { k: 1 }));
    await failure('DISPOSED', () => shards.setParameters({}));
  });
});

describe.each([
  { factory: 'Flat', metric: 'l2' },
  { factory: 'Flat', metric: 'inner_product' },
  { factory: 'IVF4,Flat', metric: 'l2' },
  { factory: 'HNSW8', metric: 'l2' },
] as const)('$factory, $metric', ({ factory, metric }) => {
  test('three shards do what one index does, after any operations', async () => {
    await agreesWithOneIndex({ factory, metric, dimension: DIMENSION }, (index) =>
      FaissShards.split(index, 3),
    );
  });
});

test('vectors go to the smallest shards, until all are equal', async () => {
  const small = await filled(0n, 2);
  const large = await filled(100n, 8);
  await using shards = await FaissShards.over([large, small]);
  const sizes = () => shards.shards.map(({ size }) => size);
  expect(await shards.add(randomVectors(3, DIMENSION))).toEqual(consecutiveIds(3, 108n));
  expect(sizes()).toEqual([8, 5]);
  await shards.add(randomVectors(6, DIMENSION));
  expect(sizes()).toEqual([9, 10]);
  for (let i = 0; i < 3; i++) {
    await shards.add(randomVectors(1, DIMENSION));
  }
  expect(sizes()).toEqual([11, 11]);
});

test('shards that were saved and loaded make the same index', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faiss-shards-'));
  try {
    await using shards = await split(3, 'SQ8');
    await shards.add(randomVectors(100, DIMENSION), consecutiveIds(100));
    await Promise.all(shards.shards.map((shard, i) => shard.save(join(folder, String(i)))));
    const loaded = await Promise.all(
      [2, 0, 1].map((i) => FaissIndex.load(join(folder, String(i)))),
    );
    await using again = await FaissShards.over(loaded);
    const queries = randomVectors(5, DIMENSION, 3);
    expect(await again.search(queries, { k: 7 })).toEqual(await shards.search(queries, { k: 7 }));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('too many results of all shards together are an error, though each has few', async () => {
  await using shards = await split(3);
  await shards.add(new Float32Array(9 * DIMENSION));
  const search = (maxResults: number) =>
    shards.rangeSearch(new Float32Array(DIMENSION), { radius: 1, maxResults });
  expect((await search(9)).ids).toEqual(consecutiveIds(9)); // equally near: by id
  await failure('INVALID_ARGUMENT', () => search(8));
});

test('parameters are set on all shards, in the order of calls', async () => {
  await using shards = await split(2, 'IVF8,Flat');
  await shards.add(randomVectors(400, DIMENSION), consecutiveIds(400));
  const query = randomVectors(1, DIMENSION, 3);
  const adding = shards.add(randomVectors(1, DIMENSION)); // so that what follows has to wait
  const before = shards.search(query, { k: 400 });
  const setting = shards.setParameters({ nprobe: 8 });
  const after = shards.search(query, { k: 401 });
  await Promise.all([adding, setting]);
  expect((await before).ids).toContain(-1n); // with one list of 8
  expect((await after).ids).not.toContain(-1n);
  expect(shards.parameters.nprobe).toBe(8);
  await failure('INVALID_ARGUMENT', () => shards.setParameters({ nprobe: 9 }));
});

test('shards of different kinds have the parameters in common', async () => {
  const lists = FaissIndex.create({ dimension: DIMENSION, factory: 'IVF4,Flat' });
  await trainIfNeeded(lists);
  await using shards = await FaissShards.over([lists, FaissIndex.create({ dimension: 4 })]);
  expect(shards.parameters).toEqual({});
  await failure('INVALID_ARGUMENT', () => shards.setParameters({ nprobe: 2 }));
  expect(lists.parameters.nprobe).toBe(1);
  await lists.setParameters({ nprobe: 4 });
  await shards.add(randomVectors(10, DIMENSION));
  const { ids } = await shards.search(randomVectors(1, DIMENSION), { k: 10 });
  expect(ids.toSorted()).toEqual(consecutiveIds(10));
});

test('every search sees exactly what was added before it', async () => {
  await using shards = await split(3);
  const calls: Promise<unknown>[] = [];
  const counts: number[] = [];
  for (let round = 0; round < 30; round++) {
    calls.push(shards.add(randomVectors(10, DIMENSION, round + 1)));
    for (let i = 0; i < 3; i++) {
      const searching = shards.search(randomVectors(1, DIMENSION), { k: 300 });
      calls.push(searching.then(({ ids }) => counts.push(ids.filter((id) => id >= 0n).length)));
    }
  }
  await Promise.all(calls);
  expect(counts).toEqual(Array.from({ length: 90 }, (_, i) => 10 * (Math.floor(i / 3) + 1)));
});

test('what a caller does to arguments after the call has no effect', async () => {
  await using shards = await split(2);
  const adding = shards.add(randomVectors(1000, DIMENSION)); // so that what follows has to wait
  const query = randomVectors(1, DIMENSION);
  const filter = { or: [{ ids: [3n] as bigint[] }, { bitmap: new Uint8Array([1]) }] };
  const options = { k: 3, filter };
  const searching = shards.search(query, options);
  const doomed = new BigInt64Array([7n]);
  const removing = shards.remove(doomed);
  query.fill(NaN);
  options.k = 0;
  filter.or[0] = { ids: [5n] };
  filter.or[1]?.bitmap?.fill(255);
  doomed[0] = 8n;
  await adding;
  expect((await searching).ids.toSorted()).toEqual(new BigInt64Array([-1n, 0n, 3n]));
  expect(await removing).toBe(1);
  expect([shards.has(7), shards.has(8)]).toEqual([false, true]);
});

test('numbers up to the largest are given to vectors without ids, then no more', async () => {
  await using shards = await split(2);
  const one = randomVectors(1, DIMENSION);
  await shards.add(one, [2n ** 32n - 2n]);
  const ids = await shards.add(randomVectors(3, DIMENSION));
  expect(ids).toEqual(consecutiveIds(3, 2n ** 32n - 1n)); // past the end of a word
  await shards.add(one, [2n ** 63n - 2n]);
  await failure('INVALID_ARGUMENT', () => shards.add(randomVectors(2, DIMENSION)));
  await shards.reset();
  await shards.add(one, [-5]);
  expect(await shards.add(one)).toEqual(new BigInt64Array([0n]));
});

test('ids of any size are found, and kept in order', async () => {
  const id = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).filter((value) => value !== -1n);
  const ids = fc.uniqueArray(fc.oneof(id, fc.bigInt({ min: 0n, max: 50n })), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(ids, async (given) => {
      await using shards = await split(3);
      const vectors = randomVectors(given.length, DIMENSION, 5);
      await shards.add(vectors, given);
      expect(await shards.ids()).toEqual(BigInt64Array.from(given).sort());
      expect(await shards.reconstructMany(given)).toEqual(vectors);
      if (given.length > 0) {
        const twice = [...given, given[0] as bigint].map((one) => (one === given[0] ? 51n : one));
        await failure('DUPLICATE_ID', () =>
          shards.add(randomVectors(twice.length, DIMENSION), twice),
        );
      }
    }),
    { numRuns: 40, seed: 4 },
  );
});

test('the event loop keeps running while many vectors are added and found', async () => {
  await using shards = await split(3);
  const vectors = randomVectors(300_000, DIMENSION);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  const ids = await shards.add(vectors);
  await shards.reconstructMany(ids);
  await shards.ids();
  const took = performance.now() - started;
  delay.disable();
  expect(took).toBeGreaterThan(150); // else there was nothing to block on
  expect(delay.max / 1e6).toBeLessThan(took / 3);
});
