export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** How many of the k nearest were found, of the share of all queries; rows of k ids each. */
export function recall(found: number[], truth: number[], k: number): number {
  let right = 0;
  for (let row = 0; row < truth.length; row += k) {
    const nearest = new Set(truth.slice(row, row + k));
    right += found.slice(row, row + k).filter((id) => nearest.has(id)).length;
  }
  return right / truth.length;
}
