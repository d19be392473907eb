import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FaissIndex } from '../src/index.js';
import { ended, startChild } from './child-process.js';
import { consecutiveIds, failure, randomVectors, trainIfNeeded } from './vectors.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faiss-corrupt-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function savedFile(factory: string): Promise<string> {
  const path = join(folder, factory);
  await using index = FaissIndex.create({ dimension: 8, factory });
  await trainIfNeeded(index);
  await index.add(randomVectors(200, 8), consecutiveIds(200));
  await index.save(path, { note: 'kept' });
  return path;
}

describe.each(['Flat', 'SQ8', 'IVF8,Flat', 'HNSW8', 'PCA4,IVF8,SQ8', 'PQ4x4fs,RFlat'])(
  '%s',
  (factory) => {
    test('no damage is loaded, crashes the process, or takes memory', async () => {
      const path = await savedFile(factory);
      const child = await ended(startChild('load-damaged.ts', [path]));
      expect({ ...child, output: '' }).toEqual({ code: 0, signal: null, output: '', errors: '' });
      const { tried, outcomes, grownMiB } = JSON.parse(child.output.split('\n').at(-2) ?? '');
      expect(tried).toBeGreaterThan(400);
      expect(outcomes).toEqual({ CORRUPT_FILE: tried });
      expect(grownMiB).toBeLessThan(100);
    });
  },
);

test.each([
  ['an empty file', Buffer.alloc(0)],
  ['a text', Buffer.from('Dear Sir or Madam,\n'.repeat(20))],
  ['zeros', Buffer.alloc(4096)],
  ['only the first bytes', Buffer.from('fdxfaiss')],
  ["FAISS's own format", Buffer.concat([Buffer.from('IxF2'), Buffer.alloc(200)])],
])('%s is no index', async (_, content) => {
  const path = join(folder, 'other');
  await writeFile(path, content);
  const message = await failure('CORRUPT_FILE', () => FaissIndex.load(path));
  expect(message).toContain(path);
  expect(message).toContain('build the index anew');
});

test('a file of a later version says so', async () => {
  const path = await savedFile('Flat');
  const bytes = await readFile(path);
  bytes.writeUInt32LE(2, 8);
  await writeFile(path, bytes);
  const message = await failure('CORRUPT_FILE', () => FaissIndex.load(path));
  expect(message).toContain('expected format version 1, it says 2');
});
