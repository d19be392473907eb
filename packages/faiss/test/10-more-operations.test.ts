import { describe, expect, test } from 'vitest';
import { FaissIndex, type FaissMetric, maxThreads, setMaxThreads } from '../src/index.js';
import { consecutiveIds, failure, randomVectors, trainIfNeeded } from './vectors.js';

async function filled(factory: string, count = 200, dimension = 8): Promise<FaissIndex> {
  const index = FaissIndex.create({ dimension, factory });
  await trainIfNeeded(index);
  await index.add(randomVectors(count, dimension, 7));
  return index;
}

describe('ids', () => {
  test('are given where none are passed, after the largest so far', async () => {
    await using index = FaissIndex.create({ dimension: 1 });
    expect(await index.add(new Float32Array(2))).toEqual(new BigInt64Array([0n, 1n]));
    await index.add(new Float32Array(1), [100]);
    expect(await index.add(new Float32Array(2))).toEqual(new BigInt64Array([101n, 102n]));
    await index.remove([102]);
    expect(await index.add(new Float32Array(1))).toEqual(new BigInt64Array([103n]));
  });

  test.each(['Flat', 'IVF1,Flat'])(
    'the number of a removed vector never comes back: %s',
    async (factory) => {
      await using index = FaissIndex.create({ dimension: 1, factory });
      if (!index.isTrained) await index.train(new Float32Array(64));
      await index.add(new Float32Array(3));
      await index.remove([2]);
      await using clone = await index.clone();
      await using loaded = await FaissIndex.fromBuffer(await index.toBuffer());
      for (const one of [index, clone, loaded]) {
        expect(await one.add(new Float32Array(1))).toEqual(new BigInt64Array([3n]));
      }
    },
  );

  test('run out after the largest number', async () => {
    await using index = FaissIndex.create({ dimension: 1 });
    await index.add(new Float32Array(1), [2n ** 63n - 2n]);
    expect(await index.add(new Float32Array(0))).toEqual(new BigInt64Array(0));
    await failure('INVALID_ARGUMENT', () => index.add(new Float32Array(2)));
    expect(index.size).toBe(1);
  });
});

describe('parameters', () => {
  test.each([
    ['Flat', {}],
    ['IVF4,Flat', { nprobe: 1, maxCodes: 0 }],
    ['IVF4,PQ4x4fs', { nprobe: 1 }],
    ['HNSW8', { efSearch: 16, efConstruction: 40 }],
    ['IVF4_HNSW8,SQ8', { nprobe: 1, maxCodes: 0, efSearch: 16, efConstruction: 40 }],
    ['PCA4,IVF4,SQ8,RFlat', { nprobe: 1, maxCodes: 0, kFactor: 1 }],
  ])('%s has its own, with FAISS’s defaults', async (factory, parameters) => {
    await using index = FaissIndex.create({ dimension: 8, factory });
    expect(index.parameters).toEqual(parameters);
    for (const name of ['nprobe', 'maxCodes', 'efSearch', 'efConstruction', 'kFactor']) {
      if (!Object.hasOwn(parameters, name)) {
        await failure('INVALID_ARGUMENT', () => index.setParameters({ [name]: 2 }));
      }
    }
  });

  test('that are set hold for calls that don’t say otherwise, and for copies', async () => {
    await using index = await filled('IVF16,Flat', 2000);
    const queries = randomVectors(30, 8, 9);
    const few = await index.search(queries, { k: 5 });
    const all = await index.search(queries, { k: 5, nprobe: 16 });
    expect(few.ids).not.toEqual(all.ids);
    expect(await index.search(queries, { k: 5 })).toEqual(few);
    await index.setParameters({ nprobe: 16 });
    expect(await index.search(queries, { k: 5 })).toEqual(all);
    await index.search(queries, { k: 5, nprobe: 2 });
    await using clone = await index.clone();
    expect(clone.parameters.nprobe).toBe(16);
    expect(await clone.search(queries, { k: 5 })).toEqual(all);
  });

  test('maxCodes ends a search early', async () => {
    await using index = await filled('IVF16,Flat', 2000);
    const options = { k: 2000, nprobe: 16 };
    const query = randomVectors(1, 8, 9);
    const all = await index.search(query, options);
    const some = await index.search(query, { ...options, maxCodes: 300 });
    expect(all.ids).not.toContain(-1n);
    const found = some.ids.filter((id) => id !== -1n).length;
    expect(found).toBeGreaterThanOrEqual(300);
    expect(found).toBeLessThan(1000);
  });

  test('kFactor refines more candidates', async () => {
    await using exact = await filled('Flat', 2000);
    await using index = await filled('PQ4x4fs,RFlat', 2000);
    const queries = randomVectors(50, 8, 9);
    const { ids: nearest } = await exact.search(queries, { k: 1 });
    const hits = async (kFactor: number) =>
      (await index.search(queries, { k: 1, kFactor })).ids.filter((id, i) => id === nearest[i])
        .length;
    expect(await hits(1)).toBeLessThan(40);
    expect(await hits(1000)).toBe(50);
  });

  test.each([
    { nprobe: 0 },
    { nprobe: 5 },
    { nprobe: 1.5 },
    { nprobe: '2' },
    { maxCodes: -1 },
    { kFactor: 0.5 },
    { kFactor: Number.NaN },
    { kFactor: 1001 },
    { surprise: 1 },
  ])('%o is refused', async (parameters) => {
    await using index = FaissIndex.create({ dimension: 8, factory: 'IVF4,SQ8,RFlat' });
    await failure('INVALID_ARGUMENT', () => index.setParameters(parameters as object));
  });
});

