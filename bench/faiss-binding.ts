// How does @facedex/faiss compare with the same FAISS in Python, and with other libraries for Node?
//
//   npx tsx bench/faiss-binding.ts [--sizes 100000,1000000] [--dimensions 128,512]
//     [--kinds call,flat,ivf-flat,ivf-sq8,fastscan,hnsw] [--peers python,facedex,…] [--json out.json]
//     [--rounds 5] [--singles 100] [--threads 2] [--folder /tmp/facedex-bench]
//
// Every peer runs in a process of its own, and only one works at a time; see bench/faiss-binding/.
// Ratios are medians over rounds in which the peers take turns. Targets: batches at most 1.05× of
// Python's, a single query at most 20 µs more.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CASE_NAMES, type CaseName, caseFor } from './faiss-binding/cases.js';
import { ensureData } from './faiss-binding/data.js';
import { groundTruth } from './faiss-binding/ground-truth.js';
import { measure } from './faiss-binding/measure.js';
import { PEER_NAMES, PEERS, type PeerName } from './faiss-binding/peers.js';
import { type Row, table, toRows } from './faiss-binding/report.js';

interface Section {
  count: number;
  dimension: number;
  rows: Row[];
}

const MOST_BATCH_RATIO = 1.05;
const MOST_EXTRA_US = 20;

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '100000' },
    dimensions: { type: 'string', default: '128,512' },
    kinds: { type: 'string', default: CASE_NAMES.join() },
    peers: { type: 'string', default: PEER_NAMES.join() },
    rounds: { type: 'string', default: '5' },
    singles: { type: 'string', default: '100' },
    threads: { type: 'string', default: '2' },
    folder: { type: 'string', default: join(tmpdir(), 'facedex-bench') },
    json: { type: 'string' },
  },
});
const options = {
  folder: join(values.folder, 'npm'),
  threads: Number(values.threads),
  rounds: Number(values.rounds),
  singles: Number(values.singles),
  peers: oneOf(values.peers, PEER_NAMES),
};
const kinds = oneOf(values.kinds, CASE_NAMES);

const load = loadavg()[0]!;
build();
mkdirSync(options.folder, { recursive: true });
console.log(
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${options.threads} threads, ` +
    `load before: ${load.toFixed(1)}${load < 1 ? '' : ' (busy: preliminary figures)'}`,
);
const sections: Section[] = [];
for (const count of values.sizes.split(',').map(Number)) {
  for (const dimension of values.dimensions.split(',').map(Number)) {
    const section = { count, dimension, rows: [] };
    sections.push(section);
    await compare(section);
  }
}

async function compare({ count, dimension, rows }: Section): Promise<void> {
  const files = ensureData(values.folder, count, dimension);
  const truth = await groundTruth(files, { ...options, peers: ['facedex', 'python'] });
  const allSkipped = new Set<string>();
  for (const kind of kinds) {
    const { measured, skipped } = await measure(kind, files, truth, options);
    for (const reason of skipped) allSkipped.add(reason);
    rows.push(...toRows(caseFor(kind, dimension).name, measured));
    if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(sections, null, 1));
    process.stderr.write(`${count} × ${dimension}: ${kind} done\n`);
  }
  const versions = new Map(rows.map(({ peer, version }) => [peer, version]));
  console.log(`\n${count.toLocaleString('en')} vectors of ${dimension} components\n`);
  console.log(table(rows));
  console.log(
    `\n${[...versions].map(([peer, version]) => `${PEERS[peer].title}: ${version}`).join('; ')}`,
  );
  for (const reason of allSkipped) console.log(`skipped ${reason}`);
  printTargets(rows);
}

/** Against the faster of Python's two ways to wait. */
function printTargets(rows: Row[]): void {
  for (const row of rows) {
    if (row.peer !== 'facedex') continue;
    const python = rows.filter(({ kind, peer }) => kind === row.kind && peer.startsWith('python'));
    if (python.length === 0) continue;
    const compared = python.map((other) => toRows(row.kind, [other, row])[1]!);
    const batch = Math.max(...compared.map(({ ratios }) => ratios.batch));
    const extraUs = Math.max(...compared.map((other) => other.extraUs));
    const met = batch <= MOST_BATCH_RATIO && extraUs <= MOST_EXTRA_US ? 'met' : 'missed';
    const cpu = compared.at(-1)!.cpu;
    console.log(
      `${met}: ${row.kind}, batch ${batch.toFixed(2)}×, single ${extraUs.toFixed(0)} µs more; ` +
        `processor time: ${cpu.batchRatio.toFixed(2)}×, ${cpu.extraUs.toFixed(0)} µs more`,
    );
  }
}

/** What is measured is what users get: the compiled package. */
function build(): void {
  for (const args of [
    ['packages/faiss/scripts/build-native.mjs'],
    ['node_modules/typescript/bin/tsc', '-b', 'packages/faiss'],
  ]) {
    const { status } = spawnSync(process.execPath, args, {
      cwd: join(import.meta.dirname, '..'),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (status !== 0) process.exit(1);
  }
}

function oneOf<T extends CaseName | PeerName>(list: string, known: readonly T[]): T[] {
  const names = list.split(',');
  const unknown = names.find((name) => !known.some((one) => one === name));
  if (unknown !== undefined) {
    console.error(`Expected some of ${known.join()}, received ${unknown}.`);
    process.exit(2);
  }
  return names as T[];
}
