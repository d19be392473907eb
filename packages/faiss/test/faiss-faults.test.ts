// Where FAISS by itself would end the process, hang or answer wrongly; found by
// `npm run sweep -w packages/faiss`. Each in a process of its own would be slow: a test that takes
// the others along fails as well.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaissIndex, type FaissMetric } from '../src/index.js';
import { everyCall } from './stress/every-call.js';
import { consecutiveIds, failure, randomVectors } from './vectors.js';

const DIMENSION = 8;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faiss-faults-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function trained(factory: string, seed = 9): Promise<FaissIndex> {
  const index = FaissIndex.create({ dimension: DIMENSION, factory });
  await index.train(randomVectors(1000, DIMENSION, seed));
  return index;
}

describe('refuses', () => {
  test.each([
    ['norms whose training crashes', 'RQ2x4_Ncqint8', 'l2'],
    ['the same in lists', 'IVF8,LSQ2x4_Ncqint4', 'l2'],
    ['a kind that only finds lists', 'RCQ2x4', 'l2'],
    ['the same by local search', 'LSCQ2x4', 'l2'],
    ['lists as the quantizer of lists', 'IVF8(IVF4,Flat),Flat', 'l2'],
    ['a multi-index as the quantizer of lists', 'IVF8(IMI2x2,Flat),Flat', 'l2'],
    ['hashes as the quantizer of lists', 'IVF8(LSH),Flat', 'l2'],
    ['fewer lists than RCQ has codes', 'IVF4(RCQ2x4),Flat', 'l2'],
    ['a rotation that cannot be split', 'OPQ3,Flat', 'l2'],
    ['two refinements', 'IVF4,PQ2+2,RFlat', 'l2'],
    ['2^64 lists', 'Residual8x8,PQ2x4', 'l2'],
    ['a graph of distances that may be undefined', 'HNSW8', 'canberra'],
    ['the same of distributions', 'HNSW8', 'jensen_shannon'],
    ['the same below a transform', 'PCA2,HNSW8', 'bray_curtis'],
  ])('%s', async (_, factory, metric) => {
    await failure('INVALID_FACTORY', () =>
      FaissIndex.create({ dimension: DIMENSION, factory, metric: metric as FaissMetric }),
    );
  });

  test.each(['IVF8,PQ4+4', 'IVF8,FlatDedup', 'Residual4,PQ2x4'])(
    '%s: codes that name a list that is not there',
    async (factory) => {
      await using index = await trained(factory);
      const codes = await index.encode(randomVectors(1, DIMENSION, 3));
      codes[0] = 8;
      const message = await failure('INVALID_ARGUMENT', () => index.decode(codes));
      expect(message).toContain('names list 8');
    },
  );

  test('components that a transform makes infinite, before they get into a graph', async () => {
    await using index = FaissIndex.create({ dimension: DIMENSION, factory: 'PCAW2,HNSW8' });
    await index.train(new Float32Array(300 * DIMENSION).fill(1)); // no variance to divide by
    await failure('NOT_FINITE', () => index.add(randomVectors(10, DIMENSION, 3)));
    expect(index.size).toBe(0);
  });

  test('training vectors whose norms cannot be clustered', async () => {
    await using index = FaissIndex.create({ dimension: DIMENSION, factory: 'RQ2x4_Nrq2x4' });
    const huge = randomVectors(1000, DIMENSION, 9).map((value) => value * 1e15);
    await failure('NOT_FINITE', () => index.train(huge));
    await index.train(randomVectors(1000, DIMENSION, 9));
  });
});

describe('an index that is not trained', () => {
  test.each([
    'RQ2x4',
    'PRQ2x2x4',
    'IVF8,RQ2x4',
    'IVF16(RCQ2x2),Flat',
    'IMI2x2,Flat',
    'IVF8_HNSW8,Flat',
    'SQ8,Refine(RQ2x4)',
  ])('%s can be cloned, saved and loaded, and trained then', async (factory) => {
    await using index = FaissIndex.create({ dimension: DIMENSION, factory });
    const path = join(folder, 'untrained');
    await index.save(path);
    await using clone = await index.clone();
    await using loaded = await FaissIndex.load(path);
    for (const each of [clone, loaded]) {
      expect(each.isTrained).toBe(false);
      await each.train(randomVectors(1000, DIMENSION, 9));
      await each.add(randomVectors(10, DIMENSION, 3));
      const { ids } = await each.search(randomVectors(1, DIMENSION, 3), { k: 10 });
      expect(ids).toContain(0n);
    }
  });
});

