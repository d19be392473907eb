import { readdir, readFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import {
  evaluatePairs,
  type Pair,
  type PairsSummary,
  type PhotoReference,
  parsePairs,
  type ScoredPair,
} from '@facedex/gallery';
import { Pipeline, PipelineError } from '@facedex/pipeline';
import { FacedexError } from './facedex-error.js';
import { similarityOf } from './likeness.js';
import { verificationThreshold } from './thresholds.js';

/** What to evaluate. */
export interface EvaluatePairsOptions {
  /** Photos as `<images>/<Name>/<Name>_0001.<ext>`. */
  readonly images: string;
  /** A pairs file of Labeled Faces in the Wild. */
  readonly pairs: string;
  /** Pairs to fit the threshold on; default: the other folds, without folds the model card. */
  readonly fitPairs?: string;
  /** Id of the embedder. */
  readonly model?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Accuracy on pairs of photos. */
export interface PairsEvaluation extends PairsSummary {
  readonly model: string;
  /** Photos of the pairs, and how many of them had no face or couldn't be read. */
  readonly photos: number;
  readonly noFace: number;
  /** Pairs with such a photo: they count as "different". */
  readonly noFacePairs: number;
  readonly seconds: number;
}

/**
 * Runs the pairs protocol of Labeled Faces in the Wild (Huang et al., 2007) on photos.
 *
 * @throws {FacedexError} `PHOTO_MISSING` where a named photo is not there
 * @throws {GalleryError} `INVALID_FILE` where a pairs file is not in its format
 */
export async function evaluatePairsOfPhotos(
  options: EvaluatePairsOptions,
): Promise<PairsEvaluation> {
  const started = performance.now();
  const pairs = await readPairs(options.pairs);
  const fitPairs = options.fitPairs === undefined ? [] : await readPairs(options.fitPairs);
  const photos = await locate([...pairs, ...fitPairs], options.images);
  await using pipeline = await Pipeline.open(options.model ? { model: options.model } : {});

  const embeddings = new Map<string, Float32Array>();
  let done = 0;
  const analysed = pipeline.analyseAll(photos, { find: 'subject', sourceOf: ([, path]) => path });
  for await (const { item, result } of analysed) {
    if (!(result instanceof PipelineError) && result.faces[0] !== undefined) {
      embeddings.set(item[0], result.faces[0].embedding);
    }
    options.onProgress?.(++done, photos.size);
  }

  const score = ({ a, b, same, fold }: Pair): ScoredPair => {
    const first = embeddings.get(keyOf(a));
    const second = embeddings.get(keyOf(b));
    return { same, fold, similarity: first && second ? similarityOf(first, second) : null };
  };
  const scores = pairs.map(score);
  const summary = evaluatePairs(
    scores,
    options.fitPairs === undefined
      ? { threshold: verificationThreshold(pipeline.model) }
      : { fitOn: fitPairs.map(score) },
  );
  return {
    ...summary,
    model: pipeline.model.id,
    photos: photos.size,
    noFace: photos.size - embeddings.size,
    noFacePairs: summary.noFace,
    seconds: (performance.now() - started) / 1000,
  };
}

async function readPairs(path: string): Promise<Pair[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new FacedexError('FILE_NOT_FOUND', `can't read ${path}: expected a pairs file of LFW`);
  });
  return parsePairs(text);
}

function keyOf({ person, number }: PhotoReference): string {
  return `${person}_${String(number).padStart(4, '0')}`;
}

/** The path of every photo that the pairs name, by its key; each once, in a stable order. */
async function locate(pairs: readonly Pair[], images: string): Promise<Map<string, string>> {
  const wanted = new Map(
    pairs.flatMap(({ a, b }) => [a, b]).map((photo) => [keyOf(photo), photo.person]),
  );
  const folders = new Map<string, Map<string, string>>();
  const found = new Map<string, string>();
  for (const key of [...wanted.keys()].sort()) {
    const folder = join(images, wanted.get(key)!);
    let files = folders.get(folder);
    if (files === undefined) {
      const names = await readdir(folder).catch(() => []);
      files = new Map(names.map((name) => [parse(name).name, join(folder, name)]));
      folders.set(folder, files);
    }
    const path = files.get(key);
    if (path === undefined) {
      throw new FacedexError(
        'PHOTO_MISSING',
        `${join(folder, key)}.jpg is named by the pairs file but is not there: check --images`,
      );
    }
    found.set(key, path);
  }
  return found;
}
