// What do check, backup, restore and deleting much take? 50,000 synthetic faces of 128 values:
//   npx tsx bench/safety.ts [--faces 50000]
// See docs/safety.md.
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { backupGallery, checkGallery, Gallery, restoreGallery } from '@facedex/gallery';
import { DIMENSION, photoOf } from './gallery/synthetic-people.js';
import { seconds } from './gallery/timing.js';

const BATCH = 1000;
const { values } = parseArgs({ options: { faces: { type: 'string', default: '50000' } } });
const faces = Number(values.faces);
const space = { id: 'synthetic@1', dimension: DIMENSION };
const root = await mkdtemp(join(tmpdir(), 'facedex-bench-'));
const directory = join(root, 'gallery');
const gallery = await Gallery.open(directory, { space, mode: 'write' });
for (let start = 0; start < faces; start += BATCH) {
  await gallery.enrol(Array.from({ length: BATCH }, (_, i) => photoOf(start + i)));
}
await gallery.flush();
await report('gallery');

const [checked] = await seconds(() => checkGallery(directory));
console.log(`check            ${checked.toFixed(2)} s`);
const [backedUp] = await seconds(() => backupGallery(directory, join(root, 'backup')));
const { size } = await stat(join(root, 'backup'));
console.log(`backup           ${backedUp.toFixed(2)} s, ${megabytes(size)}`);
const again = join(root, 'again');
const [restored] = await seconds(() => restoreGallery(join(root, 'backup'), again));
console.log(`restore          ${restored.toFixed(2)} s, with the index`);

// Every other face: no page is empty then.
const times: number[] = [];
for (let start = 0; start < faces; start += 2 * BATCH) {
  const paths = Array.from({ length: BATCH }, (_, i) => photoOf(start + 2 * i).path);
  const [time] = await seconds(() => gallery.removePhotos(paths));
  times.push(time);
}
times.sort((a, b) => a - b);
const total = times.reduce((sum, time) => sum + time, 0);
console.log(
  `remove half      ${total.toFixed(1)} s; ${BATCH} photos: median ` +
    `${times[times.length >> 1]?.toFixed(3)} s, longest ${times.at(-1)?.toFixed(3)} s`,
);
await report('half removed');
const [closed] = await seconds(() => gallery[Symbol.asyncDispose]());
const { size: left } = await stat(join(directory, 'gallery.db'));
console.log(`close            ${closed.toFixed(2)} s: database ${megabytes(left)}`);
console.log(`sound            ${(await checkGallery(directory)).sound}`);
await rm(root, { recursive: true });

async function report(when: string): Promise<void> {
  const { databaseBytes, index, faces: count } = await gallery.stats();
  console.log(
    `${when.padEnd(16)} ${count} faces: database ${megabytes(databaseBytes)}, ` +
      `snapshot ${megabytes(index.fileBytes)}`,
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
