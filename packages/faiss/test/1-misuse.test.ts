import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FAISS_ERROR_CODES, FaissIndex, type FaissIndexOptions } from '../src/index.js';
import { consecutiveIds, failure, randomVectors } from './vectors.js';

const NOT_NUMBERS = [0, -1, 1.5, Number.NaN, Infinity, '4', 4n, null, undefined, {}];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faiss-misuse-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** Arguments of any type, as a JavaScript caller could pass them. */
function any<T>(value: unknown): T {
  return value as T;
}

async function filled(factory = 'Flat'): Promise<FaissIndex> {
  const index = FaissIndex.create({ dimension: 4, factory });
  if (!index.isTrained) {
    await index.train(randomVectors(100, 4));
  }
  await index.add(randomVectors(10, 4), consecutiveIds(10));
  return index;
}

describe('create', () => {
  test.each([...NOT_NUMBERS, 65_537, 2 ** 31, -(2 ** 31)])(
    'refuses dimension %s',
    async (value) => {
      const message = await failure('INVALID_ARGUMENT', () =>
        FaissIndex.create({ dimension: any(value) }),
      );
      expect(message).toContain('dimension to be an integer from 1 to 65536');
    },
  );

  test.each([null, undefined, 4, 'Flat'])('refuses options that are %s', async (value) => {
    await failure('INVALID_ARGUMENT', () => FaissIndex.create(any<FaissIndexOptions>(value)));
  });

  test.each(['', 'cosine', 'L2', 1, null, 'toString'])('refuses metric %s', async (metric) => {
    const message = await failure('INVALID_ARGUMENT', () =>
      FaissIndex.create({ dimension: 4, metric: any(metric) }),
    );
    expect(message).toContain('one of l2, inner_product');
  });

  test.each([
    ['nothing', ''],
    ['an unknown kind', 'Foo'],
    ['another type', any<string>(7)],
    ['odd characters', 'Flat\0'],
    ['a line break', 'Flat\n'],
    ['two kinds', 'Flat,Flat'],
    ['an id map', 'IDMap,Flat'],
    ['another id map', 'IDMap2,Flat'],
    ['a dimension that PQ cannot split', 'PQ3'],
    ['PCA to more than there is', 'PCA300,Flat'],
    ['a graph that cannot grow', 'NSG16'],
    ['a graph that cannot grow, over codes', 'NNDescent16,Flat'],
    ['another block size of fast scan', 'PQ4x4fs_64'],
    ['a graph that cannot grow, as quantizer', 'IVF16_NSG8,Flat'],
    ['a lattice', 'ZnLattice4x10_4'],
    ['a graph without links', 'HNSW1'],
    ['a graph without links, as quantizer', 'IVF16_HNSW1,Flat'],
    ['no lists', 'IVF0,Flat'],
    ['no codes', 'PQ0'],
    ['codes of no bits', 'PQ4x0'],
    ['a refinement by lists', 'SQ8,Refine(IVF4,Flat)'],
    ['four billion lists', 'IVF4294967295,Flat'],
    ['more lists than fit in memory', 'IVF99999999,Flat'],
    ['a multi-index of 2^32 lists', 'IMI2x16,Flat'],
    ['codebooks of 2^24 entries', 'PQ4x24'],
    ['codebooks too small for vector instructions', 'PQ2x2'],
    ['such codebooks in lists', 'IVF2,PQ2x2'],
    ['such codebooks in a refinement', 'SQ8,Refine(PQ2x2)'],
    ['such codebooks below a refinement', 'PQ2x1,RFlat'],
    ['such codebooks after a transform', 'L2norm,PQ2x2'],
    ['such codebooks in a quantizer', 'IVF2(PQ2x2),Flat'],
    ['such codebooks in a multi-index', 'IMI2x2,Flat'],
    ['an endless number', `HNSW${'9'.repeat(400)}`],
  ])('refuses a factory with %s', async (_, factory) => {
    await failure('INVALID_FACTORY', () => FaissIndex.create({ dimension: 4, factory }));
  });
});

