import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BinaryRangeSearchResult,
  type BinarySearchParameters,
  FaissBinaryIndex,
} from '../src/index.js';
import { bitOf, bruteForce, codeAt, hamming, randomCodes, trainIfNeeded } from './codes.js';
import { consecutiveIds, failure } from './vectors.js';

const FARTHEST = 2 ** 31 - 1;

/** Kinds with parameters by which they look at everything. */
const EXACT: { factory: string; all?: BinarySearchParameters }[] = [
  { factory: 'BFlat' },
  { factory: 'BIVF7', all: { nprobe: 7 } },
  { factory: 'BIVF5_HNSW4', all: { nprobe: 5 } },
  { factory: 'BHash5', all: { nflip: 5 } },
  { factory: 'BHash2x4', all: { nflip: 4 } },
];
const KINDS = [...EXACT, { factory: 'BHNSW8', all: { efSearch: 1000 } }];

/** The specialised code in FAISS is for 4, 8, 16, 20, 32 and 64 bytes; the rest is for all others. */
const BYTES = [1, 2, 3, 4, 7, 8, 9, 16, 20, 31, 32, 64, 100];

function rowsOf({ offsets, ids, distances }: BinaryRangeSearchResult) {
  return Array.from({ length: offsets.length - 1 }, (_, query) => {
    const places = Array.from(ids.keys()).slice(offsets[query], offsets[query + 1]);
    return places.map((place) => ({ id: ids[place]!, distance: distances[place]! }));
  });
}

async function filled(factory: string, bits: number, count: number) {
  const index = FaissBinaryIndex.create({ bits, factory });
  await trainIfNeeded(index);
  const codes = randomCodes(count, bits, 3);
  await index.add(codes, consecutiveIds(count, 1000n));
  const stored = new Map(
    Array.from({ length: count }, (_, row) => [1000n + BigInt(row), codeAt(codes, row, bits)]),
  );
  return { index, codes, stored };
}

describe.each(KINDS)('$factory', ({ factory, all = {} }) => {
  test.each(BYTES)('finds what is nearest, by definition, in codes of %i bytes', async (bytes) => {
    const bits = bytes * 8;
    const { index, stored } = await filled(factory, Math.max(bits, 8), 150);
    const queries = randomCodes(12, bits, 7);
    const k = 10;
    const { ids, distances } = await index.search(queries, { k, ...all });
    for (let query = 0; query < 12; query++) {
      const code = codeAt(queries, query, bits);
      const row = { ids: ids.subarray(query * k, (query + 1) * k), distances: [] as number[] };
      row.distances = [...distances.subarray(query * k, (query + 1) * k)];
      const expected = bruteForce(stored, code).slice(0, k);
      expect(row.distances).toEqual(expected.map(({ distance }) => distance));
      expect(new Set(row.ids).size).toBe(k);
      expect([...row.ids].map((id) => hamming(stored.get(id)!, code))).toEqual(row.distances);
    }
    await index[Symbol.asyncDispose]();
  });

  test('has nothing to find when it is empty, and empty places where k is more than it has', async () => {
    await using index = FaissBinaryIndex.create({ bits: 64, factory });
    await trainIfNeeded(index);
    expect(await index.search(new Uint8Array(16), { k: 2 })).toEqual({
      ids: new BigInt64Array(4).fill(-1n),
      distances: new Int32Array(4).fill(FARTHEST),
      k: 2,
    });
    expect(await index.search(new Uint8Array(0), { k: 3 })).toEqual({
      ids: new BigInt64Array(0),
      distances: new Int32Array(0),
      k: 3,
    });
    await index.add(new Uint8Array(0), new BigInt64Array(0));
    await index.add(new Uint8Array(8).fill(255), new BigInt64Array([-5n]));
    const { ids, distances } = await index.search(new Uint8Array(16).fill(255), { k: 3, ...all });
    expect(ids).toEqual(new BigInt64Array([-5n, -1n, -1n, -5n, -1n, -1n]));
    expect(distances).toEqual(new Int32Array([0, FARTHEST, FARTHEST, 0, FARTHEST, FARTHEST]));
  });

  test('gives every code back, and forgets all at reset', async () => {
    const { index, codes, stored } = await filled(factory, 40, 60);
    for (const [id, code] of stored) {
      expect(await index.reconstruct(id)).toEqual(code);
    }
    await index.reset();
    expect([index.size, index.isTrained, index.has(1000n)]).toEqual([0, true, false]);
    expect((await index.search(codes, { k: 1, ...all })).ids).not.toContain(1000n);
    await index.add(codes.subarray(5 * 10), consecutiveIds(50, 0n));
    const { ids, distances } = await index.search(codes, { k: 1, ...all });
    expect([...ids].every((id) => id >= 0n && id < 50n)).toBe(true);
    expect(distances.subarray(10)).toEqual(new Int32Array(50));
    expect(distances.subarray(0, 10)).not.toContain(0);
    await index[Symbol.asyncDispose]();
  });

  test('numbers codes by itself where no ids are given', async () => {
    await using index = FaissBinaryIndex.create({ bits: 16, factory });
    await trainIfNeeded(index);
    void index.add(randomCodes(3, 16));
    await index.add(randomCodes(2, 16, 4));
    expect([0n, 4n, 5n].map((id) => index.has(id))).toEqual([true, true, false]);
    expect(await index.reconstruct(3n)).toEqual(codeAt(randomCodes(2, 16, 4), 0, 16));
  });
});

