import { checkInteger, checkVectors, MAX_K, MAX_RESULTS } from './arguments.js';
import { copyVectors } from './copy-vectors.js';
import { type DistanceOptions, toDistanceSettings } from './distance-options.js';
import { FaissError } from './faiss-error.js';
import { loadNative } from './load-native.js';
import { asFaissError, awaitedLater, threadsFor } from './native-call.js';
import type { SearchResult } from './options.js';

/** Options of `knn`. */
export interface KnnOptions extends DistanceOptions {
  /** Neighbours for each query, 1 to 65,536. May be more than there are vectors. */
  k: number;
}

/**
 * The k nearest of `vectors` for each query, exactly and without an index; ids are row numbers.
 * For vectors that are searched once; an index of kind `Flat` keeps them instead of copying them
 * for each call.
 *
 * Places without a neighbour have id -1 and distance ±Infinity (farthest). A vector is no neighbour
 * where the metric isn't defined: `'canberra'` of two zeros, `'bray_curtis'` of opposite vectors,
 * `'jensen_shannon'` of components that are not above 0.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `UNSUPPORTED` for `'jaccard'` before FAISS
 * 1.8, `OUT_OF_MEMORY`, `ADDON_UNAVAILABLE`
 *
 * @example
 * ```ts
 * import { knn } from '@facedex/faiss';
 *
 * const vectors = new Float32Array([0, 0, 1, 1, 5, 5]);
 * const { ids } = await knn(vectors, new Float32Array([4, 4]), { dimension: 2, k: 2 });
 * console.log(ids); // BigInt64Array(2) [ 2n, 1n ]
 * ```
 */
export async function knn(
  vectors: Float32Array,
  queries: Float32Array,
  options: KnnOptions,
): Promise<SearchResult> {
  const settings = toDistanceSettings(options);
  const { dimension } = settings;
  const { k } = options;
  checkInteger('k', k, [1, MAX_K]);
  checkVectors('vectors', vectors, dimension);
  checkVectors('queries', queries, dimension);
  const count = queries.length / dimension;
  if (count * k > MAX_RESULTS) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected at most ${MAX_RESULTS} results (queries times k), received ${count} queries ` +
        `with k = ${k}. Search in several calls.`,
    );
  }
  const native = loadNative();
  const copies = Promise.all([
    awaitedLater(copyVectors(vectors)),
    awaitedLater(copyVectors(queries)),
  ]);
  const threads = threadsFor(count, options.threads);
  const [database, probes] = await copies;
  const distances = new Float32Array(count * k);
  const ids = new BigInt64Array(count * k);
  await asFaissError(native.knn({ ...settings, k, threads }, database, probes, distances, ids));
  return { ids, distances, k };
}
