// How accurate is each model and preset, and what does it cost? Photos of LFW View 1:
// npx tsx bench/accuracy.ts [preset or model …]
// Accuracy is that of DevTest's pairs at the best threshold of DevTrain's; true accept rates (TAR) are of
// all pairs of the photos. Thresholds on model cards are those of all pairs of DevTrain.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { evaluateAllPairs, evaluatePairs, type Pair, parsePairs } from '@facedex/gallery';
import {
  CATALOG,
  type Embedder,
  Pipeline,
  PipelineError,
  PRESETS,
  type Preset,
} from '@facedex/pipeline';
import { locateNetworks } from '../packages/pipeline/src/locate-networks.js';
import { LFW, type LfwPhoto, photosOf, requireLfw } from './lfw.js';

/** Photos for the time with one worker: enough to be steady, few enough not to double the bench. */
const TIMED_PHOTOS = 400;

requireLfw();
const train = photosOf('pairsDevTrain.txt');
const test = photosOf('pairsDevTest.txt');
const asked = process.argv.slice(2);
const ofPresets: readonly string[] = Object.values(PRESETS);
const embedders = CATALOG.flatMap(({ card }) =>
  card.kind === 'embedder' && !ofPresets.includes(card.id) ? [card.id] : [],
);
for (const name of asked.length > 0 ? asked : [...Object.keys(PRESETS), ...embedders]) {
  await measure(name);
}

async function measure(name: string): Promise<void> {
  const choice = Object.hasOwn(PRESETS, name) ? { preset: name as Preset } : { model: name };
  let id: string;
  let two: Embedded;
  let one: Embedded;
  {
    await using pipeline = await Pipeline.open({ ...choice, workers: 2 });
    id = pipeline.model.id;
    two = await embed(pipeline, [...train, ...test]);
    console.log(`\n${name}: ${id}, ${await megabytes(pipeline.model)} MB of networks`);
  }
  {
    await using pipeline = await Pipeline.open({ ...choice, workers: 1 });
    one = await embed(pipeline, train.slice(0, TIMED_PHOTOS));
  }
  const { embeddings } = two;
  const accuracy = evaluatePairs(scored('pairsDevTest.txt', embeddings), {
    fitOn: scored('pairsDevTrain.txt', embeddings),
  });
  console.log(`DevTest ${percent(accuracy.accuracy)} ± ${percent(accuracy.standardError)}`);
  for (const [what, photos] of [
    ['DevTrain', train],
    ['View 1', [...train, ...test]],
  ] as const) {
    const { noFace, genuine, impostor, tarAtFar, thresholdAtFar } = await evaluateAllPairs(
      photos.map(({ person, path }) => ({ person, embedding: embeddings.get(path) ?? null })),
    );
    const rates = Object.entries(tarAtFar).map(
      ([far, tar]) => `${far}: ${percent(tar)} (distance ${thresholdAtFar[far]!.toFixed(4)})`,
    );
    console.log(`${what}, ${genuine} genuine and ${impostor} impostor pairs, ${noFace} no face`);
    console.log(`  ${rates.slice(1).join(', ')}`);
  }
  console.log(
    `ms a photo: ${one.wallMs.toFixed(1)} with 1 worker (${one.cpuMs.toFixed(1)} of processor time), ` +
      `${two.wallMs.toFixed(1)} with 2 (${two.cpuMs.toFixed(1)})`,
  );
}

interface Embedded {
  readonly embeddings: Map<string, Float32Array>;
  /** A photo, by the clock and in processor time. */
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function embed(pipeline: Pipeline, photos: readonly LfwPhoto[]): Promise<Embedded> {
  const embeddings = new Map<string, Float32Array>();
  const options = { find: 'subject', sourceOf: (photo: LfwPhoto) => photo.path } as const;
  const cpu = process.cpuUsage();
  const started = performance.now();
  for await (const { item, result } of pipeline.analyseAll(photos, options)) {
    if (result instanceof PipelineError || result.faces[0] === undefined) continue;
    embeddings.set(item.path, result.faces[0].embedding);
  }
  const { user, system } = process.cpuUsage(cpu);
  return {
    embeddings,
    wallMs: (performance.now() - started) / photos.length,
    cpuMs: (user + system) / 1000 / photos.length,
  };
}

function scored(pairsFile: string, embeddings: ReadonlyMap<string, Float32Array>) {
  const pairs = parsePairs(readFileSync(join(LFW, pairsFile), 'utf8'));
  const of = ({ person, number }: Pair['a']) =>
    embeddings.get(join(LFW, 'images', person, `${person}_${String(number).padStart(4, '0')}.jpg`));
  return pairs.map(({ a, b, same, fold }) => {
    const [first, second] = [of(a), of(b)];
    const similarity =
      first && second ? first.reduce((sum, value, d) => sum + value * second[d]!, 0) : null;
    return { same, fold, similarity };
  });
}

async function megabytes(embedder: Embedder): Promise<string> {
  const files = await locateNetworks(embedder, { liveness: false });
  const { detector, verifier, landmarks, refiner, embedder: parts } = files;
  const networks = [detector, verifier, landmarks, ...(refiner ? [refiner] : []), ...parts];
  return (networks.reduce((sum, { path }) => sum + statSync(path).size, 0) / 1e6).toFixed(1);
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(2)} %`;
}
