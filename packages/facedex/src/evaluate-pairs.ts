import {
  evaluatePairs,
  type Pair,
  type PairsSummary,
  type PhotoReference,
  type ScoredPair,
} from '@facedex/gallery';
import { type EmbedderChoice, Pipeline } from '@facedex/pipeline';
import { ActiveCalibration } from './calibration.js';
import { embedSubjects } from './embed-subjects.js';
import { similarityOf } from './likeness.js';
import { locatePhotos, photoKey, readPairs } from './pair-photos.js';
import { pairsReport } from './report/pairs-report.js';
import { writeReport } from './report/write-report.js';

/** What to evaluate. */
export interface EvaluatePairsOptions extends EmbedderChoice {
  /** Photos as `<images>/<Name>/<Name>_0001.<ext>`. */
  readonly images: string;
  /** A pairs file of Labeled Faces in the Wild. */
  readonly pairs: string;
  /** Pairs to fit the threshold on; default: the other folds, without folds the model card. */
  readonly fitPairs?: string;
  /** Folder to write figures (JSON, CSV) and pictures (SVG, PNG) to; default none. */
  readonly report?: string;
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
 * @throws {FacedexError} `PHOTO_MISSING` where a named photo is not there; `CANNOT_WRITE`
 * @throws {GalleryError} `INVALID_FILE` where a pairs file is not in its format
 */
export async function evaluatePairsOfPhotos(
  options: EvaluatePairsOptions,
): Promise<PairsEvaluation> {
  const started = performance.now();
  const pairs = await readPairs(options.pairs);
  const fitPairs = options.fitPairs === undefined ? [] : await readPairs(options.fitPairs);
  const photos = await locatePhotos([...pairs, ...fitPairs], options.images);
  await using pipeline = await Pipeline.open(options);

  const embeddings = await embedSubjects(pipeline, {
    photos: [...photos.values()],
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
  const embeddingOf = (photo: PhotoReference) => embeddings.get(photos.get(photoKey(photo))!);

  const score = ({ a, b, same, fold }: Pair): ScoredPair => {
    const first = embeddingOf(a);
    const second = embeddingOf(b);
    return { same, fold, similarity: first && second ? similarityOf(first, second) : null };
  };
  const scores = pairs.map(score);
  const summary = evaluatePairs(
    scores,
    options.fitPairs === undefined
      ? { threshold: (await ActiveCalibration.load(pipeline.model)).verificationThreshold() }
      : { fitOn: fitPairs.map(score) },
  );
  const evaluation = {
    ...summary,
    model: pipeline.model.id,
    photos: photos.size,
    noFace: photos.size - embeddings.size,
    noFacePairs: summary.noFace,
    seconds: (performance.now() - started) / 1000,
  };
  if (options.report !== undefined) {
    const title = pipeline.model.id;
    await writeReport(options.report, pairsReport(scores, { summary: evaluation, title }));
  }
  return evaluation;
}
