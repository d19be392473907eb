import { describe, expect, test } from 'vitest';
import { FaissBinaryIndex } from '../src/index.js';
import { randomCodes, trainIfNeeded } from './codes.js';
import { consecutiveIds, failure } from './vectors.js';

/** Arguments of any type, as a JavaScript caller could pass them. */
function any<T>(value: unknown): T {
  return value as T;
}

async function filled(factory = 'BFlat'): Promise<FaissBinaryIndex> {
  const index = FaissBinaryIndex.create({ bits: 32, factory });
  await trainIfNeeded(index);
  await index.add(randomCodes(10, 32), consecutiveIds(10));
  return index;
}

describe('create', () => {
  test.each([
    0,
    -8,
    7,
    12,
    8.5,
    Number.NaN,
    Infinity,
    '64',
    64n,
    null,
    undefined,
    524_296,
    2 ** 32,
  ])('refuses %s bits', async (bits) => {
    await failure('INVALID_ARGUMENT', () => FaissBinaryIndex.create({ bits: any(bits) }));
  });

  test.each([null, undefined, 64, 'BFlat'])('refuses options that are %s', async (options) => {
    await failure('INVALID_ARGUMENT', () => FaissBinaryIndex.create(any(options)));
  });

  test.each([
    ['nothing', ''],
    ['another type', any<string>(7)],
    ['null', any<string>(null)],
    ['an index of floats', 'Flat'],
    ['an unknown kind', 'BFoo'],
    ['more than FAISS reads', 'BFlat,Flat'],
    ['more than FAISS reads, after lists', 'BIVF4,BFlat'],
    ['a NUL', 'BFlat\0'],
    ['a line break', 'BFlat\n'],
    ['no lists', 'BIVF0'],
    ['a negative number', 'BIVF-4'],
    ['four billion lists', 'BIVF4294967297'],
    ['lists without end', `BIVF${'9'.repeat(400)}`],
    ['a graph without links', 'BHNSW0'],
    ['a graph of one link', 'BHNSW1'],
    ['a graph of one link, as quantizer', 'BIVF4_HNSW1'],
    ['a graph of too many links', 'BHNSW100000'],
    ['hashes of no bits', 'BHash0'],
    ['more bits than a code has', 'BHash33'],
    ['more bits than a word has', 'BHash64'],
    ['no hashes', 'BHash0x4'],
    ['several hashes of no bits', 'BHash4x0'],
    ['hashes that together have more bits than a code', 'BHash5x8'],
  ])('refuses a factory with %s', async (_, factory) => {
    await failure('INVALID_FACTORY', () => FaissBinaryIndex.create({ bits: 32, factory }));
  });

  test('refuses lists whose training would take all memory', async () => {
    await failure('INVALID_FACTORY', () =>
      FaissBinaryIndex.create({ bits: 524_288, factory: 'BIVF1048576' }),
    );
  });
});

