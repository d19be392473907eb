// Saves an index again and again until it is killed. Argument: the file.
import { FaissIndex } from '../src/index.js';

const [path = ''] = process.argv.slice(2);
const index = FaissIndex.create({ dimension: 256 });
const count = 20_000;
await index.add(
  new Float32Array(count * 256).fill(0.5),
  BigInt64Array.from({ length: count }, (_, i) => BigInt(i)),
);
for (let round = 1; ; round++) {
  await index.save(path, { note: `round ${round}` });
  if (round === 1) {
    console.log('saved once');
  }
}
