/** How alike the two pictures of a pair are; null when a face was not found in one of them. */
export interface PairScore {
  /** Whether they show one person. */
  same: boolean;
  similarity: number | null;
}

export interface FittedThreshold {
  /** Pairs of at least this similarity count as the same person. */
  similarity: number;
  /** The fraction of pairs that it gets right, 0…1. */
  accuracy: number;
}

/**
 * The threshold with the best accuracy. Where several are equally good, the middle of the widest
 * gap between the scores that they separate, since new scores fall on either side of it.
 * A pair without a similarity counts as "different" at every threshold.
 *
 * @param scores at least one
 */
export function fitThreshold(scores: readonly PairScore[]): FittedThreshold {
  const found = scores
    .flatMap(({ same, similarity }) => (similarity === null ? [] : [{ same, similarity }]))
    .sort((a, b) => b.similarity - a.similarity);
  // Above every score all pairs are "different"; then the threshold goes down, score by score.
  let correct = scores.reduce((sum, { same }) => sum + (same ? 0 : 1), 0);
  const highest = found[0]?.similarity ?? 1;
  let best = { correct, similarity: highest + MARGIN, gap: 0 };
  for (let i = 0; i < found.length; ) {
    const value = found[i]!.similarity;
    for (; i < found.length && found[i]!.similarity === value; i++) {
      correct += found[i]!.same ? 1 : -1;
    }
    const next = found[i]?.similarity;
    const gap = next === undefined ? 0 : value - next;
    if (correct > best.correct || (correct === best.correct && gap > best.gap)) {
      // Halfway can round to `next`, which would let the next pair in.
      const middle = next === undefined ? value - MARGIN : value - gap / 2;
      best = { correct, similarity: middle === next ? value : middle, gap };
    }
  }
  return { similarity: best.similarity, accuracy: best.correct / scores.length };
}

/** The fraction of pairs that a threshold gets right, 0…1. */
export function accuracyAt(scores: readonly PairScore[], threshold: number): number {
  const correct = scores.filter(
    ({ same, similarity }) => same === (similarity !== null && similarity >= threshold),
  );
  return correct.length / scores.length;
}

/** Beyond the outermost score, where there is no gap to take the middle of. */
const MARGIN = 1e-6;
