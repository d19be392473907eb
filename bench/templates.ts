// What should stand for a person with several enrolled faces: the nearest of them, their mean, or a few
// typical ones? And how near may the runner-up be, before an answer is doubted? Open-set identification
// of the people of LFW View 1 DevTrain, ten times with other photos enrolled:
// npx tsx bench/templates.ts <gallery>
// The gallery is made with: npx facedex index ../shared/data/lfw-view1/images --gallery <gallery>
import { basename } from 'node:path';
import { evaluateIdentification, Gallery, type NamedFace, TEMPLATES } from '@facedex/gallery';
import { photosOf, requireLfw } from './lfw.js';

const SHUFFLES = 10;

type Evaluation = Awaited<ReturnType<typeof evaluateIdentification>>;

requireLfw();
const wanted = new Set(photosOf('pairsDevTrain.txt').map(({ path }) => basename(path)));
await using gallery = await Gallery.open(process.argv[2] ?? 'facedex-data');
const faces: NamedFace[] = [];
for await (const { person, embedding, photo } of gallery.faces()) {
  if (person !== null && wanted.has(basename(photo))) faces.push({ person, embedding });
}

for (const enrolled of [2, 3, 4]) {
  for (const templates of TEMPLATES) {
    let tpir = 0;
    let rank1 = 0;
    let summary: Evaluation['summary'] | undefined;
    for (let seed = 1; seed <= SHUFFLES; seed++) {
      ({ summary } = await evaluateIdentification(shuffled(seed), { enrolled, templates }));
      rank1 += summary.rank1 / SHUFFLES;
      tpir += summary.openSet.at(-1)!.tpirAtFpir['1e-2']!.tpir / SHUFFLES;
    }
    console.log(
      `${enrolled} enrolled, ${templates}: rank 1 ${percent(rank1)}, TPIR at FPIR 1 % ${percent(tpir)} ` +
        `(${summary!.people} people, ${summary!.mates} photos of theirs, ${summary!.strangers} of strangers)`,
    );
  }
}

// As many people as there are, and one photo of each: the hardest gallery.
const answers: Record<'right' | 'wrong' | 'strangers', number[]> = {
  right: [],
  wrong: [],
  strangers: [],
};
for (let seed = 1; seed <= SHUFFLES; seed++) {
  const { summary, scores } = await evaluateIdentification(shuffled(seed));
  const { distance: threshold } = summary.openSet.at(-1)!.tpirAtFpir['1e-2']!;
  for (const { distance, margin, right } of scores.mates) {
    if (distance <= threshold) answers[right ? 'right' : 'wrong'].push(margin);
  }
  for (const { distance, margin } of scores.strangers) {
    if (distance <= threshold) answers.strangers.push(margin);
  }
}
for (const margin of [0.02, 0.05, 0.1, 0.15]) {
  const doubted = Object.entries(answers).map(
    ([kind, margins]) =>
      `${margins.filter((own) => own < margin).length} of ${margins.length} ${kind}`,
  );
  console.log(`margin ${margin}: doubts ${doubted.join(', ')}`);
}

/** Faces in another order, so that other ones are enrolled (Park & Miller's generator). */
function shuffled(seed: number): NamedFace[] {
  let state = seed;
  return faces
    .map((face) => {
      state = (state * 48_271) % 2_147_483_647;
      return { face, key: state };
    })
    .sort((a, b) => a.key - b.key)
    .map(({ face }) => face);
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(2)} %`;
}
