import {
  CLASSIFIERS,
  type ClassifierKind,
  type ClassifierSummary,
  classify,
  crossValidate,
  formatClassifier,
  GalleryError,
  type Prediction,
  readClassifier,
  trainClassifier,
} from '@facedex/gallery';
import { Pipeline } from '@facedex/pipeline';
import { embedSubjects } from './embed-subjects.js';
import { spaceOf } from './facedex.js';
import { type LabelledSource, labelledFaces } from './labelled-faces.js';
import { writeFileAtomically } from './write-file.js';

/** How to learn. */
export interface ClassifierSource extends LabelledSource {
  /** People with fewer faces are left out; at least 2, default 4. */
  readonly minFaces?: number;
}

/**
 * Learns to tell the people of a gallery or folder apart, and writes what it learned. The file holds
 * biometric data; deleting a person from a gallery does not change it: train again.
 *
 * @throws {FacedexError} as {@link labelledFaces}; `CANNOT_WRITE`
 * @throws {GalleryError} `INVALID_ARGUMENT` where too few people have enough faces
 */
export async function trainClassifierOn(
  source: ClassifierSource,
  { kind, out }: { readonly kind: ClassifierKind; readonly out: string },
): Promise<ClassifierSummary> {
  const { faces, space } = await labelledFaces(source);
  const { model, summary } = await trainClassifier(faces, { ...source, kind, space });
  await writeFileAtomically(out, Buffer.from(formatClassifier(model)));
  return summary;
}

/**
 * Cross-validates every kind of classifier beside the nearest neighbour.
 *
 * @throws as {@link trainClassifierOn}
 */
export async function evaluateClassifiers(source: ClassifierSource): Promise<ClassifierSummary[]> {
  const { faces } = await labelledFaces(source);
  const summaries: ClassifierSummary[] = [];
  for (const kind of CLASSIFIERS) {
    summaries.push((await crossValidate(faces, { ...source, kind })).summary);
  }
  return summaries;
}

/** What a classifier says of a photo. */
export interface PhotoPrediction {
  readonly photo: string;
  /** Null where the photo has no face or can't be read. */
  readonly prediction: Prediction | null;
}

/**
 * Says whom photos show, by a classifier's file.
 *
 * @throws {GalleryError} `INVALID_FILE`; `WRONG_SPACE` where its model is another than it was
 * @throws {PipelineError} `UNKNOWN_MODEL`, `MODEL_MISSING`
 */
export async function classifyPhotos(
  photos: readonly string[],
  { classifier }: { readonly classifier: string },
): Promise<PhotoPrediction[]> {
  const model = await readClassifier(classifier);
  await using pipeline = await Pipeline.open({ model: model.space.id });
  const space = spaceOf(pipeline.model);
  if (space.id !== model.space.id || space.dimension !== model.space.dimension) {
    throw new GalleryError(
      'WRONG_SPACE',
      `the classifier ${classifier} was trained on "${model.space.id}" (${model.space.dimension} values) but the model makes "${space.id}" (${space.dimension} values): train it again`,
    );
  }
  const embeddings = await embedSubjects(pipeline, { photos });
  const found = photos.filter((photo) => embeddings.has(photo));
  const predictions = await classify(
    model,
    found.map((photo) => embeddings.get(photo)!),
  );
  return photos.map((photo) => ({ photo, prediction: predictions[found.indexOf(photo)] ?? null }));
}
