import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaissIndex } from '../src/index.js';
import { failure, randomVectors, trainIfNeeded } from './vectors.js';

const DIMENSION = 8;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faiss-mapped-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

/** Three parts of 400 vectors in files, and one index with all of them. */
async function parts(factory: string) {
  const whole = FaissIndex.create({ dimension: DIMENSION, factory });
  await trainIfNeeded(whole);
  const paths: string[] = [];
  for (let part = 0; part < 3; part++) {
    await using index = await whole.clone();
    await index.reset();
    const ids = Array.from({ length: 400 }, (_, i) => part * 1000 + i);
    const vectors = randomVectors(400, DIMENSION, part + 1);
    await index.add(vectors, ids);
    paths.push(join(folder, `${factory}-${part}.faiss`));
    await index.save(paths[part]!);
    await whole.add(vectors, ids);
  }
  await whole.setParameters({ nprobe: whole.listCount });
  return { whole, paths };
}

describe.each([
  'IVF4,Flat',
  'IVF4,SQ8',
  'IVF4,PQ4x4',
  'PCA4,IVF4,Flat',
  'L2norm,IVF4_HNSW4,SQfp16',
])('%s', (factory) => {
  test('searched in its file gives the same as in memory', async () => {
    const { whole, paths } = await parts(factory);
    await using _ = whole;
    const target = join(folder, `${factory}.faiss`);
    await FaissIndex.mergeFiles(paths, target, { note: 'merged' });
    const queries = randomVectors(20, DIMENSION, 9);
    for (const options of [{ memoryMap: true }, { readOnly: true }, {}]) {
      await using index = await FaissIndex.load(target, options);
      expect(index.isReadOnly).toBe(Object.keys(options).length > 0);
      expect(index).toMatchObject({ note: 'merged', size: 1200, dimension: DIMENSION, factory });
      await index.setParameters({ nprobe: index.listCount });
      expect(await index.ids()).toEqual(await whole.ids());
      for (const search of [
        { k: 10 },
        { k: 10, filter: { range: [1000, 1200] as const } },
        { k: 10, filter: { not: { ids: [5, 6] } } },
        { k: 10, filter: { ids: [3, 1001, 2002, 99_999] } },
      ]) {
        const expected = await whole.search(queries, search);
        const found = await index.search(queries, search);
        expect(found.distances).toEqual(expected.distances);
      }
      const radius = 3;
      expect((await index.rangeSearch(queries, { radius })).offsets).toEqual(
        (await whole.rangeSearch(queries, { radius })).offsets,
      );
      const some = [2003n, 7n, 2003n, 1399n];
      expect(await index.reconstructMany(some)).toEqual(await whole.reconstructMany(some));
      await failure('ID_NOT_FOUND', () => index.reconstruct(400));
      expect(await index.assign(queries, { k: 2 })).toEqual(await whole.assign(queries, { k: 2 }));
    }
  });
});

test('a read-only index refuses changes, a mapped one also to be written', async () => {
  const { whole, paths } = await parts('IVF4,SQ8');
  await using _ = whole;
  const path = paths[0]!;
  for (const options of [{ memoryMap: true }, { readOnly: true }]) {
    await using index = await FaissIndex.load(path, options);
    for (const change of [
      () => index.add(randomVectors(1, DIMENSION)),
      () => index.update(randomVectors(1, DIMENSION), [1]),
      () => index.remove([1]),
      () => index.remove({ range: [0, 10] }),
      () => index.train(randomVectors(100, DIMENSION)),
      () => index.reset(),
      () => index.compact(),
      () => index.mergeFrom(whole),
      () => whole.mergeFrom(index),
      () => index.has(1),
    ]) {
      await failure('UNSUPPORTED', change);
    }
    expect(index.size).toBe(400);
    if (options.readOnly) {
      await using clone = await index.clone();
      expect((await index.toBuffer()).length).toBeGreaterThan(400 * 8);
      expect(clone.size).toBe(400);
    } else {
      await failure('UNSUPPORTED', () => index.save(path));
      await failure('UNSUPPORTED', () => index.toBuffer());
      await failure('UNSUPPORTED', () => index.clone());
      await failure('UNSUPPORTED', () => index.exportFaiss(join(folder, 'x')));
      expect(() => index.toStream()).toThrow('memoryMap');
    }
  }
});

