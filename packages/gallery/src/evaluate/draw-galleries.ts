/** Galleries of one size, none of which shares a person with another. */
export interface DrawnGalleries {
  /** People in each. */
  size: number;
  /** How many there are. */
  count: number;
  /** For each person the gallery they are in, or -1. */
  galleryOf: Int32Array;
}

/** Sizes that are drawn, as far as there are people, and then everybody. */
const SIZES = [10, 100, 1000, 10_000];

/**
 * Divides people into galleries of several sizes, always the same way.
 *
 * @param people how many there are
 * @returns the largest, with everybody in it, last
 */
export function drawGalleries(people: number): DrawnGalleries[] {
  const order = shuffled(people);
  const sizes = [...SIZES.filter((size) => size < people), people];
  return sizes.map((size) => {
    const count = Math.floor(people / size);
    const galleryOf = new Int32Array(people).fill(-1);
    for (let i = 0; i < count * size; i++) galleryOf[order[i]!] = Math.floor(i / size);
    return { size, count, galleryOf };
  });
}

/** Fisher and Yates's shuffle, with the multiplicative generator of Park & Miller 1988. */
function shuffled(count: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  let state = 1;
  for (let i = count - 1; i > 0; i--) {
    state = (state * 48_271) % 2_147_483_647;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
