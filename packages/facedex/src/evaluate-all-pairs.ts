import { type AllPairsSummary, evaluateAllPairs } from '@facedex/gallery';
import { type EmbedderChoice, Pipeline } from '@facedex/pipeline';
import { choosePhotos } from './choose-photos.js';
import { embedSubjects } from './embed-subjects.js';

/** What to evaluate. */
export interface EvaluateAllPairsOptions extends EmbedderChoice {
  /** A folder with one sub-folder of photos per person; photos at its top are passed over. */
  readonly images: string;
  /** Only the photos that these pairs files of Labeled Faces in the Wild name; default all. */
  readonly pairs?: readonly string[];
  readonly onProgress?: (done: number, total: number) => void;
}

/** How well all pairs of photos are told apart. */
export interface AllPairsEvaluation extends AllPairsSummary {
  readonly model: string;
  readonly seconds: number;
}

/**
 * Compares every photo of a folder of people with every other one. Far sharper than a list of pairs:
 * some thousands of photos make millions of pairs of different people.
 *
 * @throws {FacedexError} `FOLDER_NOT_FOUND`; `NO_PHOTOS` where no person has any; `PHOTO_MISSING`
 * where a photo that a pairs file names is not there
 * @throws {GalleryError} `INVALID_ARGUMENT` where no person has two photos, or there is one person;
 * `INVALID_FILE` where a pairs file is not in its format
 */
export async function evaluateAllPairsOfPhotos(
  options: EvaluateAllPairsOptions,
): Promise<AllPairsEvaluation> {
  const started = performance.now();
  const photos = await choosePhotos(options.images, options.pairs);
  await using pipeline = await Pipeline.open(options);
  const embeddings = await embedSubjects(pipeline, {
    photos: photos.map(({ path }) => path),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });
  const summary = await evaluateAllPairs(
    photos.map(({ path, person }) => ({ person, embedding: embeddings.get(path) ?? null })),
  );
  return {
    ...summary,
    model: pipeline.model.id,
    seconds: (performance.now() - started) / 1000,
  };
}
