import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { exportKind, KINDS } from './faiss-files.js';
import { fuzz } from './fuzz.js';

// A sample; `npm run fuzz -w packages/faiss` tries as many as you like, also of Python's files.
const SEEDS_EACH = 12;

test('no damaged file in FAISS’s format crashes, hangs, or takes memory', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faiss-fuzz-'));
  try {
    const files: string[] = [];
    for (const kind of KINDS) {
      files.push(await exportKind(folder, kind));
    }
    const { tried, outcomes, ...failures } = await fuzz(files, { folder, seeds: [0, SEEDS_EACH] });
    expect(failures).toEqual({ crashed: [], hung: [], overAllocated: [], odd: [] });
    expect(tried).toBe(KINDS.length * SEEDS_EACH);
    // Else nothing would have been tested: neither the walk nor what it lets through.
    expect(outcomes.CORRUPT_FILE).toBeGreaterThan(tried / 4);
    expect(outcomes.LOADED).toBeGreaterThan(tried / 10);
  } finally {
    await rm(folder, { recursive: true });
  }
});
