// Tries to load copies of a file, each damaged in another way, and prints what came of it.
// In a process of its own, since a crash here is what the test is about. Argument: the file.
import { readFileSync, writeFileSync } from 'node:fs';
import { FaissIndex } from '../src/index.js';

const [path = ''] = process.argv.slice(2);
const good = readFileSync(path);
const damaged = `${path}.damaged`;
const outcomes: Record<string, number> = {};
let tried = 0;

const rssBefore = process.memoryUsage.rss();
for (const bytes of damages(good)) {
  writeFileSync(damaged, bytes);
  tried++;
  const outcome = await FaissIndex.load(damaged).then(
    () => 'LOADED',
    (error) => error.code,
  );
  outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
}
const grownMiB = Math.round((process.resourceUsage().maxRSS * 1024 - rssBefore) / 2 ** 20);
console.log(JSON.stringify({ tried, outcomes, grownMiB }));

function* damages(original: Buffer): Generator<Buffer> {
  const { length } = original;
  // Cut short everywhere in the header, then at 100 places, and by a few bytes.
  for (let end = 0; end < 120; end++) yield original.subarray(0, end);
  for (let i = 1; i < 100; i++) yield original.subarray(0, Math.floor((length * i) / 100));
  for (let cut = 1; cut <= 16; cut++) yield original.subarray(0, length - cut);
  // Grown.
  yield Buffer.concat([original, Buffer.alloc(1)]);
  yield Buffer.concat([original, original]);
  // One bit flipped, everywhere in the header and at 150 places.
  const places = Array.from({ length: 150 }, (_, i) => Math.floor((length * i) / 150));
  for (const place of [...Array(120).keys(), ...places]) {
    const copy = Buffer.from(original);
    copy[place]! ^= 1 << (place % 8);
    yield copy;
  }
  // Lengths and counts that ask for all memory there is, or less than none.
  for (const offset of [12, 20, 24, 32, 40, 48]) {
    for (const value of [2n ** 31n, 2n ** 40n, 2n ** 63n, 2n ** 64n - 1n]) {
      const copy = Buffer.from(original);
      copy.writeBigUInt64LE(value, offset);
      yield copy;
    }
  }
  // Blocks of a page lost to zeros or ones, or swapped.
  for (let start = 0; start + 8192 <= length; start += 4096) {
    const copy = Buffer.from(original);
    copy.fill(start % 8192 === 0 ? 0xff : 0xaa, start, start + 4096);
    yield copy;
  }
}
