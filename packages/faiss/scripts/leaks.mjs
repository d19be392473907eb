#!/usr/bin/env node
// Does memory grow? Makes, fills, asks, saves, loads, clones, merges and drops indexes of several
// kinds, each kind in a process of its own, with calls that fail among them and every second index
// left to the garbage collector. Prints by how much memory grows from round to round after a warm-up,
// and ends with 1 where that is beyond the bound.
//
//   node scripts/leaks.mjs [--rounds 80] [kind …]
//
// What is measured is what malloc has given out (by glibc; elsewhere all resident memory), and V8's heap
// after a collection. Resident memory by itself tells too little: V8's comes and goes by MB, and what
// is lost fits into gaps for long.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const CHILD = fileURLToPath(new URL('../test/stress/leak-child.ts', import.meta.url));
const KINDS = [
  'Flat',
  'SQ8',
  'LSHt',
  'HNSW16',
  'IVF16,Flat',
  'IVF16,PQ8x4np',
  'IVF16_HNSW8,SQ8',
  'PQ16x4fs',
  'IVF16,PQ8x4fsr,RFlat',
  'PCA16,IVF8,SQ8',
  'OPQ4,PQ4x4',
  'RQ2x4',
];
/**
 * A round makes 18 indexes of some 500 vectors, and 900 calls fail on other threads. One index lost in
 * a round would be 64 KB for Flat, and 64 bytes lost in each failing call 70 KB. Measured without
 * leaks: up to 4 KB in 80 rounds, which V8 takes for itself.
 */
const MOST_KB_A_ROUND = 16;

const { values: options, positionals } = parseArgs({
  options: { rounds: { type: 'string', default: '80' } },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), 'faiss-leaks-'));
try {
  console.log('kind                   memory  grows (KB a round)  heap grows (KB a round)');
  for (const kind of positionals.length > 0 ? positionals : KINDS) {
    const measured = measure(kind);
    const [grown, heapGrown] = [measured.grown, measured.heapGrown].map((bytes) => bytes / 1024);
    const mib = `${Math.round(measured.resident / 2 ** 20)} MiB`;
    const leaks = Math.max(grown, heapGrown) > MOST_KB_A_ROUND;
    console.log(
      `${kind.padEnd(22)} ${mib.padEnd(8)} ${grown.toFixed(1).padEnd(19)} ` +
        `${heapGrown.toFixed(1)}${leaks ? '  LEAKS' : ''}`,
    );
    if (leaks) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true });
}

function measure(kind) {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', CHILD, folder, kind, options.rounds],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    },
  );
  if (status !== 0) throw new Error(`${kind}: the child ended with ${status}`);
  return JSON.parse(stdout);
}
