/** Cosine of two unit-length embeddings, -1…1. */
export function similarityOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return Math.min(1, Math.max(-1, sum));
}

/** Euclidean distance of two unit-length embeddings with the given cosine, 0…2. */
export function distanceOf(similarity: number): number {
  return Math.sqrt(Math.max(0, 2 - 2 * similarity));
}