describe('add', () => {
  test.each([
    ['an array', [0, 0, 0, 0]],
    ['doubles', new Float64Array(4)],
    ['a buffer', Buffer.alloc(16)],
    ['nothing', undefined],
    ['null', null],
    ['a fraction of a vector', new Float32Array(6)],
    ['a number of vectors that the ids deny', new Float32Array(8)],
  ])('refuses %s as vectors', async (_, vectors) => {
    const index = await filled();
    await failure('INVALID_ARGUMENT', () => index.add(any(vectors), consecutiveIds(1, 100n)));
    expect(index.size).toBe(10);
  });

  test.each([
    ['an array of texts', ['1']],
    ['fractions', [1.5]],
    ['unsigned ids', new BigUint64Array(1)],
    ['doubles', new Float64Array(1)],
    ['nothing', null],
    ['the reserved id -1', new BigInt64Array([-1n])],
    ['too many ids', new BigInt64Array(2)],
    ['no ids', new BigInt64Array(0)],
  ])('refuses %s as ids', async (_, ids) => {
    const index = await filled();
    await failure('INVALID_ARGUMENT', () => index.add(new Float32Array(4), any(ids)));
    expect(index.size).toBe(10);
  });

  test.each([Number.NaN, Infinity, -Infinity, 2e15, -3e38])(
    'refuses %s and says where',
    async (value) => {
      const index = await filled();
      const vectors = randomVectors(3, 4);
      vectors[6] = value;
      const message = await failure('NOT_FINITE', () => index.add(vectors, consecutiveIds(3, 50n)));
      expect(message).toContain('component 2 of vector 1');
      expect(index.size).toBe(10);
      expect(index.has(50n)).toBe(false);
    },
  );

  test.each(['Flat', 'IVF4,Flat', 'HNSW4'])(
    '%s adds nothing where an id is in',
    async (factory) => {
      const index = await filled(factory);
      const ids = new BigInt64Array([100n, 101n, 3n]);
      const message = await failure('DUPLICATE_ID', () => index.add(randomVectors(3, 4, 5), ids));
      expect(message).toContain('Id 3 ');
      expect(index.size).toBe(10);
      expect([100n, 101n, 3n].map((id) => index.has(id))).toEqual([false, false, true]);
      await index.add(randomVectors(2, 4, 5), ids.subarray(0, 2));
      expect(index.size).toBe(12);
    },
  );

  test('adds nothing where an id comes twice', async () => {
    const index = await filled();
    const ids = new BigInt64Array([100n, 101n, 100n]);
    await failure('DUPLICATE_ID', () => index.add(randomVectors(3, 4), ids));
    expect(index.size).toBe(10);
    expect(index.has(100n)).toBe(false);
  });

  test('wants training first', async () => {
    const index = FaissIndex.create({ dimension: 4, factory: 'IVF4,Flat' });
    await failure('NOT_TRAINED', () => index.add(randomVectors(3, 4), consecutiveIds(3)));
    await failure('NOT_TRAINED', () => index.search(randomVectors(3, 4), { k: 1 }));
    expect(index.isTrained).toBe(false);
  });
});

describe('train', () => {
  test('refuses what is no vectors, and values that are not finite', async () => {
    const index = FaissIndex.create({ dimension: 4, factory: 'IVF4,Flat' });
    await failure('INVALID_ARGUMENT', () => index.train(any([1, 2, 3, 4])));
    await failure('INVALID_ARGUMENT', () => index.train(new Float32Array(5)));
    await failure('NOT_FINITE', () => index.train(new Float32Array(400).fill(Number.NaN)));
    expect(index.isTrained).toBe(false);
  });

  test.each(['IVF4,Flat', 'PQ2x4', 'PCA2,IVF4,Flat', 'SQ8'])(
    '%s survives vectors that are all the same, zero, or as large as allowed',
    async (factory) => {
      for (const value of [0, 1, 1e15, -1e15]) {
        await using index = FaissIndex.create({ dimension: 4, factory });
        await index.train(new Float32Array(400).fill(value));
        await index.add(new Float32Array(4).fill(value), consecutiveIds(1));
        await index.search(new Float32Array(4).fill(-value), { k: 1 });
        expect(await index.remove(consecutiveIds(1))).toBe(1);
      }
    },
  );

  test.each([0, 3])('refuses %i vectors for 4 lists', async (count) => {
    const index = FaissIndex.create({ dimension: 4, factory: 'IVF4,Flat' });
    await failure('TRAINING_SET_TOO_SMALL', () => index.train(randomVectors(count, 4)));
    expect(index.isTrained).toBe(false);
    await index.train(randomVectors(40, 4));
    expect(index.isTrained).toBe(true);
  });

  test.each(['RQ2x4', 'PRQ2x2x4', 'IVF2,RQ2x4', 'PCA4,Flat', 'PQ2x4'])(
    '%s refuses three vectors',
    async (factory) => {
      const index = FaissIndex.create({ dimension: 4, factory });
      await failure('TRAINING_SET_TOO_SMALL', () => index.train(randomVectors(3, 4)));
    },
  );

  test('refuses an index that holds vectors', async () => {
    const index = await filled('IVF4,Flat');
    await failure('UNSUPPORTED', () => index.train(randomVectors(100, 4)));
    expect(index.size).toBe(10);
  });
});

