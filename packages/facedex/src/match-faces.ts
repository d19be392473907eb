import type { Box } from '@facedex/gallery';

/** Boxes of one face overlap by more, of two faces by less, whichever settings found them. */
const LEAST_OVERLAP = 0.5;

/**
 * For each box the index of the found box that shows the same face, or undefined: the pairs that
 * overlap most (intersection over union) are taken first, each box once.
 */
export function matchFaces(
  known: readonly Box[],
  found: readonly Box[],
): readonly (number | undefined)[] {
  const pairs = known
    .flatMap((a, i) => found.map((b, j) => ({ i, j, overlap: overlapOf(a, b) })))
    .filter(({ overlap }) => overlap >= LEAST_OVERLAP)
    .sort((a, b) => b.overlap - a.overlap);
  const matches = new Array<number | undefined>(known.length).fill(undefined);
  const taken = new Set<number>();
  for (const { i, j } of pairs) {
    if (matches[i] === undefined && !taken.has(j)) {
      matches[i] = j;
      taken.add(j);
    }
  }
  return matches;
}

function overlapOf(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (a.width * a.height + b.width * b.height - shared);
}
