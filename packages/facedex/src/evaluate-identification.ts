import {
  type EmbeddingSpace,
  evaluateIdentification,
  type IdentificationSummary,
  type Templates,
} from '@facedex/gallery';
import { findEmbedder } from '@facedex/pipeline';
import { ActiveCalibration, DEFAULT_FALSE_POSITIVE_RATE } from './calibration.js';
import { DEFAULT_GALLERY } from './facedex.js';
import { type LabelledSource, labelledFaces } from './labelled-faces.js';
import { identificationReport } from './report/identification-report.js';
import { writeReport } from './report/write-report.js';

/** What to evaluate. */
export interface EvaluateIdentificationOptions extends LabelledSource {
  /** Enrolled photos a person, the first by name; default 1. */
  readonly enrolled?: number;
  /** What stands for a person. */
  readonly templates?: Templates;
  /** A calibration whose threshold is judged; default as in identify. */
  readonly calibration?: string;
  /** Folder to write figures (JSON, CSV) and pictures (SVG, PNG) to; default none. */
  readonly report?: string;
}

/** How well the people of a gallery or folder are identified. */
export interface IdentificationEvaluation extends IdentificationSummary {
  /** The embedding space. */
  readonly space: string;
  /** Where the threshold of `atThreshold` is from; null where the model has none. */
  readonly calibration: string | null;
  readonly seconds: number;
}

/**
 * Enrols some photos of each person, looks for the others and for those of strangers, and counts what
 * identification would have answered.
 *
 * @throws {FacedexError} as {@link labelledFaces}; `CANNOT_WRITE`
 * @throws {GalleryError} `INVALID_ARGUMENT` where there are too few photos; `INVALID_FILE`
 */
export async function evaluateIdentificationOfPhotos(
  options: EvaluateIdentificationOptions,
): Promise<IdentificationEvaluation> {
  const started = performance.now();
  const { faces, space } = await labelledFaces(options);
  const calibration = await calibrationOf(space, options);
  const { summary, scores } = await evaluateIdentification(faces, {
    ...options,
    ...(calibration === null ? {} : { thresholdFor: thresholdBy(calibration) }),
  });
  const evaluation = {
    ...summary,
    space: space.id,
    calibration: calibration?.from ?? null,
    seconds: (performance.now() - started) / 1000,
  };
  if (options.report !== undefined) {
    const title = `${space.id}, ${summary.people} people`;
    await writeReport(options.report, identificationReport(scores, { summary: evaluation, title }));
  }
  return evaluation;
}

async function calibrationOf(
  space: EmbeddingSpace,
  { calibration: file, gallery, images }: EvaluateIdentificationOptions,
): Promise<ActiveCalibration | null> {
  const unknown = { space: space.id, dimension: space.dimension, thresholds: {} };
  const calibration = await ActiveCalibration.load(
    await findEmbedder(space.id).catch(() => unknown),
    { file, ...(images === undefined ? { gallery: gallery ?? DEFAULT_GALLERY } : {}) },
  );
  return calibration.falseMatchRate(0) === null ? null : calibration;
}

function thresholdBy(calibration: ActiveCalibration): (comparisons: number) => number {
  const falsePositiveRate = DEFAULT_FALSE_POSITIVE_RATE;
  return (comparisons) =>
    calibration.identificationThreshold({ falsePositiveRate, comparisons }).distance;
}
