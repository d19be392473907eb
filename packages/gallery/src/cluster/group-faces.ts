import { setImmediate } from 'node:timers/promises';
import { FaceGroups, type FacesToGroup } from './face-groups.js';
import { PairQueue } from './pair-queue.js';

/** Pairs of near faces, in any order; a pair may come twice. */
export interface FacePairs {
  a: ArrayLike<number>;
  b: ArrayLike<number>;
  /** Cosine. */
  similarity: ArrayLike<number>;
}

/**
 * Groups faces by average linkage over a graph of neighbours: the two groups that are most alike, on
 * average over all pairs of their faces, are joined, again and again, as long as that average is at
 * least `minSimilarity`. Only groups with a pair of neighbours between them are looked at. Their
 * average needs no table of pairs: it is the product of their sums of embeddings.
 *
 * Average linkage is Sokal & Michener's (1958). The queue has each pair of groups with an average
 * that it once had. That is an upper bound of the present one, since what a third group has in common
 * with A and B joined is a weighted mean of what it had with each; so a pair whose present average is
 * as high as its place in the queue says is the best of all.
 *
 * The result depends on the order of the faces only where similarities are equal.
 *
 * @returns see {@link FaceGroups.labels}
 */
export async function groupFaces(
  faces: FacesToGroup,
  pairs: FacePairs,
  { minSimilarity }: { minSimilarity: number },
): Promise<Int32Array> {
  const groups = new FaceGroups(faces);
  const queue = new PairQueue(pairs.a.length);
  for (let i = 0; i < pairs.a.length; i++) {
    const similarity = pairs.similarity[i]!;
    const [a, b] = [groups.rootOf(pairs.a[i]!), groups.rootOf(pairs.b[i]!)];
    if (similarity >= minSimilarity && a !== b) {
      queue.push(a, b, similarity);
    }
  }
  let steps = 0;
  for (let pair = queue.pop(); pair !== undefined; pair = queue.pop()) {
    if (++steps % STEPS_AT_A_TIME === 0) {
      await setImmediate();
    }
    const [a, b] = [groups.rootOf(pair.a), groups.rootOf(pair.b)];
    if (a === b || !groups.mayJoin(a, b)) {
      continue;
    }
    const similarity = groups.similarity(a, b);
    if (similarity >= pair.similarity - ROUNDING) {
      groups.join(a, b);
    } else if (similarity >= minSimilarity) {
      queue.push(a, b, similarity);
    }
  }
  return groups.labels();
}

/** Then others get their turn: 20 ms or so. */
const STEPS_AT_A_TIME = 10_000;

/** Similarities that were computed in another order differ by less than this. */
const ROUNDING = 1e-5;