describe('other metrics', () => {
  const definitions: Record<string, (a: number[], b: number[]) => number> = {
    l1: (a, b) => sum(a.map((x, i) => Math.abs(x - b[i]!))),
    linf: (a, b) => Math.max(...a.map((x, i) => Math.abs(x - b[i]!))),
    lp: (a, b) => sum(a.map((x, i) => Math.abs(x - b[i]!) ** 3)),
    canberra: (a, b) => sum(a.map((x, i) => Math.abs(x - b[i]!) / (Math.abs(x) + Math.abs(b[i]!)))),
    bray_curtis: (a, b) =>
      sum(a.map((x, i) => Math.abs(x - b[i]!))) / sum(a.map((x, i) => Math.abs(x + b[i]!))),
    jensen_shannon: (a, b) =>
      sum(
        a.map((x, i) => {
          const middle = (x + b[i]!) / 2;
          return (x * Math.log(x / middle) + b[i]! * Math.log(b[i]! / middle)) / 2;
        }),
      ),
  };

  describe.each(Object.entries(definitions))('%s', (metric, distance) => {
    const graphs = ['l1', 'linf', 'lp'].includes(metric) ? ['HNSW16'] : [];
    test.each(['Flat', 'RR8,Flat', ...graphs])('%s', async (factory) => {
      const dimension = 8;
      const histograms = randomVectors(300, dimension, 3).map((value) => Math.abs(value) + 0.01);
      const query = randomVectors(1, dimension, 4).map((value) => Math.abs(value) + 0.01);
      await using index = FaissIndex.create({
        dimension,
        factory,
        metric: metric as FaissMetric,
        ...(metric === 'lp' && { metricArg: 3 }),
      });
      await trainIfNeeded(index);
      await index.add(histograms);
      await using clone = await index.clone();
      if (factory === 'RR8,Flat') {
        return; // turned, vectors have other distances; that it can be copied is what counts here
      }
      const expected = Array.from({ length: 300 }, (_, i) =>
        distance([...query], [...histograms.subarray(i * dimension, (i + 1) * dimension)]),
      ).sort((a, b) => a - b);
      for (const searched of [index, clone]) {
        const { distances } = await searched.search(query, { k: 10, ...wide(factory) });
        const filtered = await searched.search(query, { k: 10, filter: { range: [0, 300] } });
        const within = await searched.rangeSearch(query, { radius: expected[9]! * 1.0001 });
        for (let rank = 0; rank < 10; rank++) {
          expect(distances[rank]).toBeCloseTo(expected[rank]!, 4);
          expect(filtered.distances[rank]).toBeCloseTo(expected[rank]!, 4);
          expect(within.distances[rank]).toBeCloseTo(expected[rank]!, 4);
        }
      }
    });
  });

  test.each(['SQ8', 'IVF4,Flat', 'PQ4x4', 'HNSW8_SQ8', 'PQ4x4fs'])(
    '%s refuses them, as it would compute another one',
    async (factory) => {
      await failure('INVALID_FACTORY', () =>
        FaissIndex.create({ dimension: 8, factory, metric: 'l1' }),
      );
    },
  );

  test.each([
    { metric: 'lp' as const },
    { metric: 'lp' as const, metricArg: 0 },
    { metric: 'lp' as const, metricArg: Infinity },
    { metric: 'l1' as const, metricArg: 1 },
  ])('%o is refused', async (options) => {
    await failure('INVALID_ARGUMENT', () => FaissIndex.create({ dimension: 8, ...options }));
  });
});

