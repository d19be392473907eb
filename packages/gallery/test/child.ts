// A second process: enrols batches of photos and says on stdout which were acknowledged.
//   child.ts hold DIR        opens for writing and stays
//   child.ts enrol DIR N B   enrols N photos in batches of B, skipping those that are in
//   child.ts enrol DIR N B S stays once it has said S
import { Gallery } from '../src/index.js';
import { photoOrNot, SPACE } from './synthetic-photos.js';

const [task, directory = '', count, batchSize, last] = process.argv.slice(2);
const gallery = await Gallery.open(directory, { space: SPACE, mode: 'write' });
process.stdout.write('open\n');
const stay = () => new Promise(() => setInterval(() => undefined, 1000));
if (task === 'hold') {
  await stay();
} else {
  const known = await gallery.pathsUnder('/photos');
  const seeds = Array.from({ length: Number(count) }, (_, seed) => seed);
  const photos = seeds.map(photoOrNot).filter(({ path }) => !known.has(path));
  for (let start = 0; start < photos.length; start += Number(batchSize)) {
    const batch = photos.slice(start, start + Number(batchSize));
    await gallery.enrol(batch);
    if (start % 7 === 0) {
      await gallery.flush();
    }
    const done = String(known.size + start + batch.length);
    process.stdout.write(`${done}\n`);
    if (done === last) {
      await stay();
    }
  }
  await gallery[Symbol.asyncDispose]();
  process.stdout.write('done\n');
}
