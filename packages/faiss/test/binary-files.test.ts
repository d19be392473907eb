import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaissBinaryIndex, FaissIndex } from '../src/index.js';
import { ended, startChild } from './child-process.js';
import { randomCodes, trainIfNeeded } from './codes.js';
import { consecutiveIds, failure } from './vectors.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faiss-binary-'));
});

afterAll(() => rm(folder, { recursive: true }));

const KINDS = ['BFlat', 'BIVF4', 'BIVF4_HNSW4', 'BHNSW8', 'BHash8', 'BHash3x7'];

async function filled(factory: string, count: number): Promise<FaissBinaryIndex> {
  const index = FaissBinaryIndex.create({ bits: 48, factory });
  await trainIfNeeded(index);
  await index.add(randomCodes(count, 48), consecutiveIds(count, -(2n ** 40n)));
  return index;
}

describe.each(KINDS)('%s', (factory) => {
  test('comes back from a file, from memory and from a stream the same', async () => {
    await using index = await filled(factory, 300);
    const path = join(folder, factory);
    await index.save(path, { note: 'as of 人' });
    const bytes = await index.toBuffer({ note: 'as of 人' });
    expect(await readFile(path)).toEqual(Buffer.from(bytes));
    expect(await buffer(index.toStream({ note: 'as of 人' }))).toEqual(Buffer.from(bytes));
    const queries = randomCodes(20, 48, 3);
    const before = await index.search(queries, { k: 5 });
    for (const copy of [
      await FaissBinaryIndex.load(path),
      await FaissBinaryIndex.fromBuffer(bytes),
      await FaissBinaryIndex.fromStream(index.toStream({ note: 'as of 人' })),
    ]) {
      expect(copy).toMatchObject({ bits: 48, factory, size: 300, note: 'as of 人' });
      const after = await copy.search(queries, { k: 5 });
      expect(after.distances).toEqual(before.distances);
      const clash = () => copy.add(randomCodes(1, 48), new BigInt64Array([-(2n ** 40n)]));
      await failure('DUPLICATE_ID', clash);
      await copy.add(randomCodes(1, 48, 8), new BigInt64Array([5n]));
      expect(await copy.reconstruct(5n)).toEqual(randomCodes(1, 48, 8));
      await copy[Symbol.asyncDispose]();
    }
  });

  test('comes back when it is empty or not trained', async () => {
    await using index = FaissBinaryIndex.create({ bits: 48, factory });
    await using copy = await FaissBinaryIndex.fromBuffer(await index.toBuffer());
    expect([copy.size, copy.isTrained, copy.note]).toEqual([0, index.isTrained, '']);
    await trainIfNeeded(copy);
    await copy.add(randomCodes(2, 48));
    expect(copy.size).toBe(2);
  });

  test('no changed or missing byte is loaded, or crashes the process', async () => {
    await using index = await filled(factory, 2);
    const path = join(folder, `${factory}-small`);
    const bytes = await index.toBuffer({ note: 'n' });
    await writeFile(path, bytes);
    const child = await ended(startChild('damaged-buffers.ts', [path]));
    expect({ ...child, output: '' }).toEqual({ code: 0, signal: null, output: '', errors: '' });
    expect(JSON.parse(child.output)).toEqual({ CORRUPT_FILE: 2 * bytes.length, 'LOADED n': 1 });
  });
});

// FAISS's own file of BHash4x8 has no place for these sizes, and loses the codes or crashes.
test.each([1, 2, 3, 4, 8, 64])(
  'hashes of %i codes that are all the same survive',
  async (count) => {
    await using index = FaissBinaryIndex.create({ bits: 64, factory: 'BHash4x8' });
    await index.add(new Uint8Array(8 * count));
    await using copy = await FaissBinaryIndex.fromBuffer(await index.toBuffer());
    const { ids } = await copy.rangeSearch(new Uint8Array(8), { radius: 1 });
    expect(ids).toEqual(consecutiveIds(count));
  },
);

test('removed codes are not in the file', async () => {
  const secret = Buffer.of(0xde, 0xad, 0xbe, 0xef, 0x12, 0x34);
  for (const factory of ['BFlat', 'BIVF4', 'BHash8', 'BHash3x7']) {
    await using index = await filled(factory, 20);
    await index.add(secret, new BigInt64Array([1n]));
    expect(Buffer.from(await index.toBuffer()).includes(secret)).toBe(true);
    await index.remove(new BigInt64Array([1n]));
    expect(Buffer.from(await index.toBuffer()).includes(secret)).toBe(false);
  }
});

test('each class says whose bytes the other one has', async () => {
  await using binary = FaissBinaryIndex.create({ bits: 8 });
  await using floats = FaissIndex.create({ dimension: 8 });
  const bytes = await floats.toBuffer();
  expect(
    await failure('CORRUPT_FILE', () => FaissBinaryIndex.fromStream(floats.toStream())),
  ).toContain('load it with FaissIndex');
  const other = await binary.toBuffer();
  expect(await failure('CORRUPT_FILE', () => FaissIndex.fromBuffer(other))).toContain(
    'load it with FaissBinaryIndex',
  );
  expect(await failure('CORRUPT_FILE', () => FaissBinaryIndex.fromBuffer(bytes))).toContain(
    'load it with FaissIndex',
  );
});
