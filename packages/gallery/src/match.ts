import { distanceOf, similarityOf } from './distance.js';
import type { Neighbour } from './index/vector-index.js';
import type { Box } from './photo.js';
import type { FaceSummary } from './store/metadata-store.js';

/** A face of the gallery that is near a probe. */
export interface Match {
  /** 1 is the nearest. */
  rank: number;
  faceId: number;
  /** Null when the face carries no name. */
  person: string | null;
  /** Absolute path of its photo; the first in alphabetical order where several files show it. */
  photo: string;
  box: Box;
  /** Euclidean distance, 0…2, lower is closer. */
  distance: number;
  /** Cosine, -1…1, higher is closer. */
  similarity: number;
  /** Whether it is taken for the probe's person: it is within the threshold, named or not. */
  known: boolean;
}

/**
 * Neighbours with what is known of them.
 *
 * @returns undefined when one of them is not among the summaries
 */
export function toMatches(
  neighbours: readonly Neighbour[],
  options: { summaries: ReadonlyMap<number, FaceSummary>; threshold: number },
): Match[] | undefined {
  const matches: Match[] = [];
  for (const { id, squaredDistance } of neighbours) {
    const face = options.summaries.get(id);
    if (face === undefined) {
      return undefined;
    }
    const distance = distanceOf(squaredDistance);
    matches.push({
      rank: matches.length + 1,
      faceId: id,
      person: face.person,
      photo: face.photo,
      box: face.box,
      distance,
      similarity: similarityOf(distance),
      known: distance <= options.threshold,
    });
  }
  return matches;
}
