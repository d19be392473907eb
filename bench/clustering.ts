// Which way of grouping faces agrees best with who they are? All ways on the same neighbour lists of
// the people of one half of LFW View 1, at the thresholds of the model card:
//   npx tsx bench/clustering.ts [DevTrain|DevTest|all] [gallery]
// The gallery is made with: npx facedex index ../shared/data/lfw-view1/images --gallery <gallery>

import { knn } from '@facedex/faiss';
import { evaluateClusters, Gallery } from '@facedex/gallery';
import { embedderCard } from '@facedex/pipeline';
import { groupFaces } from '../packages/gallery/src/cluster/group-faces.js';
import {
  chineseWhispers,
  connectedComponents,
  dbscan,
  type NeighbourLists,
  rankOrder,
} from './clustering/algorithms.js';
import { photosOf, requireLfw } from './lfw.js';

requireLfw();
const NEIGHBOURS = 64;
const half = process.argv[2] ?? 'DevTrain';
const wanted =
  half === 'all' ? undefined : new Set(photosOf(`pairs${half}.txt`).map(({ path }) => path));

await using gallery = await Gallery.open(process.argv[3] ?? 'facedex-data');
const { dimension } = gallery.space;
const people: string[] = [];
const vectors: Float32Array[] = [];
for await (const { person, photo, embedding } of gallery.faces()) {
  const path = photo.split('/').slice(-2).join('/');
  if (person === null || (wanted && ![...wanted].some((one) => one.endsWith(path)))) continue;
  people.push(person);
  vectors.push(embedding);
}
const embeddings = new Float32Array(vectors.length * dimension);
for (const [i, vector] of vectors.entries()) embeddings.set(vector, i * dimension);
const lists = await neighbourLists();
const { thresholds } = await embedderCard(gallery.space.id);
console.log(
  `${people.length} faces of ${new Set(people).size} people, ${NEIGHBOURS} neighbours each`,
);

for (const [far, distance] of Object.entries(thresholds)) {
  const minSimilarity = 1 - distance ** 2 / 2;
  await show(`connected components, FAR ${far}`, () => connectedComponents(lists, minSimilarity));
  await show(`Chinese whispers, FAR ${far}`, () => chineseWhispers(lists, minSimilarity));
  for (const minFaces of [3, 4]) {
    await show(`DBSCAN of ${minFaces}, FAR ${far}`, () =>
      dbscan(lists, { minSimilarity, minFaces }),
    );
  }
  for (const maxDistance of [0.5, 1, 2]) {
    await show(`rank-order up to ${maxDistance}, FAR ${far}`, () =>
      rankOrder(lists, { maxDistance, minSimilarity }),
    );
  }
  await show(`average linkage, FAR ${far}`, () => averageLinkage(minSimilarity));
}

async function averageLinkage(minSimilarity: number): Promise<Int32Array> {
  const { k, ids, similarity } = lists;
  const a = ids.map((_, i) => Math.floor(i / k));
  const groups = new Int32Array(people.length).fill(-1);
  const labels = await groupFaces(
    { embeddings, dimension, groups },
    { a, b: ids, similarity },
    { minSimilarity },
  );
  return labels.map((label, face) => (label < 0 ? -1 - face : label));
}

async function show(name: string, group: () => Int32Array | Promise<Int32Array>): Promise<void> {
  const started = performance.now();
  const labels = await group();
  const seconds = (performance.now() - started) / 1000;
  const { pairwise, bCubed, clusters } = evaluateClusters(labels, people);
  const percent = ({ precision, recall, f1 }: typeof pairwise) =>
    [precision, recall, f1].map((rate) => (rate * 100).toFixed(2)).join(' ');
  console.log(
    `${name.padEnd(34)} pairs ${percent(pairwise)} | B3 ${percent(bCubed)} | ${clusters} | ${seconds.toFixed(2)} s`,
  );
}

async function neighbourLists(): Promise<NeighbourLists> {
  const found = await knn(embeddings, embeddings, { dimension, k: NEIGHBOURS + 1 });
  const ids = new Int32Array(people.length * NEIGHBOURS);
  const similarity = new Float32Array(ids.length);
  for (let face = 0; face < people.length; face++) {
    let place = face * NEIGHBOURS;
    for (let i = face * found.k; i < (face + 1) * found.k; i++) {
      if (Number(found.ids[i]) === face || place === (face + 1) * NEIGHBOURS) continue;
      ids[place] = Number(found.ids[i]);
      similarity[place++] = 1 - found.distances[i]! / 2;
    }
  }
  return { k: NEIGHBOURS, ids, similarity };
}
