import { GalleryError } from '../errors.js';

/** How well a grouping of faces agrees with who they are; rates are fractions, 0…1. */
export interface ClusterFigures {
  faces: number;
  /** How many people there are, and how many clusters were found; a face alone counts as one. */
  people: number;
  clusters: number;
  /** Clusters of more than one face. */
  severalFaces: number;
  /**
   * Over all pairs of faces: of those in one cluster, the share that is one person (precision); of
   * those of one person, the share that is in one cluster (recall). Where there are none, 1.
   */
  pairwise: Agreement;
  /**
   * B-cubed (Bagga & Baldwin 1998): the mean over faces of the share of its cluster that is its person
   * (precision), and of its person that is in its cluster (recall). A person of many faces does not
   * outweigh the others as it does over pairs.
   */
  bCubed: Agreement;
}

export interface Agreement {
  precision: number;
  recall: number;
  /** The harmonic mean of the two. */
  f1: number;
}

/**
 * Compares clusters with the truth.
 *
 * @param clusters by face: its cluster, any value
 * @param people by face: who it is, any value
 * @throws GalleryError `INVALID_ARGUMENT` when there are no faces, or not as many of one as of the other
 */
export function evaluateClusters(
  clusters: ArrayLike<unknown>,
  people: ArrayLike<unknown>,
): ClusterFigures {
  const faces = clusters.length;
  if (faces === 0 || people.length !== faces) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected a cluster and a person for each of at least one face but received ${faces} and ${people.length}`,
    );
  }
  const both = new Map<unknown, Map<unknown, number>>();
  const ofPerson = new Map<unknown, number>();
  for (let face = 0; face < faces; face++) {
    const counts = both.get(clusters[face]) ?? new Map<unknown, number>();
    counts.set(people[face], (counts.get(people[face]) ?? 0) + 1);
    both.set(clusters[face], counts);
    ofPerson.set(people[face], (ofPerson.get(people[face]) ?? 0) + 1);
  }
  let [rightPairs, joinedPairs, purity, completeness, severalFaces] = [0, 0, 0, 0, 0];
  for (const counts of both.values()) {
    const size = sum(counts.values());
    joinedPairs += pairsOf(size);
    severalFaces += size > 1 ? 1 : 0;
    for (const [person, count] of counts) {
      rightPairs += pairsOf(count);
      purity += count ** 2 / size;
      completeness += count ** 2 / ofPerson.get(person)!;
    }
  }
  const samePairs = sum(Array.from(ofPerson.values(), pairsOf));
  return {
    faces,
    people: ofPerson.size,
    clusters: both.size,
    severalFaces,
    pairwise: agreement(share(rightPairs, joinedPairs), share(rightPairs, samePairs)),
    bCubed: agreement(purity / faces, completeness / faces),
  };
}

function agreement(precision: number, recall: number): Agreement {
  const total = precision + recall;
  return { precision, recall, f1: total === 0 ? 0 : (2 * precision * recall) / total };
}

function pairsOf(count: number): number {
  return (count * (count - 1)) / 2;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) {
    total += value;
  }
  return total;
}
