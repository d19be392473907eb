// Does the quality of a face matter? TAR over all pairs of the photos of LFW View 1 DevTrain, with all
// faces and without the worst: npx tsx bench/quality.ts [model]
import { DEFAULT_MODEL, type FaceQuality, Pipeline, PipelineError } from '@facedex/pipeline';
import { photosOf, requireLfw } from './lfw.js';

const FARS = [1e-3, 1e-4, 1e-5];
const BINS = 400_000;
const PARTS = ['score', 'size', 'sharpness', 'frontality', 'exposure', 'detection'] as const;

interface AssessedFace {
  readonly person: string;
  readonly embedding: Float32Array;
  readonly quality: FaceQuality;
}

requireLfw();
const model = process.argv[2] ?? DEFAULT_MODEL;
await using pipeline = await Pipeline.open({ model });
const faces: AssessedFace[] = [];
const analysed = pipeline.analyseAll(photosOf('pairsDevTrain.txt'), {
  find: 'subject',
  sourceOf: ({ path }) => path,
});
for await (const { item, result } of analysed) {
  if (result instanceof PipelineError || result.faces[0] === undefined) continue;
  faces.push({ person: item.person, ...result.faces[0] });
}

const scores = faces.map(({ quality }) => quality.score).sort((a, b) => a - b);
const at = (share: number) => scores[Math.floor(share * (scores.length - 1))]!.toFixed(3);
console.log(
  `${model}, ${faces.length} faces: quality ${at(0)} at least, ${at(0.01)} at 1 %, ${at(0.1)} at ` +
    `10 %, ${at(0.5)} in the middle, ${at(1)} at most`,
);
console.log(`all faces: ${tarsOf(faces)}`);
for (const part of PARTS) {
  console.log(`without the worst tenth by ${part}: ${tarsOf(best(0.9, part))}`);
}
for (const share of [0.99, 0.95, 0.8]) {
  console.log(`the best ${share * 100} % by score: ${tarsOf(best(share, 'score'))}`);
}

function best(share: number, part: (typeof PARTS)[number]): AssessedFace[] {
  const sorted = faces.toSorted((a, b) => b.quality[part] - a.quality[part]);
  return sorted.slice(0, Math.round(share * sorted.length));
}

function tarsOf(subset: readonly AssessedFace[]): string {
  const genuine = new Float64Array(BINS);
  const impostor = new Float64Array(BINS);
  let genuinePairs = 0;
  let impostorPairs = 0;
  for (const [i, a] of subset.entries()) {
    for (let j = 0; j < i; j++) {
      const b = subset[j]!;
      let dot = 0;
      for (let d = 0; d < a.embedding.length; d++) dot += a.embedding[d]! * b.embedding[d]!;
      const bin = Math.min(BINS - 1, Math.max(0, Math.floor(((1 - dot) / 2) * BINS)));
      if (a.person === b.person) {
        genuine[bin]!++;
        genuinePairs++;
      } else {
        impostor[bin]!++;
        impostorPairs++;
      }
    }
  }
  const tars = FARS.map((far) => {
    let accepted = 0;
    let right = 0;
    for (let bin = 0; bin < BINS && accepted + impostor[bin]! <= far * impostorPairs; bin++) {
      accepted += impostor[bin]!;
      right += genuine[bin]!;
    }
    return `${((right / genuinePairs) * 100).toFixed(2)} %`;
  });
  return `TAR ${tars.join(' / ')} at FAR ${FARS.map((far) => far.toExponential(0)).join(' / ')} (${genuinePairs} genuine pairs)`;
}
