// What scripts/sanitize.mjs runs in a process with a sanitizer: every call on kinds of every sort,
// many calls at once on the same index, worker threads that end in the middle of a call, and damaged
// files. The sanitizer ends the process at the first error.
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { FaissIndex } from '../../src/index.js';
import { consecutiveIds, randomVectors } from '../vectors.js';
import { everyCall } from './every-call.js';

const KINDS = [
  'Flat',
  'SQ8',
  'PQ4x4',
  'PQ8x4fs',
  'LSHt',
  'RQ2x4_Nrq2x4',
  'LSQ2x4',
  'PRQ2x2x4fs_Nrq2x4',
  'HNSW8',
  'HNSW8,SQ8',
  'IVF8,Flat',
  'IVF1,Flat',
  'IVF8,SQ8',
  'IVF8,PQ4x4',
  'IVF8,PQ4x4fsr',
  'IVF8,RQ2x4',
  'IVF8_HNSW8,SQ4',
  'IVF8,FlatDedup',
  'IVF8,PQ4+4',
  'IVF8,ITQ4,SH',
  'IMI2x4,Flat',
  'IVF16(RCQ2x2),Flat',
  'PCA4,IVF8,SQ8',
  'OPQ4,PQ4x4fs,RFlat',
  'PCAW4,HNSW8',
];
const DIMENSION = 8;

// What Node starts from here is not to be looked at.
delete process.env.LD_PRELOAD;

const folder = await mkdtemp(join(tmpdir(), 'faiss-sanitize-'));
const path = join(folder, 'index');
try {
  for (const factory of KINDS) {
    for (const metric of ['l2', 'inner_product'] as const) {
      const { wrong } = await everyCall(
        { dimension: DIMENSION, factory, metric },
        { path, fewFirst: metric === 'l2' },
      );
      if (wrong.length > 0) throw new Error(`${factory}: ${wrong.join('; ')}`);
    }
    await atOnce(factory);
    await loadDamaged(factory);
    console.log(`${factory}: no findings`);
  }
  await inWorkers();
  console.log('worker threads: no findings');
} finally {
  await rm(folder, { recursive: true });
}

/** Calls that run beside each other, and the ones that don't wait for their turn. */
async function atOnce(factory: string): Promise<void> {
  const index = FaissIndex.create({ dimension: DIMENSION, factory });
  if (!index.isTrained) await index.train(randomVectors(1000, DIMENSION, 1));
  const calls: Promise<unknown>[] = [];
  const queries = randomVectors(30, DIMENSION, 2);
  for (let round = 0; round < 12; round++) {
    const first = BigInt(round * 50);
    calls.push(index.add(randomVectors(50, DIMENSION, round + 3), consecutiveIds(50, first)));
    for (let i = 0; i < 4; i++) calls.push(index.search(queries, { k: 5 + i }));
    calls.push(index.search(queries, { k: 5, filter: { not: { range: [0n, 20n] } } }));
    calls.push(index.rangeSearch(queries, { radius: 1 }));
    calls.push(index.ids(), index.reconstruct(first), index.clone(), index.save(path));
    calls.push(index.remove(consecutiveIds(10, first)));
    for (let id = 0n; id < 50n; id++) index.has(first + id);
    if (round % 4 === 3) calls.push(index.compact());
  }
  const other = FaissIndex.create({ dimension: DIMENSION, factory: 'Flat' });
  calls.push(other.add(queries, consecutiveIds(30, 90_000n)), index.mergeFrom(other));
  calls.push(index[Symbol.asyncDispose](), other[Symbol.asyncDispose]());
  await Promise.allSettled(calls);
}

async function loadDamaged(factory: string): Promise<void> {
  await using index = FaissIndex.create({ dimension: DIMENSION, factory });
  if (!index.isTrained) await index.train(randomVectors(1000, DIMENSION, 1));
  await index.add(randomVectors(20, DIMENSION, 2));
  await index.save(path);
  const good = await readFile(path);
  for (let i = 0; i < 40; i++) {
    const bytes = Buffer.from(good.subarray(0, i % 4 === 0 ? (good.length * i) / 40 : undefined));
    const place = (i * 7919) % Math.max(bytes.length, 1);
    if (bytes.length > 0) bytes[place]! ^= 1 << (i % 8);
    await writeFile(path, bytes);
    await FaissIndex.load(path).catch(() => {});
  }
}

/** Each with the addon to itself, some ended while a call is running. */
async function inWorkers(): Promise<void> {
  const addon = fileURLToPath(new URL('../../build/Release/facedex_faiss.node', import.meta.url));
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    const native = require(workerData.addon);
    const handle = native.create(16, 'IVF16,Flat', 1, 0);
    const vectors = new Float32Array(16 * 3000).map((_, i) => Math.sin(i * i));
    const ids = new BigInt64Array(3000);
    const work = native.train(handle, vectors).then(() => native.add(handle, vectors, ids, true));
    if (workerData.finish) work.then(() => parentPort.postMessage('done'));
    else parentPort.postMessage('working');
  `;
  const run = async (finish: boolean) => {
    const worker = new Worker(program, { eval: true, workerData: { addon, finish } });
    await once(worker, 'message');
    await worker.terminate();
  };
  await Promise.all([true, false, true, false, false, true].map(run));
}