test.each(['Flat', 'HNSW8', 'IVF4,PQ4x4fs', 'IVF4,SQ8,RFlat'])(
  '%s can be read-only, but not mapped',
  async (factory) => {
    const path = join(folder, 'rows.faiss');
    await using index = FaissIndex.create({ dimension: DIMENSION, factory });
    await trainIfNeeded(index);
    await index.add(randomVectors(100, DIMENSION));
    await index.remove([50]);
    await index.save(path);
    await failure('UNSUPPORTED', () => FaissIndex.load(path, { memoryMap: true }));
    await using loaded = await FaissIndex.load(path, { readOnly: true });
    expect(loaded.size).toBe(99);
    expect(await loaded.ids()).toEqual(await index.ids());
    const queries = randomVectors(5, DIMENSION, 3);
    for (const options of [{ k: 5 }, { k: 5, filter: { ids: [1, 2, 3, 50] } }]) {
      expect(await loaded.search(queries, options)).toEqual(await index.search(queries, options));
    }
    expect(await loaded.reconstructMany([9, 3, 9])).toEqual(await index.reconstructMany([9, 3, 9]));
  },
);

test('a mapped index goes on when its file is replaced', async () => {
  const { whole, paths } = await parts('IVF4,Flat');
  await using _ = whole;
  const target = join(folder, 'replaced.faiss');
  await FaissIndex.mergeFiles(paths, target);
  await using mapped = await FaissIndex.load(target, { memoryMap: true });
  const queries = randomVectors(5, DIMENSION, 3);
  const before = await mapped.search(queries, { k: 5 });
  await FaissIndex.mergeFiles([paths[0]!], target);
  expect(await mapped.search(queries, { k: 5 })).toEqual(before);
  await using next = await FaissIndex.load(target, { memoryMap: true });
  expect(next.size).toBe(400);
});

describe('merging files', () => {
  test('refuses parts that don’t fit together, and writes nothing', async () => {
    const { whole, paths } = await parts('IVF4,Flat');
    await using _ = whole;
    const target = join(folder, 'refused.faiss');
    await using stranger = FaissIndex.create({ dimension: DIMENSION, factory: 'IVF4,Flat' });
    await stranger.train(randomVectors(500, DIMENSION, 77));
    await stranger.add(
      randomVectors(100, DIMENSION),
      Array.from({ length: 100 }, (_, i) => -5 - i),
    );
    const strange = join(folder, 'stranger.faiss');
    await stranger.save(strange);
    await failure('INVALID_ARGUMENT', () => FaissIndex.mergeFiles([paths[0]!, strange], target));
    const twice = [paths[0]!, paths[1]!, paths[0]!];
    const message = await failure('DUPLICATE_ID', () => FaissIndex.mergeFiles(twice, target));
    expect(message).toContain('have 0.');
    const missing = [paths[0]!, join(folder, 'none')];
    await failure('FILE_NOT_FOUND', () => FaissIndex.mergeFiles(missing, target));
    await failure('INVALID_ARGUMENT', () => FaissIndex.mergeFiles([], target));
    await failure('INVALID_ARGUMENT', () => FaissIndex.mergeFiles('x' as never, target));
    await expect(stat(target)).rejects.toThrow('ENOENT');
  });
});

test('no damage crashes a mapped index', async () => {
  const { whole, paths } = await parts('IVF4,SQ8');
  await using _ = whole;
  const good = await readFile(paths[0]!);
  const path = join(folder, 'damaged.faiss');
  let loaded = 0;
  for (let offset = 0; offset < good.length; offset += offset < 1200 ? 1 : 37) {
    const bad = Buffer.from(good);
    bad[offset]! ^= 0xff;
    await writeFile(path, bad);
    try {
      await using index = await FaissIndex.load(path, { memoryMap: true });
      await index.search(randomVectors(3, DIMENSION, 5), { k: 5, nprobe: 4 });
      await index.ids();
      loaded++;
    } catch (error) {
      expect((error as { code: string }).code).toMatch(/^(CORRUPT_FILE|UNSUPPORTED|FAISS_FAILED)$/);
    }
  }
  expect(loaded).toBeGreaterThan(50); // codes and ids can be anything
  for (const length of [0, 8, 63, 64, 100, good.length - 9, good.length - 1]) {
    await writeFile(path, good.subarray(0, length));
    await failure('CORRUPT_FILE', () => FaissIndex.load(path, { memoryMap: true }));
  }
});

test.each([{ memoryMap: 1 }, { readOnly: 'yes' }, { memoryMap: true, readOnly: false }, null])(
  'options %o are refused',
  async (options) => {
    await failure('INVALID_ARGUMENT', () => FaissIndex.load('x', options as never));
  },
);