describe('search', () => {
  test.each([...NOT_NUMBERS, 65_537])('refuses k = %s', async (k) => {
    const index = await filled();
    await failure('INVALID_ARGUMENT', () => index.search(new Float32Array(4), { k: any(k) }));
  });

  test.each([undefined, null, 5])('refuses options that are %s', async (options) => {
    const index = await filled();
    await failure('INVALID_ARGUMENT', () => index.search(new Float32Array(4), any(options)));
  });

  test('refuses queries of another dimension or type, or not finite', async () => {
    const index = await filled();
    await failure('INVALID_ARGUMENT', () => index.search(new Float32Array(3), { k: 1 }));
    await failure('INVALID_ARGUMENT', () => index.search(any([1, 2, 3, 4]), { k: 1 }));
    await failure('NOT_FINITE', () => index.search(new Float32Array(4).fill(Infinity), { k: 1 }));
  });

  test('refuses more results than fit', async () => {
    const index = await filled();
    const queries = new Float32Array(4 * 2049);
    const message = await failure('INVALID_ARGUMENT', () => index.search(queries, { k: 65_536 }));
    expect(message).toContain('Search in several calls');
  });

  test('refuses parameters that the kind does not have', async () => {
    const index = await filled();
    await failure('INVALID_ARGUMENT', () => index.search(new Float32Array(4), { k: 1, nprobe: 2 }));
    await failure('INVALID_ARGUMENT', () =>
      index.search(new Float32Array(4), { k: 1, efSearch: 9 }),
    );
  });

  test.each([...NOT_NUMBERS.filter((value) => value !== undefined), 5])(
    'refuses nprobe = %s for four lists',
    async (nprobe) => {
      const index = await filled('IVF4,Flat');
      await failure('INVALID_ARGUMENT', () =>
        index.search(new Float32Array(4), { k: 1, nprobe: any(nprobe) }),
      );
    },
  );
});

describe('remove, reconstruct, has', () => {
  test.each([[['1']], [new Float32Array(1)], [undefined], [1n], [{}], [{ ids: [1], not: {} }]])(
    'remove refuses %s',
    async (ids) => {
      const index = await filled();
      await failure('INVALID_ARGUMENT', () => index.remove(any(ids)));
    },
  );

  test.each([1.5, 2 ** 53, '1', null, undefined, 2n ** 63n, -(2n ** 63n) - 1n])(
    'an id cannot be %s',
    async (id) => {
      const index = await filled();
      await failure('INVALID_ARGUMENT', () => index.reconstruct(any(id)));
      await failure('INVALID_ARGUMENT', () => index.has(any(id)));
    },
  );

  test('reconstruct wants an id that is in', async () => {
    const index = await filled();
    const message = await failure('ID_NOT_FOUND', () => index.reconstruct(12_345n));
    expect(message).toContain('12345');
  });
});

describe('save and load', () => {
  test.each(['', 'a\0b', 7, null, undefined])('refuse the path %s', async (path) => {
    const index = await filled();
    await failure('INVALID_ARGUMENT', () => index.save(any(path)));
    await failure('INVALID_ARGUMENT', () => FaissIndex.load(any(path)));
  });

  test('save refuses notes that would not come back the same', async () => {
    const index = await filled();
    const path = join(folder, 'note');
    await failure('INVALID_ARGUMENT', () => index.save(path, { note: '\ud800' }));
    await failure('INVALID_ARGUMENT', () => index.save(path, { note: 'x'.repeat(2 ** 20 + 1) }));
    await failure('INVALID_ARGUMENT', () => index.save(path, { note: any(5) }));
    await failure('INVALID_ARGUMENT', () => index.save(path, any(null)));
  });

  test('say what is wrong with the place', async () => {
    const index = await filled();
    await failure('FILE_NOT_FOUND', () => index.save(join(folder, 'missing', 'x')));
    await failure('IO_FAILED', () => index.save(folder));
    await failure('FILE_NOT_FOUND', () => FaissIndex.load(join(folder, 'missing')));
    await failure('IO_FAILED', () => FaissIndex.load(folder));
    await failure('IO_FAILED', () => FaissIndex.load('/dev/zero'));
  });
});

describe('a disposed index', () => {
  test('refuses every call, but can be disposed again', async () => {
    const index = await filled();
    await index[Symbol.asyncDispose]();
    await index[Symbol.asyncDispose]();
    const calls = [
      () => index.add(new Float32Array(4), consecutiveIds(1, 99n)),
      () => index.train(new Float32Array(4)),
      () => index.search(new Float32Array(4), { k: 1 }),
      () => index.remove(consecutiveIds(1)),
      () => index.reconstruct(1n),
      () => index.save(join(folder, 'disposed')),
      () => index.has(1n),
      () => index.size,
      () => index.isTrained,
    ];
    for (const call of calls) {
      await failure('DISPOSED', call);
    }
  });
});

test('no two errors share a code by mistake', () => {
  expect(new Set(FAISS_ERROR_CODES).size).toBe(FAISS_ERROR_CODES.length);
});
