import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaissIndex } from '../src/index.js';
import { ended, startChild } from './child-process.js';
import { consecutiveIds, failure, randomVectors, trainIfNeeded } from './vectors.js';
import { xxh64 } from './xxh64.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faiss-files-'));
});

afterAll(() => rm(folder, { recursive: true }));

const KINDS = [
  'Flat',
  'SQ8',
  'PQ4x4',
  'IVF8,Flat',
  'IVF8,SQ8',
  'HNSW8',
  'IVF8_HNSW4,Flat',
  'PCA4,IVF8,Flat',
  'SQ8,RFlat',
  'PQ4x4fs,RFlat',
];

describe.each(KINDS)('%s', (factory) => {
  test.each(['l2', 'inner_product'] as const)(
    'comes back from a file the same, by %s',
    async (metric) => {
      const path = join(folder, `${factory}-${metric}`);
      const options = { dimension: 8, factory, metric };
      await using saved = FaissIndex.create(options);
      await trainIfNeeded(saved);
      await saved.add(randomVectors(300, 8), consecutiveIds(300, -(2n ** 40n)));
      await saved.save(path, { note: 'as of change 12 — 人' });
      await using loaded = await FaissIndex.load(path);
      expect(loaded).toMatchObject({ ...options, size: 300, isTrained: true });
      expect(loaded.note).toBe('as of change 12 — 人');
      expect(saved.note).toBe('');
      const queries = randomVectors(20, 8, 3);
      expect(await loaded.search(queries, { k: 5 })).toEqual(await saved.search(queries, { k: 5 }));

      // It is as alive as the one that was saved.
      for (const index of [saved, loaded]) {
        await failure('DUPLICATE_ID', () =>
          index.add(randomVectors(1, 8), new BigInt64Array([-(2n ** 40n)])),
        );
        await index.add(randomVectors(5, 8, 7), consecutiveIds(5, 9n));
      }
      expect(await loaded.reconstruct(10n)).toEqual(await saved.reconstruct(10n));
      expect(await loaded.search(queries, { k: 5 })).toEqual(await saved.search(queries, { k: 5 }));
    },
  );
});

test('an index that is empty, or not trained, can be kept as well', async () => {
  const path = join(folder, 'untrained');
  await using index = FaissIndex.create({ dimension: 3, factory: 'IVF4,Flat' });
  await index.save(path);
  await using loaded = await FaissIndex.load(path);
  expect([loaded.size, loaded.isTrained, loaded.note]).toEqual([0, false, '']);
  await loaded.train(randomVectors(100, 3));
  await loaded.add(randomVectors(2, 3), consecutiveIds(2));
  await loaded.save(path);
  expect((await FaissIndex.load(path)).size).toBe(2);
});

test('removed vectors are not in the file', async () => {
  const path = join(folder, 'erased');
  await using index = FaissIndex.create({ dimension: 2 });
  const secret = new Float32Array([1234.5, 6789.25]);
  await index.add(secret, consecutiveIds(1, 7n));
  await index.add(new Float32Array(2), consecutiveIds(1, 8n));
  await index.remove(new BigInt64Array([7n]));
  await index.save(path);
  expect((await readFile(path)).includes(Buffer.from(secret.buffer))).toBe(false);
});

test('the same index gives the same bytes', async () => {
  const paths = ['one', 'two'].map((name) => join(folder, name));
  for (const path of paths) {
    await using index = FaissIndex.create({ dimension: 8, factory: 'HNSW8' });
    await index.add(randomVectors(50, 8), consecutiveIds(50));
    await index.save(path, { note: 'same' });
  }
  expect(await readFile(paths[0]!)).toEqual(await readFile(paths[1]!));
});

test('the checksum at the end is XXH64, whatever the length', async () => {
  // From the specification's test vectors.
  expect(xxh64(Buffer.from(''))).toBe(0xef46db3751d8e999n);
  expect(xxh64(Buffer.from('abc'))).toBe(0x44bc2cf5ad770999n);
  const path = join(folder, 'checksum');
  await using index = FaissIndex.create({ dimension: 3 });
  await index.add(randomVectors(5, 3), consecutiveIds(5));
  for (let noteLength = 0; noteLength < 40; noteLength++) {
    await index.save(path, { note: 'x'.repeat(noteLength) });
    const bytes = await readFile(path);
    expect(bytes.readBigUInt64LE(bytes.length - 8)).toBe(xxh64(bytes.subarray(0, -8)));
  }
});

test('a save replaces what was there, and leaves nothing beside', async () => {
  const own = await mkdtemp(join(folder, 'replace-'));
  const path = join(own, 'index');
  await writeFile(path, 'something longer than nothing');
  await using index = FaissIndex.create({ dimension: 2 });
  await index.save(path);
  await index.save(path);
  expect((await FaissIndex.load(path)).size).toBe(0);
  expect(await readdir(own)).toEqual(['index']);
});

test('what a killed save left beside is taken over, but never through a link', async () => {
  const own = await mkdtemp(join(folder, 'leftover-'));
  const path = join(own, 'index');
  await using index = FaissIndex.create({ dimension: 2 });
  await writeFile(`${path}.tmp`, Buffer.alloc(1_000_000, 1));
  await index.save(path);
  expect((await stat(path)).size).toBeLessThan(1000);
  const victim = join(own, 'victim');
  await writeFile(victim, 'precious');
  await symlink(victim, `${path}.tmp`);
  await failure('IO_FAILED', () => index.save(path));
  expect(await readFile(victim, 'utf8')).toBe('precious');
});

test('saves to one file at the same time: each succeeds or says why, and the file is whole', async () => {
  const path = join(folder, 'contested');
  await using index = FaissIndex.create({ dimension: 64 });
  await index.add(randomVectors(2000, 64), consecutiveIds(2000));
  const saves = await Promise.allSettled(Array.from({ length: 12 }, () => index.save(path)));
  const failures = saves.flatMap((save) => (save.status === 'rejected' ? [save.reason] : []));
  expect(failures.length).toBeLessThan(12);
  for (const error of failures) {
    expect(error).toMatchObject({ code: 'IO_FAILED' });
  }
  expect((await FaissIndex.load(path)).size).toBe(2000);
});

test('a process killed while it saves leaves the old file or the new one', async () => {
  const path = join(folder, 'killed');
  await using old = FaissIndex.create({ dimension: 4 });
  await old.add(randomVectors(3, 4), consecutiveIds(3));
  await old.save(path, { note: 'round 0' });
  let halfWay = 0;
  for (let round = 0; round < 6; round++) {
    const child = startChild('save-forever.ts', [path]);
    const end = ended(child);
    await new Promise((started) => child.stdout?.once('data', started));
    await setTimeout(15 + 11 * round);
    child.kill('SIGKILL');
    expect((await end).signal).toBe('SIGKILL');
    await using found = await FaissIndex.load(path);
    expect(found.note).toMatch(/^round \d+$/);
    halfWay += (await readdir(folder)).includes('killed.tmp') ? 1 : 0;
  }
  expect(halfWay).toBeGreaterThan(0); // else the kills came at the wrong moments to show anything
});
