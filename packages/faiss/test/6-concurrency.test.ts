import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { FaissIndex, maxThreads, pairwiseDistances, setMaxThreads } from '../src/index.js';
import { consecutiveIds, failure, randomVectors } from './vectors.js';

test('every search sees exactly what was added before it', async () => {
  await using index = FaissIndex.create({ dimension: 8, factory: 'HNSW8' });
  const calls: Promise<unknown>[] = [];
  const counts: number[] = [];
  for (let round = 0; round < 30; round++) {
    calls.push(index.add(randomVectors(10, 8, round + 1), consecutiveIds(10, BigInt(round * 10))));
    for (let i = 0; i < 4; i++) {
      // A k beyond the size makes the number of neighbours tell the size; HNSW may miss some.
      const search = index.search(randomVectors(1, 8, i + 1), { k: 400, efSearch: 400 });
      calls.push(search.then(({ ids }) => counts.push(ids.filter((id) => id >= 0n).length)));
    }
  }
  await Promise.all(calls);
  expect(index.size).toBe(300);
  expect(counts).toEqual(
    Array.from({ length: 120 }, (_, i) => expect.closeTo(10 * (Math.floor(i / 4) + 1), -1)),
  );
});

test('searches, additions and removals at once leave the index as it has to be', async () => {
  await using index = FaissIndex.create({ dimension: 16, factory: 'IVF8,Flat' });
  await index.train(randomVectors(500, 16));
  const calls: Promise<unknown>[] = [];
  for (let round = 0; round < 40; round++) {
    const first = BigInt(round * 50);
    calls.push(index.add(randomVectors(50, 16, round + 1), consecutiveIds(50, first)));
    calls.push(index.search(randomVectors(20, 16, round + 1), { k: 5, nprobe: 1 + (round % 8) }));
    calls.push(index.remove(consecutiveIds(10, first)));
    calls.push(index.reconstruct(first + 10n));
    for (let id = 0n; id < 50n; id++) {
      index.has(first + id); // from the main thread, while the others run
    }
  }
  await Promise.all(calls);
  expect(index.size).toBe(40 * 40);
  expect([index.has(9n), index.has(10n)]).toEqual([false, true]);
});

test('the event loop keeps running while an index is trained and filled', async () => {
  await using index = FaissIndex.create({ dimension: 128, factory: 'IVF256,Flat' });
  const vectors = randomVectors(40_000, 128); // 20 MiB, copied in five slices
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  await index.train(vectors);
  await index.add(vectors, consecutiveIds(40_000));
  const took = performance.now() - started;
  delay.disable();
  expect(took).toBeGreaterThan(200); // else there was nothing to block on
  // A blocked loop would show as one delay as long as the call. The bound is loose, as the pool's
  // threads and other processes take the cores meanwhile.
  expect(delay.max / 1e6).toBeLessThan(took / 2);
  expect(delay.percentile(90) / 1e6).toBeLessThan(50);
});

test("trainings don't keep Node's own threads from reading a file", async () => {
  const indexes = Array.from({ length: 4 }, () =>
    FaissIndex.create({ dimension: 64, factory: 'IVF256,Flat' }),
  );
  let trained = 0;
  const vectors = randomVectors(20_000, 64);
  const trainings = indexes.map(async (index) => {
    await index.train(vectors);
    trained++;
  });
  await readFile(import.meta.filename);
  expect(trained).toBe(0);
  await Promise.all(trainings);
  for (const index of indexes) await index[Symbol.asyncDispose]();
});

test('dispose waits for the calls before it and refuses those after', async () => {
  const index = FaissIndex.create({ dimension: 64 });
  const adding = index.add(randomVectors(5000, 64), consecutiveIds(5000));
  const searching = index.search(randomVectors(200, 64), { k: 10 });
  const disposing = index[Symbol.asyncDispose]();
  await failure('DISPOSED', () => index.search(randomVectors(1, 64), { k: 1 }));
  expect((await searching).ids).not.toContain(-1n);
  await adding;
  await disposing;
});

