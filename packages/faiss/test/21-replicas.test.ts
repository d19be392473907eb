import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { FaissError, FaissIndex, FaissReplicas } from '../src/index.js';
import { agreesWithOneIndex } from './agrees-with-one-index.js';
import { consecutiveIds, failure, randomVectors, trainIfNeeded } from './vectors.js';

const DIMENSION = 4;

afterEach(() => {
  vi.restoreAllMocks();
});

function any<T>(value: unknown): T {
  return value as T;
}

async function filled(factory = 'Flat', count = 100): Promise<FaissIndex> {
  const index = FaissIndex.create({ dimension: DIMENSION, factory });
  await trainIfNeeded(index);
  await index.add(randomVectors(count, DIMENSION), consecutiveIds(count));
  return index;
}

describe('misuse', () => {
  test.each([0, -1, 1.5, 257, '2', null, undefined])('refuses %s replicas', async (n) => {
    await using index = FaissIndex.create({ dimension: 2 });
    await failure('INVALID_ARGUMENT', () => FaissReplicas.of(index, any(n)));
  });

  test('refuses what is no index, is not trained or gone', async () => {
    await failure('INVALID_ARGUMENT', () => FaissReplicas.of(any([]), 2));
    await using untrained = FaissIndex.create({ dimension: 4, factory: 'SQ8' });
    await failure('NOT_TRAINED', () => FaissReplicas.of(untrained, 2));
    const gone = FaissIndex.create({ dimension: 4 });
    await gone[Symbol.asyncDispose]();
    await failure('DISPOSED', () => FaissReplicas.of(gone, 2));
  });

  test('what one index refuses leaves all replicas as they were', async () => {
    await using replicas = await FaissReplicas.of(await filled(), 3);
    const one = randomVectors(1, DIMENSION);
    const bad = new Float32Array(DIMENSION).fill(NaN);
    await failure('DUPLICATE_ID', () => replicas.add(one, [99]));
    await failure('ID_NOT_FOUND', () => replicas.update(one, [100]));
    await failure('NOT_FINITE', () => replicas.add(bad));
    await failure('NOT_FINITE', () => replicas.search(bad, { k: 1 }));
    await failure('INVALID_ARGUMENT', () => replicas.search(one, { k: 1, nprobe: 1 }));
    await failure('INVALID_ARGUMENT', () => replicas.search(new Float32Array(0), any({})));
    await failure('INVALID_ARGUMENT', () => replicas.save(''));
    expect([replicas.size, replicas.replicaCount]).toEqual([100, 3]);
  });

  test('after disposal everything is refused, and all copies are gone', async () => {
    const index = await filled();
    const replicas = await FaissReplicas.of(index, 2);
    const searching = replicas.search(randomVectors(9, DIMENSION), { k: 3 });
    await replicas[Symbol.asyncDispose]();
    expect((await searching).ids).not.toContain(-1n); // was called before
    await failure('DISPOSED', () => index.size);
    await failure('DISPOSED', () => replicas.size);
    await failure('DISPOSED', () => replicas.replicaCount);
    await failure('DISPOSED', () => replicas.save('anywhere'));
  });
});

describe.each([
  { factory: 'Flat', metric: 'l2' },
  { factory: 'Flat', metric: 'inner_product' },
  { factory: 'IVF4,Flat', metric: 'l2' },
  { factory: 'HNSW8', metric: 'l2' },
] as const)('$factory, $metric', ({ factory, metric }) => {
  test('three replicas do what one index does, after any operations', async () => {
    await agreesWithOneIndex({ factory, metric, dimension: DIMENSION }, (index) =>
      FaissReplicas.of(index, 3),
    );
  });
});

test.each([0, 1, 2, 3, 4, 7])('%s queries of a search get the answers of one index', async (n) => {
  const index = await filled();
  await using same = await index.clone();
  await using replicas = await FaissReplicas.of(index, 3);
  const queries = randomVectors(n, DIMENSION, 5);
  expect(await replicas.search(queries, { k: 5 })).toEqual(await same.search(queries, { k: 5 }));
  expect(await replicas.rangeSearch(queries, { radius: 1 })).toEqual(
    await same.rangeSearch(queries, { radius: 1 }),
  );
});

