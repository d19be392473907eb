// Makes and drops indexes of one kind, round after round, and prints by how many bytes a round memory
// grows, as JSON. In a process of its own: node --expose-gc --import tsx leak-child.ts <folder> <kind> <rounds>
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { FaissIndex } from '../../src/index.js';
import { loadNative } from '../../src/load-native.js';
import { consecutiveIds, randomVectors } from '../vectors.js';

const [folder = '.', factory = 'Flat', rounds = '30'] = process.argv.slice(2);
const DIMENSION = 32;
const COUNT = 500;
/** Of each kind of failing call in a life. */
const FAILURES = 30;
/** The part of the rounds in which memory may still grow to what it needs. */
const WARM_UP = 0.4;
/** Of which every second one is not disposed, but left to the garbage collector. */
const LIVES_A_ROUND = 6;

const training = randomVectors(600, DIMENSION, 1);
const stored = randomVectors(COUNT, DIMENSION, 2);
const queries = randomVectors(10, DIMENSION, 3);
const ids = consecutiveIds(COUNT);
const path = join(folder, `leak-${process.pid}`);
const collectGarbage = (globalThis as { gc?: () => void }).gc ?? (() => {});

const native = loadNative();
const allocated: number[] = [];
const resident: number[] = [];
const heap: number[] = [];
for (let round = 0; round < Number(rounds); round++) {
  for (let life = 0; life < LIVES_A_ROUND; life++) {
    await live(life % 2 === 0);
  }
  // Finalizers run after the collection, and free memory on libuv's threads.
  for (let i = 0; i < 4; i++) {
    collectGarbage();
    await turn();
  }
  const { rss, heapUsed } = process.memoryUsage();
  allocated.push(native.allocatedBytes() ?? rss);
  resident.push(rss);
  heap.push(heapUsed);
}
await rm(path, { force: true });
console.log(
  JSON.stringify({
    grown: growth(allocated),
    residentGrown: growth(resident),
    heapGrown: growth(heap),
    resident: resident.at(-1),
  }),
);

/**
 * Bytes a round: the median over all rounds of what came within the next few. A line through all
 * points would be bent by the one or two times at which V8 takes or gives back much at once.
 */
function growth(values: readonly number[]): number {
  const warm = values.slice(Math.floor(values.length * WARM_UP));
  const span = Math.ceil(warm.length / 4);
  const grown = warm.slice(span).map((value, i) => (value - warm[i]!) / span);
  return grown.sort((a, b) => a - b)[Math.floor(grown.length / 2)] ?? 0;
}

/** All that an index can be asked, and what it refuses. */
async function live(dispose: boolean): Promise<void> {
  const index = FaissIndex.create({ dimension: DIMENSION, factory });
  await refused(index.search(queries, { k: 70_000 }));
  await settled(index.train(training.subarray(0, DIMENSION)));
  await index.train(training);
  await index.add(stored, ids);
  await index.search(queries, { k: 10 });
  await index.search(queries, { k: 10, filter: { range: [0n, 100n] } });
  await index.search(queries, { k: 10, filter: { not: { ids: [1n, 2n] } } });
  await settled(index.rangeSearch(queries, { radius: DIMENSION / 4 }));
  await settled(index.encode(queries).then((codes) => index.decode(codes)));
  await settled(index.reconstructMany(ids));
  await index.update(queries, consecutiveIds(10));
  await index.remove(consecutiveIds(50, 100n));
  await index.remove({ range: [200n, 250n] });
  await settled(index.compact());
  await index.save(path, { note: 'note' });
  const loaded = await FaissIndex.load(path);
  const copy = await index.clone();
  await settled(
    copy.reset().then(async () => {
      await copy.add(queries, consecutiveIds(10, 1000n));
      await index.mergeFrom(copy);
    }),
  );
  for (let i = 0; i < FAILURES; i++) {
    await refused(index.add(queries, consecutiveIds(10)));
    await refused(index.reconstruct(-5n));
    await refused(index.update(queries, consecutiveIds(10, 9000n)));
    await refused(FaissIndex.load(`${path}.missing`));
    await refused(index.save(join(folder, 'missing', 'file')));
    await refused(
      Promise.resolve().then(() => FaissIndex.create({ dimension: 7, factory: 'PQ5' })),
    );
  }
  if (!dispose) return;
  await index[Symbol.asyncDispose]();
  await loaded[Symbol.asyncDispose]();
  await copy[Symbol.asyncDispose]();
}

/** For what not every kind can do. */
async function settled(call: Promise<unknown>): Promise<void> {
  await call.catch(() => {});
}

async function refused(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch {
    return;
  }
  throw new Error('Expected a call to fail, but it worked.');
}