describe('codes', () => {
  test.each(['Flat', 'SQ8', 'PQ4x4', 'IVF4,Flat', 'IVF4,SQ8', 'PCA4,IVF4,PQ2x4'])(
    '%s decodes to what it would have stored',
    async (factory) => {
      await using index = await filled(factory);
      const vectors = randomVectors(20, 8, 11);
      const codes = await index.encode(vectors);
      expect(codes).toHaveLength(20 * index.codeSize);
      const decoded = await index.decode(codes);
      const ids = await index.add(vectors);
      const stored = await index.reconstructMany(ids);
      for (const [i, value] of stored.entries()) {
        expect(decoded[i]).toBeCloseTo(value, 5);
      }
    },
  );

  test.each(['IVF5,Flat', 'PCA4,IVF5,SQ8'])(
    '%s refuses codes of lists that it has not',
    async (factory) => {
      await using index = await filled(factory);
      const codes = await index.encode(randomVectors(2, 8));
      codes[index.codeSize] = 5;
      await failure('INVALID_ARGUMENT', () => index.decode(codes));
    },
  );

  test('of another length or type are refused', async () => {
    await using index = await filled('SQ8');
    await failure('INVALID_ARGUMENT', () => index.decode(new Uint8Array(7)));
    await failure('INVALID_ARGUMENT', () => index.decode([1] as unknown as Uint8Array));
    expect(await index.decode(new Uint8Array(0))).toHaveLength(0);
    expect(await index.encode(new Float32Array(0))).toHaveLength(0);
  });

  test.each(['HNSW8', 'SQ8,RFlat'])('%s has none of its own', async (factory) => {
    await using index = await filled(factory);
    await failure('UNSUPPORTED', () => index.codeSize);
  });
});

describe('assign', () => {
  test.each(['IVF4,Flat', 'PCA8,IVF4,SQ8', 'IVF4,PQ4x4fs'])(
    '%s names the nearest lists',
    async (factory) => {
      await using index = await filled(factory);
      const vectors = randomVectors(5, 8, 7);
      const one = await index.assign(vectors);
      expect(one).toHaveLength(5);
      const four = await index.assign(vectors, { k: 4 });
      for (let i = 0; i < 5; i++) {
        const row = four.subarray(i * 4, (i + 1) * 4);
        expect(row[0]).toBe(one[i]);
        expect([...row].sort()).toEqual([0, 1, 2, 3]);
      }
    },
  );

  test('is for inverted lists only, and at most as many as there are', async () => {
    await using flat = await filled('Flat');
    await failure('UNSUPPORTED', () => flat.assign(randomVectors(1, 8)));
    await using lists = await filled('IVF4,Flat');
    await failure('INVALID_ARGUMENT', () => lists.assign(randomVectors(1, 8), { k: 5 }));
  });
});

describe('merge', () => {
  test('moves vectors, and a search finds the same as in one index', async () => {
    const vectors = randomVectors(1000, 8, 3);
    const queries = randomVectors(20, 8, 4);
    for (const factory of ['Flat', 'IVF4,SQ8', 'IVF4,PQ4x4', 'HNSW16', 'PQ4x4fs']) {
      await using whole = FaissIndex.create({ dimension: 8, factory });
      await trainIfNeeded(whole);
      await using one = await whole.clone();
      await using other = await whole.clone();
      await whole.add(vectors);
      await one.add(vectors.subarray(0, 4000), consecutiveIds(500));
      await other.add(vectors.subarray(4000), consecutiveIds(500, 500n));
      await one.mergeFrom(other);
      expect([one.size, other.size]).toEqual([1000, 0]);
      const expected = await whole.search(queries, { k: 5 });
      const found = await one.search(queries, { k: 5 });
      if (factory === 'HNSW16') {
        expect(found.ids.filter((id, i) => id === expected.ids[i]).length).toBeGreaterThan(90);
      } else {
        expect(found.distances).toEqual(expected.distances);
      }
      await other.add(vectors.subarray(0, 8), [7777]);
      expect(other.size).toBe(1);
    }
  });

  test('takes in an index of another kind', async () => {
    await using flat = await filled('Flat', 100);
    await using graph = FaissIndex.create({ dimension: 8, factory: 'HNSW8' });
    await graph.mergeFrom(flat);
    expect([graph.size, flat.size]).toEqual([100, 0]);
    expect(await graph.reconstruct(5)).toEqual(randomVectors(200, 8, 7).slice(40, 48));
  });

  test('changes nothing where the indexes don’t fit', async () => {
    await using index = await filled('Flat', 10);
    await using same = await filled('Flat', 10);
    await failure('DUPLICATE_ID', () => index.mergeFrom(same));
    await failure('INVALID_ARGUMENT', () => index.mergeFrom(index));
    await failure('INVALID_ARGUMENT', () => index.mergeFrom({} as FaissIndex));
    await using wide = FaissIndex.create({ dimension: 9 });
    await failure('INVALID_ARGUMENT', () => index.mergeFrom(wide));
    await using product = FaissIndex.create({ dimension: 8, metric: 'inner_product' });
    await failure('INVALID_ARGUMENT', () => index.mergeFrom(product));
    await using untrained = FaissIndex.create({ dimension: 8, factory: 'IVF4,Flat' });
    await failure('NOT_TRAINED', () => untrained.mergeFrom(index));
    expect([index.size, same.size]).toEqual([10, 10]);
  });

  test('refuses an index that learned another transform', async () => {
    const [one, other] = [1, 2].map((seed) => {
      const index = FaissIndex.create({ dimension: 8, factory: 'PCA4,Flat' });
      return index.train(randomVectors(100, 8, seed)).then(() => index);
    });
    await using a = await one!;
    await using b = await other!;
    await b.add(randomVectors(1, 8));
    await failure('INVALID_ARGUMENT', () => a.mergeFrom(b));
    expect(b.size).toBe(1);
  });

  test('two indexes that merge each other at once don’t wait forever', async () => {
    await using one = await filled('Flat', 10);
    await using other = FaissIndex.create({ dimension: 8 });
    await Promise.all([one.mergeFrom(other), other.mergeFrom(one), one.mergeFrom(other)]);
    expect([one.size, other.size]).toEqual([10, 0]);
  });
});

