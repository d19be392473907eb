/**
 * Ids spread evenly over those of a gallery, the same each time: one from each of `count` stretches
 * of equal length, at a place that a hash of its number chooses, since galleries have periods (so many
 * photos a person).
 *
 * @param options.first, options.last the smallest and the largest id
 */
export function spreadIds(
  count: number,
  { first, last }: { first: number; last: number },
): number[] {
  const span = last - first + 1;
  if (count >= span) {
    return Array.from({ length: span }, (_, i) => first + i);
  }
  const stretch = span / count;
  return Array.from({ length: count }, (_, i) => {
    const start = Math.ceil(i * stretch);
    const end = Math.ceil((i + 1) * stretch);
    return first + start + Math.floor(fraction(i) * (end - start));
  });
}

/** 0…1, without a pattern: the fractional parts of multiples of the golden ratio. */
function fraction(i: number): number {
  return (i * 0.6180339887498949) % 1;
}
