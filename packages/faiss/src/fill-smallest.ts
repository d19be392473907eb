/**
 * How many of `count` new ones each gets, so that the smallest grow to one size, and none gets any
 * that was larger.
 */
export function fillSmallest(sizes: readonly number[], count: number): number[] {
  const ascending = sizes.map((size, i) => ({ size, i })).sort((a, b) => a.size - b.size);
  let filled = 0; // so many, from the smallest on, grow
  let total = count; // what these have in the end
  for (const { size } of ascending) {
    if (filled > 0 && total <= size * filled) {
      break;
    }
    total += size;
    filled++;
  }
  const level = Math.floor(total / filled);
  const rest = total - level * filled;
  const shares = sizes.map(() => 0);
  for (const [rank, { size, i }] of ascending.slice(0, filled).entries()) {
    shares[i] = level - size + (rank < rest ? 1 : 0);
  }
  return shares;
}