describe('removing from a kind that can’t take vectors out', () => {
  test.each(['HNSW16', 'PQ4x4fs', 'IVF4,PQ4x4fs', 'SQ8,RFlat', 'IVF4,PQ4x4fs,RFlat'])(
    '%s never finds them again, and compact frees them',
    async (factory) => {
      await using index = await filled(factory, 2000);
      if (index.listCount > 0) {
        await index.setParameters({ nprobe: 4 });
      }
      const queries = randomVectors(20, 8, 4);
      const before = await index.search(queries, { k: 10 });
      const gone = new Set(before.ids);
      expect(await index.remove([...gone])).toBe(gone.size);
      expect([index.size, index.deletedCount]).toEqual([2000 - gone.size, gone.size]);
      const after = await index.search(queries, { k: 10 });
      expect(after.ids.some((id) => gone.has(id) || id === -1n)).toBe(false);
      await index.compact();
      expect([index.size, index.deletedCount]).toEqual([2000 - gone.size, 0]);
      const compacted = await index.search(queries, { k: 10 });
      expect(compacted.ids.some((id) => gone.has(id) || id === -1n)).toBe(false);
      await index.add(new Float32Array(8), [[...gone][0]!]);
      expect(index.size).toBe(2001 - gone.size);
    },
  );

  test('all of it leaves nothing to find', async () => {
    await using index = await filled('HNSW16', 500);
    await index.remove({ range: [0, 500] });
    const { ids } = await index.search(randomVectors(2, 8), { k: 3 });
    expect(ids).toEqual(new BigInt64Array(6).fill(-1n));
    await index.compact();
    await index.add(randomVectors(1, 8), [1]);
    expect((await index.search(randomVectors(1, 8), { k: 1 })).ids[0]).toBe(1n);
  });
});

test('reset keeps what was learned', async () => {
  await using index = await filled('IVF4,SQ8');
  await index.reset();
  expect([index.size, index.isTrained, index.has(1)]).toEqual([0, true, false]);
  expect(await index.add(randomVectors(3, 8))).toEqual(consecutiveIds(3));
});

test('the number of threads can be limited, for all calls and for one', async () => {
  const most = maxThreads();
  expect(most).toBeGreaterThanOrEqual(1);
  try {
    setMaxThreads(1);
    expect(maxThreads()).toBe(1);
  } finally {
    setMaxThreads(most);
  }
  await using index = await filled('Flat');
  const queries = randomVectors(30, 8, 5);
  const found = await index.search(queries, { k: 3, threads: 1 });
  expect(await index.search(queries, { k: 3, threads: 2 })).toEqual(found);
  for (const threads of [0, 1.5, -1, 2000, '2']) {
    await failure('INVALID_ARGUMENT', () =>
      index.search(queries, { k: 3, threads: threads as number }),
    );
    await failure('INVALID_ARGUMENT', () => setMaxThreads(threads as number));
  }
});

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function wide(factory: string) {
  return factory.startsWith('HNSW') ? { efSearch: 300 } : {};
}
