// What does it cost that clusters only grow, when photos come bit by bit? The faces of LFW View 1
// DevTrain, without names, enrolled in ten parts in random order with a run after each, then afresh:
//   npx tsx --conditions=facedex-source bench/cluster-incremental.ts [gallery]
// The gallery is made with: npx facedex index ../shared/data/lfw-view1/images --gallery <gallery>
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { evaluateClusters, Gallery, type PhotoInput } from '@facedex/gallery';
import { findEmbedder } from '@facedex/pipeline';
import { randomNumbers } from '../packages/gallery/test/synthetic-photos.js';
import { photosOf, requireLfw } from './lfw.js';

requireLfw();
const PARTS = 10;
const wanted = new Set(photosOf('pairsDevTrain.txt').map(({ path }) => path.split('/').at(-1)));
const directory = await mkdtemp(join(tmpdir(), 'facedex-cluster-incremental-'));
try {
  await using labelled = await Gallery.open(process.argv[2] ?? 'facedex-data');
  const faces: { person: string | null; photo: PhotoInput; order: number }[] = [];
  const random = randomNumbers(1);
  for await (const { person, photo, ...face } of labelled.faces()) {
    if (wanted.has(photo.split('/').at(-1))) {
      faces.push({ person, photo: toPhoto(photo, [face]), order: random() });
    }
  }
  faces.sort((a, b) => a.order - b.order);
  const threshold = (await findEmbedder(labelled.space.id)).thresholds['1e-5']!;
  await using gallery = await Gallery.open(directory, { space: labelled.space, mode: 'write' });
  for (let part = 0; part < PARTS; part++) {
    const [start, end] = [part, part + 1].map((n) => Math.floor((n * faces.length) / PARTS));
    await gallery.enrol(faces.slice(start, end).map(({ photo }) => photo));
    await gallery.clusters.run({ threshold });
  }
  await show(`in ${PARTS} parts`);
  await gallery.clusters.run({ threshold, afresh: true });
  await show('afresh');

  async function show(what: string): Promise<void> {
    // Face ids are 1, 2, … in the order of enrolment.
    const clusters = faces.map((_, i) => -1 - i);
    for (const { id } of await gallery.clusters.list()) {
      for (const face of await gallery.clusters.facesOf(id)) clusters[face.id - 1] = id;
    }
    const people = faces.map(({ person }) => person);
    const { pairwise, bCubed, clusters: count } = evaluateClusters(clusters, people);
    const percent = ({ precision, recall, f1 }: typeof pairwise) =>
      [precision, recall, f1].map((rate) => (rate * 100).toFixed(2)).join(' ');
    console.log(`${what}: pairs ${percent(pairwise)} | B3 ${percent(bCubed)} | ${count} clusters`);
  }
} finally {
  await rm(directory, { recursive: true });
}

function toPhoto(path: string, faces: PhotoInput['faces']): PhotoInput {
  return {
    path,
    bytes: 1,
    modifiedMs: 1,
    contentHash: path,
    person: null,
    recipe: 'copied',
    width: 250,
    height: 250,
    outcome: 'enrolled',
    reason: null,
    faces,
  };
}
