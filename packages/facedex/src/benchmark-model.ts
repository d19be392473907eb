import { evaluatePairs, type ScoredPair } from '@facedex/gallery';
import {
  type EmbedderVariant,
  embedVariants,
  type FaceInFile,
  Pipeline,
  PipelineError,
} from '@facedex/pipeline';
import { FacedexError } from './facedex-error.js';
import { similarityOf } from './likeness.js';
import { listPhotos } from './list-photos.js';

/** What to benchmark. */
export interface BenchmarkOptions {
  /** A folder with one sub-folder of photos per person. */
  readonly images: string;
  /** Called with the figures of each way of showing faces, the card's first. */
  readonly onVariant?: (figures: VariantFigures) => void;
}

/** How well an embedder tells people apart when faces are shown to it in some way. */
export interface VariantFigures extends EmbedderVariant {
  /**
   * Distance between the mean similarities of pairs of one person and of different people, in
   * standard deviations (d'): higher is better, and never saturates.
   */
  readonly separation: number;
  /** How often a pair of one person is more similar than one of different people, 0…1. */
  readonly auc: number;
  /** True accept rates by false accept rate, as far as there are pairs enough. */
  readonly tarAtFar: Readonly<Record<string, number>>;
}

/** Which way of showing faces fits an embedder. */
export interface ModelBenchmark {
  readonly model: string;
  readonly people: number;
  readonly faces: number;
  readonly genuinePairs: number;
  readonly impostorPairs: number;
  /** As the card says. */
  readonly card: VariantFigures;
  readonly best: VariantFigures;
  /** Whether no variant is clearly better than the card. */
  readonly cardFits: boolean;
  /** Best first. */
  readonly variants: readonly VariantFigures[];
}

/** Enough to see which variant fits, in a minute or two with the largest network. */
const MAX_FACES = 150;
const MAX_FACES_PER_PERSON = 3;

/** Variants that differ by less can't be told apart by so few faces. */
const CLEARLY = 1.05;

/**
 * Tries the usual colour orders, normalisations and templates on labelled photos: a wrong one gives
 * no error, only worse embeddings.
 *
 * @throws {FacedexError} `FOLDER_NOT_FOUND`; `NO_PHOTOS` where there are not two people with two
 * photos with a face each
 * @throws {PipelineError} `UNKNOWN_MODEL`, `MODEL_MISSING`, `MODEL_CORRUPT`
 */
export async function benchmarkModel(
  model: string,
  { images, onVariant }: BenchmarkOptions,
): Promise<ModelBenchmark> {
  const faces = await findFaces(model, images);
  const people = new Set(faces.map(({ person }) => person)).size;
  if (people < 2) {
    throw new FacedexError(
      'NO_PHOTOS',
      `expected a folder with at least two people who have two photos with a face each, found ${people} in ${images}`,
    );
  }
  const pairs = pairsOf(faces);
  const variants: VariantFigures[] = [];
  const tried = embedVariants(model, {
    faces,
    score: (embeddings) => figuresOf(pairs, embeddings),
    isBetter: (a, b) => a.separation > b.separation,
  });
  for await (const { variant, score } of tried) {
    const figures = { ...variant, ...score };
    variants.push(figures);
    onVariant?.(figures);
  }
  const card = variants[0]!;
  const sorted = variants.toSorted((a, b) => b.separation - a.separation);
  const best = sorted[0]!;
  const genuinePairs = pairs.filter(({ same }) => same).length;
  return {
    model,
    people,
    faces: faces.length,
    genuinePairs,
    impostorPairs: pairs.length - genuinePairs,
    card,
    best,
    cardFits: best.separation <= card.separation * CLEARLY,
    variants: sorted,
  };
}

interface LabelledFace extends FaceInFile {
  readonly person: string;
}

/** The faces of people with several photos, some of each. */
async function findFaces(model: string, images: string): Promise<LabelledFace[]> {
  const photos = new Map<string, string[]>();
  for (const { path, person } of await listPhotos(images)) {
    if (person !== null) photos.set(person, [...(photos.get(person) ?? []), path]);
  }
  const items = [...photos]
    .filter(([, paths]) => paths.length > 1)
    .flatMap(([person, paths]) =>
      paths.slice(0, MAX_FACES_PER_PERSON).map((path) => ({ person, path })),
    )
    .slice(0, MAX_FACES);
  await using pipeline = await Pipeline.open({ model });
  const found = new Map<string, LabelledFace[]>();
  const options = {
    find: 'subject',
    embed: false,
    sourceOf: ({ path }: { path: string }) => path,
  } as const;
  for await (const { item, result } of pipeline.analyseAll(items, options)) {
    const face = result instanceof PipelineError ? undefined : result.faces[0];
    if (face === undefined) continue;
    const { person, path } = item;
    found.set(person, [...(found.get(person) ?? []), { person, path, landmarks: face.landmarks }]);
  }
  return [...found.values()].filter((faces) => faces.length > 1).flat();
}

/** Two faces, by their positions. */
interface FacePair {
  readonly a: number;
  readonly b: number;
  readonly same: boolean;
}

function pairsOf(faces: readonly LabelledFace[]): FacePair[] {
  return faces.flatMap(({ person }, a) =>
    faces.slice(0, a).map((other, b) => ({ a, b, same: other.person === person })),
  );
}

function figuresOf(pairs: readonly FacePair[], embeddings: readonly Float32Array[]) {
  const scored = pairs.map(({ a, b, same }) => {
    const similarity = similarityOf(embeddings[a]!, embeddings[b]!);
    // An embedding that is not finite is none: such pairs count as different.
    return { same, fold: 0, similarity: Number.isFinite(similarity) ? similarity : null };
  });
  const { auc, tarAtFar } = evaluatePairs(scored);
  return { separation: separationOf(scored), auc, tarAtFar };
}

function separationOf(pairs: readonly ScoredPair[]): number {
  const spreadOf = (same: boolean) => {
    const values = pairs.filter((pair) => pair.same === same).map((pair) => pair.similarity ?? 0);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, variance: squares / values.length };
  };
  const genuine = spreadOf(true);
  const impostor = spreadOf(false);
  const deviation = Math.sqrt((genuine.variance + impostor.variance) / 2);
  return deviation > 0 ? (genuine.mean - impostor.mean) / deviation : 0;
}
