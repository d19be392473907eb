import type { MetadataStore } from '../store/metadata-store.js';
import type { Neighbour } from './vector-index.js';

/** Faces whose whole vectors are in memory at a time: 20 MB at 512 dimensions. */
const FACES_PER_READ = 10_000;

/**
 * Orders candidates that an index with compressed vectors found by their true distances, from the
 * vectors in the store.
 *
 * @param found for each query its candidates
 * @returns for each query the nearest `k`; faces that are no longer in the store are left out
 */
export async function rerank(
  store: MetadataStore,
  found: readonly (readonly Neighbour[])[],
  { queries, dimension, k }: { queries: Float32Array; dimension: number; k: number },
): Promise<Neighbour[][]> {
  const answers: Neighbour[][] = [];
  for (let start = 0; start < found.length; ) {
    let end = start;
    let faces = 0;
    do {
      faces += found[end++]!.length;
    } while (end < found.length && faces + found[end]!.length <= FACES_PER_READ);
    const some = found.slice(start, end);
    const embeddings = await store.embeddingsOf(some.flatMap((list) => list.map(({ id }) => id)));
    for (const [i, list] of some.entries()) {
      const query = queries.subarray((start + i) * dimension, (start + i + 1) * dimension);
      const exact = list.flatMap(({ id }) => {
        const embedding = embeddings.get(id);
        return embedding === undefined
          ? []
          : [{ id, squaredDistance: squaredDistanceOf(query, embedding) }];
      });
      exact.sort((a, b) => a.squaredDistance - b.squaredDistance || a.id - b.id);
      answers.push(exact.slice(0, k));
    }
    start = end;
  }
  return answers;
}

function squaredDistanceOf(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum;
}
