// Does the quality of a face matter? TAR over all pairs of the photos of LFW View 1 DevTrain, with all
// faces and without the worst; and how quality foretells whether a shrunken photo is still recognised:
// npx tsx bench/quality.ts [model]
import { evaluateAllPairs } from '@facedex/gallery';
import { DEFAULT_MODEL, type FaceQuality, Pipeline, PipelineError } from '@facedex/pipeline';
import sharp from 'sharp';
import { photosOf, requireLfw } from './lfw.js';

const FARS = ['1e-3', '1e-4', '1e-5'];
const PARTS = ['score', 'size', 'sharpness', 'frontality', 'exposure', 'detection'] as const;

/** People with several photos whose second one is shrunken, and by which factors. */
const PEOPLE = 300;
const SCALES = [0.5, 0.35, 0.25, 0.18, 0.13];

interface AssessedFace {
  readonly path: string;
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
  faces.push({ ...item, ...result.faces[0] });
}

const scores = faces.map(({ quality }) => quality.score).sort((a, b) => a - b);
const at = (share: number) => scores[Math.floor(share * (scores.length - 1))]!.toFixed(3);
console.log(
  `${model}, ${faces.length} faces: quality ${at(0)} at least, ${at(0.01)} at 1 %, ${at(0.1)} at ` +
    `10 %, ${at(0.5)} in the middle, ${at(1)} at most`,
);
console.log(`all faces: ${await tarsOf(faces)}`);
for (const part of PARTS) {
  console.log(`without the worst tenth by ${part}: ${await tarsOf(best(0.9, part))}`);
}
for (const share of [0.99, 0.95, 0.8]) {
  console.log(`the best ${share * 100} % by score: ${await tarsOf(best(share, 'score'))}`);
}
await shrunken();

/** One photo of each genuine pair is made smaller, so that its face is worse. */
async function shrunken(): Promise<void> {
  const threshold = pipeline.model.thresholds['1e-4']!;
  const bands = new Map<string, { pairs: number; recognised: number }>();
  const limits = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1];
  const byPerson = new Map<string, AssessedFace[]>();
  for (const face of faces) byPerson.set(face.person, [...(byPerson.get(face.person) ?? []), face]);
  const pairs = [...byPerson.values()].filter((group) => group.length > 1).slice(0, PEOPLE);
  for (const scale of SCALES) {
    const photos = pairs.map(([a, b]) => ({ original: a!, path: b!.path }));
    const sources = photos.map(async ({ original, path }) => {
      const { width } = await sharp(path).metadata();
      const small = sharp(path)
        .resize(Math.round(width * scale))
        .png();
      return { original, source: await small.toBuffer() };
    });
    const options = {
      find: 'subject',
      sourceOf: ({ source }: { source: Uint8Array }) => source,
    } as const;
    for await (const { item, result } of pipeline.analyseAll(await Promise.all(sources), options)) {
      if (result instanceof PipelineError || result.faces[0] === undefined) continue;
      const { embedding, quality } = result.faces[0];
      const upper = limits.findIndex((limit, i) => i > 0 && quality.score <= limit);
      const name = `${limits[upper - 1]} to ${limits[upper]}`;
      const band = bands.get(name) ?? { pairs: 0, recognised: 0 };
      band.pairs++;
      if (cosine(item.original.embedding, embedding) >= 1 - threshold ** 2 / 2) band.recognised++;
      bands.set(name, band);
    }
  }
  console.log(`one photo of each of ${pairs.length} pairs at ${SCALES.join(', ')} of its size:`);
  for (const [name, band] of [...bands].sort(
    ([a], [b]) => Number.parseFloat(a) - Number.parseFloat(b),
  )) {
    const share = ((band.recognised / band.pairs) * 100).toFixed(1);
    console.log(
      `quality ${name}: ${share} % of ${band.pairs} recognised at the threshold of FAR 1e-4`,
    );
  }
}

/** The faces that are left without the worst by a part of their quality. */
function best(share: number, part: (typeof PARTS)[number]): AssessedFace[] {
  const sorted = faces.toSorted((a, b) => b.quality[part] - a.quality[part]);
  return sorted.slice(0, Math.round(share * sorted.length));
}

/** True accept rates over all pairs of some faces. */
async function tarsOf(kept: readonly AssessedFace[]): Promise<string> {
  const { tarAtFar, genuine } = await evaluateAllPairs(kept);
  const tars = FARS.map((far) => `${(tarAtFar[far]! * 100).toFixed(2)} %`);
  return `TAR ${tars.join(' / ')} at FAR ${FARS.join(' / ')} (${genuine} genuine pairs)`;
}

function cosine(a: Float32Array, b: Float32Array): number {
  let dot = 0;
  for (let d = 0; d < a.length; d++) dot += a[d]! * b[d]!;
  return dot;
}