describe('what an index learned', () => {
  test.each(['RQ2x4_Nrq2x4', 'LSQ2x4_Nlsq2x4', 'IVF8,RQ2x4_Nrq2x4'])(
    '%s encodes the same after it was loaded',
    async (factory) => {
      await using index = await trained(factory);
      const path = join(folder, 'learned');
      await index.save(path);
      await using loaded = await FaissIndex.load(path);
      const vectors = randomVectors(50, DIMENSION, 3);
      expect(await loaded.encode(vectors)).toEqual(await index.encode(vectors));
    },
  );
});

describe('fast scan', () => {
  // Distances are of 8 bits there: those of one vector, many times over, are the least of all.
  test.each(['PQ4x4fs', 'IVF4,PQ4x4fs', 'Pad64,IVF4,PQ2x4fs'])(
    '%s finds many neighbours among vectors that are the same',
    async (factory) => {
      await using index = await trained(factory);
      const same = new Float32Array(300 * DIMENSION).fill(0.5);
      await index.add(same, consecutiveIds(300));
      await index.add(randomVectors(300, DIMENSION, 3), consecutiveIds(300, 300n));
      const options = { k: 100, ...(index.listCount > 0 && { nprobe: index.listCount }) };
      const { ids } = await index.search(same.subarray(0, DIMENSION), options);
      expect(ids.every((id) => id >= 0n)).toBe(true);
      expect(new Set(ids).size).toBe(100);
    },
  );
});

test.each(['IVF4,RQ2x4', 'IVF4,PCAR8,SH', 'IVF4,FlatDedup'])(
  '%s can be filtered, few or most of its vectors',
  async (factory) => {
    await using index = await trained(factory);
    await index.add(randomVectors(5000, DIMENSION, 3), consecutiveIds(5000));
    const queries = randomVectors(5, DIMENSION, 3);
    const most = await index.search(queries, { k: 3, nprobe: 4, filter: { not: { ids: [0n] } } });
    expect(most.ids).not.toContain(0n);
    expect(most.ids).not.toContain(-1n);
    const few = await index.search(queries, { k: 3, nprobe: 4, filter: { ids: [7n, 9n] } });
    for (let row = 0; row < 5; row++) {
      const found = [...few.ids.subarray(3 * row, 3 * row + 3)];
      expect(found.sort()).toEqual([-1n, 7n, 9n]);
    }
  },
);

test('duplicates in FlatDedup are gone with the index that was reset', async () => {
  await using index = await trained('IVF4,FlatDedup');
  const vector = randomVectors(1, DIMENSION, 3);
  const twice = new Float32Array([...vector, ...vector]);
  await index.add(twice, consecutiveIds(2));
  await index.reset();
  await index.add(vector, [5]);
  const { ids } = await index.search(vector, { k: 3, nprobe: 4 });
  expect(ids).toEqual(new BigInt64Array([5n, -1n, -1n]));
});

test.each(['IVF1,Flat', 'IVF1,SQ8'])(
  '%s takes the vectors of an index that learned from others, and stays whole',
  async (factory) => {
    await using index = await trained(factory, 9);
    await using other = await trained(factory, 10);
    await index.add(randomVectors(20, DIMENSION, 3), consecutiveIds(20));
    await other.add(randomVectors(20, DIMENSION, 4), consecutiveIds(20, 100n));
    await index.mergeFrom(other);
    expect(index.size).toBe(40);
    expect(await index.ids()).toEqual(
      new BigInt64Array([...consecutiveIds(20), ...consecutiveIds(20, 100n)]),
    );
    const { ids } = await index.search(randomVectors(1, DIMENSION, 4), { k: 1 });
    expect(ids).toEqual(new BigInt64Array([100n]));
  },
);

test('indexes of kind LSQ can learn and encode at the same time', async () => {
  const lives = Array.from({ length: 4 }, async (_, i) => {
    await using index = FaissIndex.create({ dimension: 4, factory: 'LSQ2x2' });
    await index.train(randomVectors(50, 4, i + 1));
    for (let round = 0; round < 30; round++) {
      await index.add(randomVectors(2, 4, round + 1));
      await Promise.all([1, 2, 3].map((seed) => index.encode(randomVectors(2, 4, seed))));
    }
    return index.size;
  });
  expect(await Promise.all(lives)).toEqual([60, 60, 60, 60]);
});

test.each(['Flat', 'HNSW8', 'IVF8,SQ8', 'PQ4x4fs', 'PCA4,IVF4,PQ2x4', 'IVF8_HNSW8,Flat'])(
  '%s answers every call',
  async (factory) => {
    const path = join(folder, 'every-call');
    const { wrong, failures } = await everyCall({ dimension: DIMENSION, factory }, { path });
    expect(wrong).toEqual([]);
    expect(failures.filter((text) => text.includes('FAISS_FAILED'))).toEqual([]);
  },
);
