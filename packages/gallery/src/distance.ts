/**
 * The one place where FAISS's squared L2 becomes a distance.
 *
 * @param squaredDistance squared Euclidean distance; rounding may have made it a little negative
 * @returns Euclidean distance, 0…2 between unit-length embeddings
 */
export function distanceOf(squaredDistance: number): number {
  return Math.sqrt(Math.max(0, squaredDistance));
}

/**
 * The cosine similarity of two unit-length embeddings, from their distance:
 * |a − b|² = 2 − 2 a·b.
 *
 * @param distance Euclidean distance, 0…2
 * @returns -1…1, higher is closer
 */
export function similarityOf(distance: number): number {
  return 1 - (distance * distance) / 2;
}

/** The distance of two unit-length embeddings, from their cosine similarity. */
export function distanceOfSimilarity(similarity: number): number {
  return Math.sqrt(Math.max(0, 2 - 2 * similarity));
}