test('what a caller does to an array after the call has no effect', async () => {
  await using index = FaissIndex.create({ dimension: 4 });
  const vectors = new Float32Array([1, 2, 3, 4]);
  const ids = new BigInt64Array([5n]);
  const adding = index.add(vectors, ids);
  const query = new Float32Array([1, 2, 3, 4]);
  const searching = index.search(query, { k: 1 });
  vectors.fill(Number.NaN);
  ids.fill(-1n);
  structuredClone(query, { transfer: [query.buffer] });
  await adding;
  expect(await searching).toMatchObject({
    ids: new BigInt64Array([5n]),
    distances: new Float32Array([0]),
  });
});

test('an array that is transferred away before or during a call is an error', async () => {
  await using index = FaissIndex.create({ dimension: 4 });
  const before = new Float32Array(4);
  structuredClone(before, { transfer: [before.buffer] });
  await failure('INVALID_ARGUMENT', () => index.search(before, { k: 1 }));
  await failure('INVALID_ARGUMENT', () => index.add(before, new BigInt64Array(0)));

  const during = new Float32Array(2 ** 21); // 8 MiB: more than is copied at once
  const adding = index.add(during, consecutiveIds(2 ** 19));
  structuredClone(during, { transfer: [during.buffer] });
  await failure('INVALID_ARGUMENT', () => adding);
  expect(index.size).toBe(0);
});

test('shared and resizable memory are read like any other', async () => {
  await using index = FaissIndex.create({ dimension: 2 });
  const shared = new Float32Array(new SharedArrayBuffer(8));
  shared.set([3, 4]);
  await index.add(shared, consecutiveIds(1));
  expect(await index.reconstruct(0n)).toEqual(new Float32Array([3, 4]));
});

test('worker threads have indexes of their own, and may end in the middle of a call', async () => {
  // The addon itself, as the worker's Node can't read TypeScript.
  const addon = JSON.stringify(
    new URL('../build/Release/facedex_faiss.node', import.meta.url).pathname,
  );
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    const native = require(${addon});
    const handle = native.create(32, 'IVF64,Flat', 1, 0);
    const vectors = new Float32Array(32 * 5000).map((_, i) => Math.sin(i * i));
    const training = native.train(handle, vectors);
    if (workerData === 'finish') training.then(() => parentPort.postMessage(native.describe(handle).isTrained));
    else parentPort.postMessage('training');
  `;
  const run = async (how: string) => {
    const worker = new Worker(program, { eval: true, workerData: how });
    const [message] = await once(worker, 'message');
    await worker.terminate();
    return message;
  };
  expect(await Promise.all(['finish', 'finish', 'abandon', 'abandon'].map(run))).toEqual([
    true,
    true,
    'training',
    'training',
  ]);
});

// With a BLAS library that isn't made for it, matrix products that run beside each other are wrong
// now and then: of Debian's serial OpenBLAS 0.3.21, one of some thousands.
test('distances that are computed beside each other are right', async () => {
  const [rows, vectors] = [randomVectors(16_384, 64), randomVectors(128, 64, 2)];
  const compute = (threads: number) =>
    pairwiseDistances(rows, vectors, { dimension: 64, threads, metric: 'inner_product' });
  const alone = await compute(1);
  const most = maxThreads();
  setMaxThreads(4); // more than there may be cores, so that they interrupt each other
  try {
    for (let round = 0; round < 50; round++) {
      for (const together of await Promise.all([4, 4, 4, 4].map(compute))) {
        expect(Buffer.compare(bytesOf(together), bytesOf(alone))).toBe(0);
      }
    }
  } finally {
    setMaxThreads(most);
  }
});

function bytesOf({ buffer }: Float32Array): Buffer {
  return Buffer.from(buffer);
}
