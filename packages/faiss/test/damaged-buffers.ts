// Tries to load copies of a buffer, each with another byte changed or cut short at another place,
// and prints what came of it. In a process of its own, since a crash here is what the test is about.
// Argument: the file with the bytes.
import { readFileSync } from 'node:fs';
import { FaissBinaryIndex, FaissIndex } from '../src/index.js';

const [path = ''] = process.argv.slice(2);
const good = new Uint8Array(readFileSync(path));
// The header says what it is; see native/container.h.
const isBinary = good[28] === 1;
const outcomes: Record<string, number> = {};

async function tryToLoad(bytes: Uint8Array): Promise<void> {
  const loading = isBinary ? FaissBinaryIndex.fromBuffer(bytes) : FaissIndex.fromBuffer(bytes);
  const outcome = await loading.then(
    (index) => `LOADED ${index.note}`,
    (error) => error.code,
  );
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}

for (let place = 0; place < good.length; place++) {
  const flipped = good.slice();
  flipped[place]! ^= 1 << (place % 8);
  await tryToLoad(flipped);
  await tryToLoad(good.subarray(0, place));
}
await tryToLoad(good);
console.log(JSON.stringify(outcomes));