describe.each(['BFlat', 'BIVF4', 'BHNSW8', 'BHash8', 'BHash4x8'])('%s', (factory) => {
  test.each([
    ['an array', [0, 0, 0, 0]],
    ['floats', new Float32Array(1)],
    ['clamped bytes', new Uint8ClampedArray(4)],
    ['signed bytes', new Int8Array(4)],
    ['text', 'abcd'],
    ['nothing', undefined],
    ['a part of a code', new Uint8Array(6)],
  ])('refuses %s as codes, anywhere', async (_, codes) => {
    await using index = await filled(factory);
    await failure('INVALID_ARGUMENT', () => index.add(any(codes), consecutiveIds(1, 99n)));
    await failure('INVALID_ARGUMENT', () => index.train(any(codes)));
    await failure('INVALID_ARGUMENT', () => index.search(any(codes), { k: 1 }));
    await failure('INVALID_ARGUMENT', () => index.rangeSearch(any(codes), { radius: 1 }));
    expect(index.size).toBe(10);
  });

  test.each([
    ['an array of texts', ['99']],
    ['unsigned ids', new BigUint64Array(1)],
    ['null', null],
    ['the reserved id -1', new BigInt64Array([-1n])],
    ['too many ids', new BigInt64Array(2)],
    ['no ids', new BigInt64Array(0)],
  ])('refuses %s as ids', async (_, ids) => {
    await using index = await filled(factory);
    await failure('INVALID_ARGUMENT', () => index.add(new Uint8Array(4), any(ids)));
    expect(index.size).toBe(10);
  });

  test('refuses an id that is in, and adds nothing of its batch', async () => {
    await using index = await filled(factory);
    const message = await failure('DUPLICATE_ID', () =>
      index.add(randomCodes(3, 32), new BigInt64Array([50n, 9n, 51n])),
    );
    expect(message).toContain('Id 9');
    await failure('DUPLICATE_ID', () => index.add(randomCodes(2, 32), new BigInt64Array([7n, 7n])));
    expect([index.size, index.has(50n), index.has(9n)]).toEqual([10, false, true]);
    await index.add(randomCodes(1, 32), new BigInt64Array([50n]));
  });

  test.each([0, -1, 1.5, Number.NaN, '1', 1n, null, undefined, 65_537])(
    'refuses k %s',
    async (k) => {
      await using index = await filled(factory);
      await failure('INVALID_ARGUMENT', () => index.search(new Uint8Array(4), { k: any(k) }));
    },
  );

  test.each([-1, 1.5, Number.NaN, '1', 1n, null, undefined, 34, 2 ** 31])(
    'refuses radius %s',
    async (radius) => {
      await using index = await filled(factory);
      await failure('INVALID_ARGUMENT', () =>
        index.rangeSearch(new Uint8Array(4), { radius: any(radius) }),
      );
    },
  );

  test('refuses parameters of other kinds, and values out of range', async () => {
    await using index = await filled(factory);
    const good: Record<string, unknown> = {};
    if (factory.startsWith('BIVF')) good.nprobe = 4;
    if (factory.startsWith('BHNSW')) good.efSearch = 65_536;
    if (factory.startsWith('BHash')) good.nflip = 8;
    for (const name of ['nprobe', 'efSearch', 'nflip']) {
      for (const value of [-1, 1.5, 1e6, '1', null]) {
        await failure('INVALID_ARGUMENT', () =>
          index.search(new Uint8Array(4), any({ k: 1, [name]: value })),
        );
      }
      const search = () => index.search(new Uint8Array(4), any({ k: 1, [name]: good[name] ?? 1 }));
      await (name in good ? search() : failure('INVALID_ARGUMENT', search));
    }
  });

  test('refuses wrong options and more results than there can be', async () => {
    await using index = await filled(factory);
    await failure('INVALID_ARGUMENT', () => index.search(new Uint8Array(4), any(undefined)));
    await failure('INVALID_ARGUMENT', () => index.rangeSearch(new Uint8Array(4), any(null)));
    await failure('INVALID_ARGUMENT', () => index.search(new Uint8Array(4 * 2049), { k: 65_536 }));
    await failure('INVALID_ARGUMENT', () => index.remove(any(['1'])));
    for (const id of [1.5, '1', 2n ** 63n, null]) {
      await failure('INVALID_ARGUMENT', () => index.reconstruct(any(id)));
      await failure('INVALID_ARGUMENT', () => index.has(any(id)));
    }
  });

  test('says which ids are not there', async () => {
    await using index = await filled(factory);
    const message = await failure('ID_NOT_FOUND', () => index.reconstruct(10n));
    expect(message).toContain('id 10');
    await failure('ID_NOT_FOUND', () => index.reconstruct(-(2n ** 63n)));
    expect(index.has(-1n)).toBe(false);
  });

  test('can be asked nothing when it was disposed', async () => {
    const index = await filled(factory);
    const last = index.search(randomCodes(1, 32), { k: 1 });
    await Promise.all([index[Symbol.asyncDispose](), index[Symbol.asyncDispose]()]);
    expect((await last).ids).toEqual(new BigInt64Array([0n]));
    const code = new Uint8Array(4);
    const calls: (() => unknown)[] = [
      () => index.size,
      () => index.isTrained,
      () => index.add(code),
      () => index.train(code),
      () => index.search(code, { k: 1 }),
      () => index.rangeSearch(code, { radius: 1 }),
      () => index.remove(new BigInt64Array(1)),
      () => index.reset(),
      () => index.reconstruct(1n),
      () => index.has(1n),
      () => index.save('/nowhere'),
      () => index.toBuffer(),
      () => index.toStream(),
    ];
    for (const call of calls) {
      await failure('DISPOSED', call);
    }
  });

  test('codes that are transferred away are an error, later changes have no effect', async () => {
    await using index = await filled(factory);
    const gone = new Uint8Array(4);
    structuredClone(gone, { transfer: [gone.buffer] });
    await failure('INVALID_ARGUMENT', () => index.search(gone, { k: 1 }));
    const code = randomCodes(1, 32, 5);
    const ids = new BigInt64Array([77n]);
    const adding = index.add(code, ids);
    structuredClone(code, { transfer: [code.buffer] });
    ids.fill(-1n);
    await adding;
    expect(await index.reconstruct(77n)).toEqual(randomCodes(1, 32, 5));
  });
});

test('lists want training, with a code for each list at least', async () => {
  await using index = FaissBinaryIndex.create({ bits: 32, factory: 'BIVF16' });
  for (const call of [
    () => index.add(new Uint8Array(4)),
    () => index.search(new Uint8Array(4), { k: 1 }),
    () => index.rangeSearch(new Uint8Array(4), { radius: 1 }),
  ]) {
    await failure('NOT_TRAINED', call);
  }
  await failure('TRAINING_SET_TOO_SMALL', () => index.train(new Uint8Array(0)));
  await failure('TRAINING_SET_TOO_SMALL', () => index.train(randomCodes(15, 32)));
  expect(index.isTrained).toBe(false);
  await index.train(randomCodes(16, 32));
  await index.add(randomCodes(5, 32));
  await failure('UNSUPPORTED', () => index.train(randomCodes(16, 32)));
});

test('codes that are all the same can be trained with', async () => {
  await using index = FaissBinaryIndex.create({ bits: 32, factory: 'BIVF4' });
  await index.train(new Uint8Array(4 * 100));
  await index.add(new Uint8Array(4 * 3));
  const { ids } = await index.search(new Uint8Array(4), { k: 3, nprobe: 4 });
  expect([...ids].sort()).toEqual([0n, 1n, 2n]);
});

test('a graph says that it can not remove or search by radius, and what can', async () => {
  await using index = await filled('BHNSW8');
  for (const call of [
    () => index.remove(consecutiveIds(1)),
    () => index.rangeSearch(new Uint8Array(4), { radius: 3 }),
  ]) {
    expect(await failure('UNSUPPORTED', call)).toContain('BFlat, BIVF and BHash');
  }
});

test('flips that would take forever are refused', async () => {
  await using index = FaissBinaryIndex.create({ bits: 64, factory: 'BHash56' });
  // 1 + 56 + 1,540 + 27,720 + 367,290 buckets are fewer than 2^20; 3,819,816 more are not.
  await index.search(new Uint8Array(8), { k: 1, nflip: 4 });
  const message = await failure('INVALID_ARGUMENT', () =>
    index.search(new Uint8Array(8), { k: 1, nflip: 5 }),
  );
  expect(message).toContain('from 0 to 4');
});
