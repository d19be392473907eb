// Is the nearest other photo of the same person? Leave-one-out over the people of LFW View 1 that
// have at least two photos, in a gallery of all 4,992: npx tsx bench/rank1.ts [gallery]
// The gallery is made with: npx facedex index ../shared/data/lfw-view1/images --gallery <gallery>
import { Gallery } from '@facedex/gallery';

const BATCH = 256;

await using gallery = await Gallery.open(process.argv[2] ?? 'facedex-data');
const faces: { id: number; person: string; embedding: Float32Array }[] = [];
for await (const { id, person, embedding } of gallery.faces()) {
  if (person !== null) faces.push({ id, person, embedding });
}
const counts = new Map<string, number>();
for (const { person } of faces) counts.set(person, (counts.get(person) ?? 0) + 1);
const probes = faces.filter(({ person }) => counts.get(person)! > 1);

let right = 0;
let searchMs = 0;
const { dimension } = gallery.space;
for (let from = 0; from < probes.length; from += BATCH) {
  const batch = probes.slice(from, from + BATCH);
  const queries = new Float32Array(batch.length * dimension);
  for (const [i, { embedding }] of batch.entries()) queries.set(embedding, i * dimension);
  const started = performance.now();
  const results = await gallery.searchBatch(queries, { k: 2, threshold: 2 });
  searchMs += performance.now() - started;
  for (const [i, probe] of batch.entries()) {
    const nearest = results[i]!.find(({ faceId }) => faceId !== probe.id);
    if (nearest?.person === probe.person) right++;
  }
}
console.log(
  `rank-1 ${((right / probes.length) * 100).toFixed(2)} %: ${right} of ${probes.length} probes of ` +
    `people with two or more photos, gallery of ${faces.length} faces, ` +
    `${(searchMs / probes.length).toFixed(3)} ms a search in batches of ${BATCH}`,
);
