// What does a gallery cost, beside the bare FAISS index? Synthetic 128-d faces, ten a person:
//   npx tsx bench/gallery.ts [--faces 100000] [--index auto] [--directory DIR]
// A directory is kept and, when it holds a gallery, used as it is. See docs/benchmarks.md.
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FaissIndex } from '@facedex/faiss';
import { Gallery } from '@facedex/gallery';
import { DIMENSION, photoOf, probesOf } from './gallery/synthetic-people.js';
import { latencies, seconds } from './gallery/timing.js';

const PHOTOS_PER_TRANSACTION = 1000;
const PROBES = 500;
const CHANGES = 100;
const K = 10;
const SPACE = { id: 'synthetic@1', dimension: DIMENSION };

const { values } = parseArgs({
  options: {
    faces: { type: 'string', default: '100000' },
    index: { type: 'string', default: 'auto' },
    directory: { type: 'string' },
  },
});
const faces = Number(values.faces);
const directory = values.directory ?? (await mkdtemp(join(tmpdir(), 'facedex-bench-')));
const isNew = !existsSync(join(directory, 'gallery.db'));
const open = () => Gallery.open(directory, { space: SPACE, mode: 'write', index: values.index });

console.log(`${faces} faces of ${DIMENSION} components, index ${values.index}`);
if (isNew) {
  const gallery = await open();
  const [enrolled] = await seconds(async () => {
    for (let start = 0; start < faces; start += PHOTOS_PER_TRANSACTION) {
      const count = Math.min(PHOTOS_PER_TRANSACTION, faces - start);
      await gallery.enrol(Array.from({ length: count }, (_, i) => photoOf(start + i)));
    }
  });
  console.log(`enrol      ${(faces / enrolled).toFixed(0)} faces/s`);
  const [settled] = await seconds(() => gallery.flush());
  console.log(`settle     ${settled.toFixed(1)} s until the index has moved and is saved`);
  const [closed] = await seconds(() => gallery[Symbol.asyncDispose]());
  console.log(`close      ${closed.toFixed(2)} s`);
}

const before = process.memoryUsage().rss;
const [opened, gallery] = await seconds(open);
const memory = process.memoryUsage().rss - before;
await gallery.flush();
const { index, databaseBytes } = await gallery.stats();
console.log(`open       ${opened.toFixed(2)} s`);
console.log(
  `index      ${index.factory} ${JSON.stringify(index.parameters)}, ${index.candidates} candidates, ` +
    `recall@10 ${index.recall?.value.toFixed(4) ?? 'exact'} as told by stats()\n` +
    `disk       ${(databaseBytes / faces).toFixed(0)} bytes a face in the database, ` +
    `${(index.fileBytes / faces).toFixed(0)} in the snapshot\n` +
    `memory     ${(memory / faces).toFixed(0)} bytes a face (resident set, after opening)`,
);

// The bare index, as the snapshot has it, with the same settings.
const bare = await FaissIndex.load(join(directory, 'index.faiss'));
const probes = probesOf(faces, PROBES);
const probe = (i: number) =>
  probes.subarray((i % PROBES) * DIMENSION, ((i % PROBES) + 1) * DIMENSION);
// What the gallery asks of the index: it compares twice as many or more by their whole vectors.
const k = K * index.candidates;
for (let warm = 0; warm < 50; warm++) {
  await bare.search(probe(warm), { k, ...index.parameters });
  await gallery.search(probe(warm), { k: K, threshold: 1 });
}
// They take turns, so that what else the machine does falls on both.
const alone = await latencies(PROBES, [
  (i) => bare.search(probe(i), { k, ...index.parameters }),
  (i) => gallery.search(probe(i), { k: K, threshold: 1 }),
]);
console.log(`single     bare ${alone[0]}\n           gallery ${alone[1]}`);
const batch = await latencies(5, [
  () => bare.search(probes, { k, ...index.parameters }),
  () => gallery.searchBatch(probes, { k: K, threshold: 1 }),
]);
console.log(`batch ${PROBES}  bare ${batch[0]}\n           gallery ${batch[1]}`);

if (index.factory !== 'Flat') {
  const exact = FaissIndex.create({ dimension: DIMENSION });
  for await (const face of gallery.faces()) {
    await exact.add(face.embedding, [face.id]);
  }
  const truth = await exact.search(probes, { k: K });
  const found = await gallery.searchBatch(probes, { k: K, threshold: 1 });
  let hits = 0;
  for (const [i, matches] of found.entries()) {
    const ids = new Set(truth.ids.subarray(i * K, (i + 1) * K));
    hits += matches.filter(({ faceId }) => ids.has(BigInt(faceId))).length;
  }
  console.log(
    `recall@10  ${(hits / (PROBES * K)).toFixed(4)} of probes that are not in the gallery`,
  );
  await exact[Symbol.asyncDispose]();
}
await bare[Symbol.asyncDispose]();

const [inserting, deleting] = await latencies(CHANGES, [
  (i) => gallery.enrol([photoOf(faces + i)]),
  (i) => gallery.removePhoto(photoOf(faces + i).path),
]);
console.log(`one insert ${inserting}\none delete ${deleting}`);
const [closing] = await seconds(() => gallery[Symbol.asyncDispose]());
console.log(`close      ${closing.toFixed(2)} s, with the snapshot`);
if (values.directory === undefined) {
  await rm(directory, { recursive: true, force: true });
}
