// What do 128 bytes a face cost in accuracy? Every photo of a gallery of LFW View 1 is looked for among
// the others: is the nearest of the same person (rank-1, people with two photos or more), and how many
// of them are identified when 1 % of the people with one photo are taken for somebody else?
//   npx tsx bench/compact.ts [gallery]
// The gallery is made with: npx facedex index ../shared/data/lfw-view1/images --gallery <gallery>
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FaissIndex } from '@facedex/faiss';
import { Gallery } from '@facedex/gallery';

const FPIR = 0.01;
/** Compressed vectors without another look at the whole ones. */
const ALONE = ['Flat', 'PCA128,SQ8', 'PQ128x4fs', 'PCA64,SQ8'];

interface Nearest {
  id: number;
  distance: number;
}

const directory = process.argv[2] ?? 'facedex-data';
await using gallery = await Gallery.open(directory);
const { dimension } = gallery.space;
const people: string[] = [];
const ids: number[] = [];
const vectors: number[] = [];
for await (const { id, person, embedding } of gallery.faces()) {
  if (person === null) continue;
  people.push(person);
  ids.push(id);
  vectors.push(...embedding);
}
const embeddings = Float32Array.from(vectors);
const personOf = new Map(ids.map((id, i) => [id, people[i]!]));
const counts = new Map<string, number>();
for (const person of people) counts.set(person, (counts.get(person) ?? 0) + 1);

console.log(`${ids.length} faces of ${counts.size} people`);
for (const factory of ALONE) {
  const index = FaissIndex.create({ dimension, factory });
  await index.train(embeddings);
  await index.add(embeddings, ids);
  const found = await index.search(embeddings, { k: 2 });
  const nearest = ids.map((own, i) => {
    const at = Number(found.ids[2 * i]) === own ? 2 * i + 1 : 2 * i;
    return { id: Number(found.ids[at]), distance: Math.sqrt(Math.max(0, found.distances[at]!)) };
  });
  report(`${factory} alone`, index.codeSize, nearest);
  await index[Symbol.asyncDispose]();
}
for (const kind of ['auto', 'compact']) {
  const copy = await mkdtemp(join(tmpdir(), 'facedex-bench-'));
  await cp(directory, copy, { recursive: true });
  await using other = await Gallery.open(copy, { mode: 'write', index: kind });
  await other.flush();
  const { index } = await other.stats();
  const nearest: Nearest[] = [];
  for (const [i, own] of ids.entries()) {
    const probe = embeddings.subarray(i * dimension, (i + 1) * dimension);
    const matches = await other.search(probe, { k: 2, threshold: 2 });
    const match = matches.find(({ faceId }) => faceId !== own)!;
    nearest.push({ id: match.faceId, distance: match.distance });
  }
  report(`gallery, ${kind}: ${index.factory}`, index.vectorBytes, nearest);
  await rm(copy, { recursive: true, force: true });
}

function report(name: string, bytes: number, nearest: readonly Nearest[]): void {
  const isRight = (i: number) => personOf.get(nearest[i]!.id) === people[i];
  const mated = ids.flatMap((_, i) => (counts.get(people[i]!)! > 1 ? [i] : []));
  const strangers = ids.flatMap((_, i) => (counts.get(people[i]!)! > 1 ? [] : [i]));
  const falseOnes = strangers.map((i) => nearest[i]!.distance).sort((a, b) => a - b);
  const threshold = falseOnes[Math.floor(FPIR * falseOnes.length)]!;
  const rank1 = mated.filter(isRight).length / mated.length;
  const tpir =
    mated.filter((i) => isRight(i) && nearest[i]!.distance < threshold).length / mated.length;
  console.log(
    `${name.padEnd(34)} ${String(bytes).padStart(5)} bytes  rank-1 ${(rank1 * 100).toFixed(2)} %  ` +
      `TPIR at FPIR 1 % ${(tpir * 100).toFixed(2)} %  threshold ${threshold.toFixed(3)}`,
  );
}
