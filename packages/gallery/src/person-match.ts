import { similarityOf } from './distance.js';
import type { Match } from './match.js';

/** A person of the gallery who is like a probe. */
export interface PersonMatch {
  /** 1 is the nearest. */
  rank: number;
  person: string;
  /** Mean Euclidean distance of `faces`, 0…2. */
  distance: number;
  /** The cosine that this distance stands for, -1…1. */
  similarity: number;
  /** Whether the distance is within the threshold. */
  known: boolean;
  /** The person's faces that were counted, nearest first. */
  faces: Match[];
}

/**
 * The nearest people, by the mean distance of their nearest faces. Who has fewer than `topFaces` is
 * judged by those. Faces without a name are passed over.
 *
 * @param matches nearest first
 */
export function rankPeople(
  matches: readonly Match[],
  { k, topFaces, threshold }: { k: number; topFaces: number; threshold: number },
): PersonMatch[] {
  const faces = new Map<string, Match[]>();
  for (const match of matches) {
    if (match.person !== null) {
      const theirs = faces.get(match.person) ?? [];
      if (theirs.length < topFaces) {
        theirs.push(match);
      }
      faces.set(match.person, theirs);
    }
  }
  return [...faces]
    .map(([person, theirs]) => {
      const distance = theirs.reduce((sum, face) => sum + face.distance, 0) / theirs.length;
      return { person, distance, faces: theirs };
    })
    .sort((a, b) => a.distance - b.distance)
    .slice(0, k)
    .map(({ person, distance, faces: theirs }, i) => ({
      rank: i + 1,
      person,
      distance,
      similarity: similarityOf(distance),
      known: distance <= threshold,
      faces: theirs,
    }));
}
