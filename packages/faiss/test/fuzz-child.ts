// Imports damaged copies of files in FAISS's format and uses what was accepted. In a process of its
// own, since a crash is what it looks for. Arguments: 'checked', or 'blind' to let FAISS read without
// the walk; a folder for the copy; the first seed; the seed to end before; then files.
//
// Prints '@seed file' before each copy, then '=outcome', and at the end a summary in JSON.
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { FaissError, FaissIndex } from '../src/index.js';
import { loadNative } from '../src/load-native.js';
import { damage } from './damage.js';
import { consecutiveIds, randomVectors } from './vectors.js';

/**
 * More than any of the small files could justify: of memory in use, where the heap of JavaScript
 * grows by less, and of memory asked for (which Linux tells), where threads take 64 MiB each.
 */
const MAX_GROWTH_MIB = { used: 192, asked: 1024 };
/** Saving waits for the disk. */
const EXPORT_EVERY = 16;

setFlagsFromString('--max-heap-size=128');
const [mode, folder = '', first = '', end = '', ...files] = process.argv.slice(2);
const overAllocated: string[] = [];
const odd: string[] = [];
const copy = join(folder, `copy-${process.pid}`);

for (let seed = Number(first); seed < Number(end); seed++) {
  for (const file of files) {
    writeSync(1, `@${seed} ${file}\n`);
    writeFileSync(copy, damage(readFileSync(file), seed + 1_000_003 * hash(basename(file))));
    const before = peakMib();
    const outcome = mode === 'blind' ? await readBlindly(copy) : await use(copy, seed);
    writeSync(1, `=${outcome}\n`);
    const after = peakMib();
    if (
      after.used - before.used > MAX_GROWTH_MIB.used ||
      after.asked - before.asked > MAX_GROWTH_MIB.asked
    ) {
      overAllocated.push(`${seed} ${file}`);
    }
    if (!/^(LOADED|CORRUPT_FILE|UNSUPPORTED|DUPLICATE_ID)$/.test(outcome)) {
      odd.push(`${outcome}: ${seed} ${file}`);
    }
  }
}
writeSync(1, `${JSON.stringify({ overAllocated, odd })}\n`);

async function use(path: string, seed: number): Promise<string> {
  let index: FaissIndex;
  try {
    index = await FaissIndex.importFaiss(path);
  } catch (error) {
    return error instanceof FaissError ? error.code : `no FaissError but ${error}`;
  }
  // From here on failing is fine, as long as it is by an error.
  const { dimension } = index;
  const vectors = randomVectors(3, dimension, 5);
  // From 20 on FAISS computes distances in another way, by matrices.
  const many = dimension > 1024 ? vectors : randomVectors(25, dimension, 6);
  const ids = consecutiveIds(many.length / dimension, 1_000_000n);
  const calls: (() => Promise<unknown>)[] = [
    () => index.search(vectors, { k: 5 }),
    () => index.search(vectors.subarray(0, dimension), { k: 400 }),
    () => index.search(vectors, { k: 5, nprobe: 4 }),
    () => index.search(vectors, { k: 5, efSearch: 64 }),
    () => index.reconstruct(0n),
    () => index.reconstruct(1007n),
    () => index.remove(new BigInt64Array([0n, 3n, 1003n, 1004n, 39n])),
    () => index.search(many, { k: 4, efSearch: 5 }),
    () => index.add(many, ids),
    () => index.search(many, { k: 50 }),
    () => index.reconstruct(ids[0]!),
    () => index.remove(consecutiveIds(30)),
    () => index.search(vectors, { k: 7 }),
  ];
  if (seed % EXPORT_EVERY === 0) {
    calls.push(() => index.exportFaiss(`${path}.exported`));
  }
  if (!index.isTrained) {
    calls.unshift(() => index.train(randomVectors(300, Math.min(dimension, 64), 6)));
  }
  for (const call of calls) {
    try {
      await call();
    } catch (error) {
      if (!(error instanceof FaissError)) {
        return `no FaissError but ${error}`;
      }
    }
  }
  await index[Symbol.asyncDispose]();
  return 'LOADED';
}

/** So that the same seed damages each file in another way. */
function hash(text: string): number {
  return [...text].reduce((sum, letter) => (31 * sum + letter.charCodeAt(0)) % 997, 7);
}

/** Shows what the walk is for. */
async function readBlindly(path: string): Promise<string> {
  const descriptor = openSync(path, 'r');
  const native = loadNative();
  try {
    const handle = await native.importFaiss(descriptor, path, 'unknown', false);
    const { dimension, isTrained } = native.describe(handle);
    const [vectors, ids] = [randomVectors(3, dimension, 5), consecutiveIds(3, 1_000_000n)];
    if (isTrained) {
      await native.search(
        handle,
        vectors,
        5,
        undefined,
        undefined,
        new Float32Array(15),
        new BigInt64Array(15),
      );
      await native.add(handle, vectors, ids, false);
      await native.search(
        handle,
        vectors,
        5,
        undefined,
        undefined,
        new Float32Array(15),
        new BigInt64Array(15),
      );
    }
    return 'LOADED';
  } catch (error) {
    return (error as { code?: string }).code ?? 'no code';
  } finally {
    closeSync(descriptor);
  }
}

function peakMib(): { used: number; asked: number } {
  const used = process.resourceUsage().maxRSS / 1024;
  if (process.platform !== 'linux') {
    return { used, asked: 0 };
  }
  const status = readFileSync('/proc/self/status', 'utf8');
  return { used, asked: Number(/VmPeak:\s*(\d+)/.exec(status)?.[1]) / 1024 };
}
