import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

// `npm run leaks` has more kinds and more rounds.
const CHILD = fileURLToPath(new URL('./stress/leak-child.ts', import.meta.url));
const ROUNDS = 20;
/** One index lost in a round is 64 KB; 64 bytes in each failing call are 70 KB. */
const MOST_BYTES_A_ROUND = 30 * 1024;
/** V8 keeps some for a while; an object in each failing call would be some 90 KB. */
const MOST_HEAP_BYTES_A_ROUND = 40 * 1024;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faiss-leaks-'));
});

afterAll(() => rm(folder, { recursive: true }));

test.each(['Flat', 'IVF16,SQ8'])(
  '%s leaves no memory behind, disposed or not, with calls that fail among the others',
  (kind) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--expose-gc', '--import', 'tsx', CHILD, folder, kind, String(ROUNDS)],
      {
        encoding: 'utf8',
        env: { ...process.env, OMP_NUM_THREADS: '1' },
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const { grown, heapGrown } = JSON.parse(stdout);
    expect(grown).toBeLessThan(MOST_BYTES_A_ROUND);
    expect(heapGrown).toBeLessThan(MOST_HEAP_BYTES_A_ROUND);
  },
);