describe.each(EXACT)('$factory', ({ factory, all = {} }) => {
  test('finds all below a radius, nearest first', async () => {
    const { index, stored } = await filled(factory, 24, 300);
    const queries = randomCodes(150, 24, 9); // FAISS uses several threads above 100
    for (const radius of [0, 1, 6, 9, 25]) {
      const rows = rowsOf(await index.rangeSearch(queries, { radius, ...all }));
      for (const query of [0, 1, 77, 149]) {
        const expected = bruteForce(stored, codeAt(queries, query, 24));
        expect(rows[query]).toEqual(expected.filter(({ distance }) => distance < radius));
      }
    }
    const itself = await index.rangeSearch(stored.get(1007n)!, { radius: 1, ...all });
    expect(rowsOf(itself)[0]).toContainEqual({ id: 1007n, distance: 0 });
    const none = await index.rangeSearch(new Uint8Array(0), { radius: 9 });
    expect(none.offsets).toEqual(new Uint32Array(1));
    await index[Symbol.asyncDispose]();
  });

  // Few ids and codes, so that sequences meet the same ones, and buckets with several, again and again.
  const someIds = fc.array(fc.constantFrom(0n, 1n, 2n, -2n, 3n, 2n ** 60n, -(2n ** 63n), 77n), {
    maxLength: 5,
  });
  const operation = fc.oneof(
    fc.record({ type: fc.constant('add' as const), ids: someIds, code: fc.nat(3) }),
    fc.record({ type: fc.constant('remove' as const), ids: someIds }),
    fc.record({ type: fc.constant('reopen' as const) }),
  );

  test('agrees with a map after any operations', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 25 }), async (operations) => {
        let index = FaissBinaryIndex.create({ bits: 16, factory });
        await trainIfNeeded(index);
        const model = new Map<bigint, Uint8Array>();
        for (const step of operations) {
          if (step.type === 'reopen') {
            const bytes = await index.toBuffer();
            await index[Symbol.asyncDispose]();
            index = await FaissBinaryIndex.fromBuffer(bytes);
            continue;
          }
          const ids = BigInt64Array.from(step.ids);
          if (step.type === 'remove') {
            const present = [...new Set(ids)].filter((id) => model.delete(id));
            expect(await index.remove(ids)).toBe(present.length);
            continue;
          }
          const codes = new Uint8Array(ids.length * 2).fill(step.code);
          const clash = new Set(ids).size < ids.length || ids.some((id) => model.has(id));
          const adding = () => index.add(codes, ids);
          await (clash ? failure('DUPLICATE_ID', adding) : adding());
          if (!clash) {
            ids.forEach((id, row) => {
              model.set(id, codeAt(codes, row, 16));
            });
          }
        }
        expect(index.size).toBe(model.size);
        const query = new Uint8Array([1, 2]);
        const expected = bruteForce(model, query);
        const range = await index.rangeSearch(query, { radius: 17, ...all });
        expect(rowsOf(range)[0]).toEqual(expected);
        const k = model.size + 1;
        const { ids, distances } = await index.search(query, { k, ...all });
        expect(new Set(ids)).toEqual(new Set([...model.keys(), -1n]));
        expect([...distances]).toEqual([...expected.map(({ distance }) => distance), FARTHEST]);
        for (const [id, code] of model) {
          expect(await index.reconstruct(id)).toEqual(code);
        }
        await index[Symbol.asyncDispose]();
      }),
      { numRuns: 40, seed: 4 },
    );
  });
});

/** Whether a code is in one of the buckets that a hash search looks at, by definition. */
function isLookedAt(
  code: Uint8Array,
  query: Uint8Array,
  { hashes, hashBits, nflip }: { hashes: number; hashBits: number; nflip: number },
): boolean {
  return Array.from({ length: hashes }, (_, table) => {
    const bits = Array.from({ length: hashBits }, (_, i) => table * hashBits + i);
    return bits.filter((bit) => bitOf(code, bit) !== bitOf(query, bit)).length;
  }).some((flips) => flips <= nflip);
}

