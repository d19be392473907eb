import type { EmbeddingSpace } from '../embedding-space.js';
import type { NamedFace } from '../evaluate/visit-pairs.js';
import { type ClassifierModel, fitScores, trainingSet } from './classifier.js';
import {
  type ClassifierOptions,
  type ClassifierSummary,
  crossValidate,
  learnable,
} from './cross-validate.js';

/**
 * Learns to tell people apart: cross-validates, which says how sure its scores are and where the
 * unknown begin, and then trains on everything.
 *
 * @throws GalleryError `INVALID_ARGUMENT` where too few people have enough faces; `INVALID_EMBEDDING`
 */
export async function trainClassifier(
  faces: readonly NamedFace[],
  options: ClassifierOptions & { space: EmbeddingSpace },
): Promise<{ model: ClassifierModel; summary: ClassifierSummary }> {
  const { summary, scale, unknownBelow } = await crossValidate(faces, options);
  const set = trainingSet(learnable(faces, options), options.space.dimension);
  const scores = await fitScores(set, options);
  return {
    model: { ...scores, space: { ...options.space }, people: set.people, scale, unknownBelow },
    summary,
  };
}