test('queries are split in equal parts, and single ones go where the least is to do', async () => {
  const queriesOf = new Map<FaissIndex, number[]>();
  const { search } = FaissIndex.prototype;
  await using replicas = await FaissReplicas.of(await filled('Flat', 20_000), 3);
  vi.spyOn(FaissIndex.prototype, 'search').mockImplementation(function (this: FaissIndex, ...args) {
    queriesOf.set(this, [...(queriesOf.get(this) ?? []), args[0].length / DIMENSION]);
    return search.apply(this, args);
  });
  await replicas.search(randomVectors(12, DIMENSION), { k: 1 });
  expect([...queriesOf.values()]).toEqual([[4], [4], [4]]);
  queriesOf.clear();
  const single = randomVectors(1, DIMENSION);
  await Promise.all([1, 2, 3, 4, 5, 6].map(() => replicas.search(single, { k: 1 })));
  expect([...queriesOf.values()]).toEqual([
    [1, 1],
    [1, 1],
    [1, 1],
  ]);
});

test('ids go on after the largest, in all replicas alike', async () => {
  const index = await filled();
  await index.remove([99]); // the index itself would go on with 100, its copies with 99
  await using replicas = await FaissReplicas.of(index, 3);
  expect(await replicas.add(randomVectors(2, DIMENSION, 8))).toEqual(consecutiveIds(2, 99n));
  const queries = randomVectors(2, DIMENSION, 8);
  for (let i = 0; i < 3; i++) {
    const found = await replicas.search(queries, { k: 1 });
    expect(found.ids).toEqual(new BigInt64Array([99n, 100n]));
  }
});

test('a replica that has no memory left for a change is dropped, the others go on', async () => {
  const index = await filled();
  await using replicas = await FaissReplicas.of(index, 3);
  vi.spyOn(index, 'add').mockRejectedValueOnce(new FaissError('OUT_OF_MEMORY', 'No memory.'));
  await replicas.add(randomVectors(1, DIMENSION, 8), [500]);
  expect([replicas.replicaCount, replicas.size, replicas.has(500)]).toEqual([2, 101, true]);
  await failure('DISPOSED', () => index.size);
  const { ids } = await replicas.search(randomVectors(1, DIMENSION, 8), { k: 1 });
  expect(ids).toEqual(new BigInt64Array([500n]));
});

test('too many results of all queries together are an error', async () => {
  await using replicas = await FaissReplicas.of(await filled(), 2);
  const search = (maxResults: number) =>
    replicas.rangeSearch(randomVectors(2, DIMENSION), { radius: 1e6, maxResults });
  expect((await search(200)).offsets).toEqual(new Uint32Array([0, 100, 200]));
  await failure('INVALID_ARGUMENT', () => search(199));
});

test('every search sees exactly what was added before it', async () => {
  await using replicas = await FaissReplicas.of(await filled('Flat', 0), 2);
  const calls: Promise<unknown>[] = [];
  const counts: number[] = [];
  for (let round = 0; round < 20; round++) {
    calls.push(replicas.add(randomVectors(10, DIMENSION, round + 1)));
    for (let i = 0; i < 3; i++) {
      const searching = replicas.search(randomVectors(1, DIMENSION), { k: 300 });
      calls.push(searching.then(({ ids }) => counts.push(ids.filter((id) => id >= 0n).length)));
    }
  }
  await Promise.all(calls);
  // Searches that run beside each other may end in any order, but not those of different rounds.
  expect(counts).toEqual(Array.from({ length: 60 }, (_, i) => 10 * (Math.floor(i / 3) + 1)));
});

test('a saved replica is the index, note included', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faiss-replicas-'));
  try {
    await using replicas = await FaissReplicas.of(await filled('IVF4,SQ8'), 2);
    await replicas.add(randomVectors(5, DIMENSION, 9));
    const path = join(folder, 'index');
    await replicas.save(path, { note: 'hello' });
    await using loaded = await FaissIndex.load(path);
    expect(loaded.note).toBe('hello');
    const queries = randomVectors(5, DIMENSION, 3);
    expect(await loaded.search(queries, { k: 9 })).toEqual(
      await replicas.search(queries, { k: 9 }),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