test.each([
  { factory: 'BHash6', hashes: 1, hashBits: 6 },
  { factory: 'BHash13', hashes: 1, hashBits: 13 },
  { factory: 'BHash3x5', hashes: 3, hashBits: 5 },
  { factory: 'BHash4x10', hashes: 4, hashBits: 10 },
])(
  '$factory finds exactly what shares a hash but for nflip bits',
  async ({ factory, ...shape }) => {
    const bits = 40;
    const { index, stored } = await filled(factory, bits, 400);
    const queries = randomCodes(5, bits, 21);
    const counts: number[] = [];
    for (let nflip = 0; nflip <= 4; nflip++) {
      const found = await index.rangeSearch(queries, { radius: 19, nflip });
      const rows = rowsOf(found);
      for (let query = 0; query < 5; query++) {
        const code = codeAt(queries, query, bits);
        const expected = bruteForce(stored, code).filter(
          ({ id, distance }) =>
            distance < 19 && isLookedAt(stored.get(id)!, code, { ...shape, nflip }),
        );
        expect(rows[query]).toEqual(expected);
      }
      counts.push(found.ids.length);
    }
    expect(counts[4]).toBeGreaterThan(counts[0]!); // else nflip was never seen
    await index[Symbol.asyncDispose]();
  },
);

test('more lists find more, and all of them everything', async () => {
  const { index, stored } = await filled('BIVF20', 64, 1000);
  const queries = randomCodes(30, 64, 5);
  let before = 0;
  for (const nprobe of [1, 3, 8, 20]) {
    const { ids, distances } = await index.search(queries, { k: 5, nprobe });
    let hits = 0;
    for (let query = 0; query < 30; query++) {
      const code = codeAt(queries, query, 64);
      const kth = bruteForce(stored, code)[4]!.distance;
      for (let place = query * 5; place < query * 5 + 5; place++) {
        if (ids[place] === -1n) continue;
        expect(distances[place]).toBe(hamming(stored.get(ids[place]!)!, code));
        hits += distances[place]! <= kth ? 1 : 0;
      }
    }
    expect(hits).toBeGreaterThanOrEqual(before);
    before = hits;
  }
  expect(before).toBe(150);
  await index[Symbol.asyncDispose]();
});

test('a wider look at the graph finds more', async () => {
  const { index, stored } = await filled('BHNSW8', 128, 2000);
  const queries = randomCodes(40, 128, 6);
  const recalls: number[] = [];
  for (const efSearch of [1, 200]) {
    const { ids } = await index.search(queries, { k: 1, efSearch });
    const hits = [...ids].filter((id, query) => {
      const code = codeAt(queries, query, 128);
      return hamming(stored.get(id)!, code) === bruteForce(stored, code)[0]!.distance;
    });
    recalls.push(hits.length / 40);
  }
  expect(recalls[1]).toBeGreaterThan(0.9);
  expect(recalls[1]).toBeGreaterThan(recalls[0]!);
  await index[Symbol.asyncDispose]();
});

test('searches see what was there when they were asked for', async () => {
  await using index = FaissBinaryIndex.create({ bits: 64, factory: 'BHash2x4' });
  const counts: Promise<number>[] = [];
  for (let round = 0; round < 20; round++) {
    void index.add(randomCodes(10, 64, round + 1), consecutiveIds(10, BigInt(round * 10)));
    for (const nflip of [4, 4, 0, 4]) {
      const search = index.rangeSearch(randomCodes(1, 64), { radius: 65, nflip });
      if (nflip === 4) counts.push(search.then(({ ids }) => ids.length));
      else void search;
    }
    void index.remove(consecutiveIds(5, BigInt(round * 10)));
  }
  expect(await Promise.all(counts)).toEqual(
    Array.from({ length: 60 }, (_, i) => 5 * Math.floor(i / 3) + 10),
  );
});

test('the longest codes there can be', async () => {
  await using index = FaissBinaryIndex.create({ bits: 524_288 });
  const codes = randomCodes(3, 524_288);
  await index.add(codes);
  const opposite = codeAt(codes, 1, 524_288).map((byte) => ~byte);
  const { ids, distances } = await index.search(opposite, { k: 3 });
  expect([ids[2], distances[2]]).toEqual([1n, 524_288]);
});

test('a radius with more results than there can be says so', async () => {
  await using index = FaissBinaryIndex.create({ bits: 8 });
  await index.add(new Uint8Array(200_000));
  const { offsets } = await index.rangeSearch(new Uint8Array(50), { radius: 1 });
  expect(offsets).toEqual(Uint32Array.from({ length: 51 }, (_, i) => i * 200_000));
  const message = await failure('INVALID_ARGUMENT', () =>
    index.rangeSearch(new Uint8Array(168), { radius: 1 }),
  );
  expect(message).toContain('smaller radius');
});
