// A second process: enrols batches of photos and says on stdout which were acknowledged.
//   child.ts hold DIR        opens for writing and stays
//   child.ts enrol DIR N B   enrols N photos in batches of B, skipping those that are in
//   child.ts remove DIR P S  removes person P, and is killed as it comes to step S
import { FaissIndexHome } from '../src/index/faiss-index-home.js';
import { Gallery, PhotoFiles } from '../src/index.js';
import { SqliteRecordStore } from '../src/store/sqlite-record-store.js';
import { SqliteStore } from '../src/store/sqlite-store.js';
import { photoOrNot, SPACE } from './synthetic-photos.js';

const [task, directory = '', count, batchSize] = process.argv.slice(2);
const die = async () => {
  process.kill(process.pid, 'SIGKILL');
  return new Promise<never>(() => undefined);
};
const gallery = await Gallery.open(directory, { space: SPACE, mode: 'write' });
process.stdout.write('open\n');
if (task === 'hold') {
  setInterval(() => undefined, 1000);
} else if (task === 'remove') {
  const steps: Record<string, () => void> = {
    index: () => {
      FaissIndexHome.prototype.discard = die;
    },
    'half a snapshot': () => {
      FaissIndexHome.prototype.discard = die;
    },
    photos: () => {
      PhotoFiles.prototype.remove = die;
    },
    'names of photos': () => {
      SqliteRecordStore.prototype.forgetGone = die;
    },
    log: () => {
      SqliteStore.prototype.reclaim = die;
    },
  };
  steps[batchSize ?? '']?.();
  await gallery.removePerson(count ?? '');
  process.stdout.write('removed\n');
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
    process.stdout.write(`${known.size + start + batch.length}\n`);
  }
  await gallery[Symbol.asyncDispose]();
  process.stdout.write('done\n');
}
