// How long Node's event loop has to wait while an index of a million vectors is trained, filled,
// searched, saved and freed, beside the same time without any work.
//
//   npx tsx bench/faiss-event-loop.ts [vectors]
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { FaissIndex, faissSimd } from '@facedex/faiss';

const DIMENSION = 128;
const COUNT = Number(process.argv[2] ?? 1_000_000);
const BATCH = 50_000;
/** The timer's own resolution, which is part of every delay that it measures. */
const RESOLUTION_MS = 1;

const folder = await mkdtemp(join(tmpdir(), 'faiss-event-loop-'));
const batch = Float32Array.from({ length: BATCH * DIMENSION }, (_, i) => Math.sin(i * i));
const index = FaissIndex.create({ dimension: DIMENSION, factory: 'IVF1024,SQ8' });
const path = join(folder, 'index.faiss');

console.log(`${COUNT} vectors of ${DIMENSION} into IVF1024,SQ8, build ${faissSimd()}\n`);
console.log('| what | seconds | median ms | p99 ms | longest ms |');
console.log('| --- | --: | --: | --: | --: |');
await measure('nothing', () => setTimeout(5000));
await measure('train', () => index.train(batch));
await measure('add', async () => {
  for (let added = 0; added < COUNT; added += BATCH) {
    await index.add(batch);
  }
});
await measure('search beside adding', async () => {
  const queries = batch.subarray(0, 200 * DIMENSION);
  const searches = Array.from({ length: 20 }, () => index.search(queries, { k: 10, nprobe: 16 }));
  await Promise.all([...searches, index.add(batch), ...searches]);
});
await measure('remove half of them', () => index.remove({ range: [0, COUNT / 2] }));
await measure('save', () => index.save(path));
await measure('load', async () => {
  await using loaded = await FaissIndex.load(path);
  console.assert(loaded.size === index.size);
});
await measure('dispose', () => index[Symbol.asyncDispose]());
await rm(folder, { recursive: true });

async function measure(what: string, work: () => Promise<unknown>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  const started = performance.now();
  await work();
  // A turn that was held up until the end shows only in the next one.
  await setTimeout(20);
  delay.disable();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const [median, p99, longest] = [delay.percentile(50), delay.percentile(99), delay.max].map(
    (nanoseconds) => (nanoseconds / 1e6).toFixed(1),
  );
  console.log(`| ${what} | ${seconds} | ${median} | ${p99} | ${longest} |`);
}
