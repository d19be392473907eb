import { checkVectors, MAX_RESULTS } from './arguments.js';
import { copyVectors } from './copy-vectors.js';
import { type DistanceOptions, toDistanceSettings } from './distance-options.js';
import { FaissError } from './faiss-error.js';
import { loadNative } from './load-native.js';
import { asFaissError, awaitedLater, threadsFor } from './native-call.js';

/**
 * The distances between all of `a` and all of `b`: a row for each vector of `a`, at most 2^27
 * numbers. NaN where the metric isn't defined (see `knn`).
 *
 * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `UNSUPPORTED` for `'jaccard'` before FAISS
 * 1.8, `OUT_OF_MEMORY`, `ADDON_UNAVAILABLE`
 *
 * @example
 * ```ts
 * import { pairwiseDistances } from '@facedex/faiss';
 *
 * const [a, b] = [new Float32Array([0, 0, 3, 4]), new Float32Array([0, 0])];
 * console.log(await pairwiseDistances(a, b, { dimension: 2 })); // Float32Array(2) [ 0, 25 ]
 * ```
 */
export async function pairwiseDistances(
  a: Float32Array,
  b: Float32Array,
  options: DistanceOptions,
): Promise<Float32Array> {
  const settings = toDistanceSettings(options);
  const { dimension } = settings;
  checkVectors('a', a, dimension);
  checkVectors('b', b, dimension);
  const rows = a.length / dimension;
  const columns = b.length / dimension;
  if (rows * columns > MAX_RESULTS) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected at most ${MAX_RESULTS} distances, received ${rows} times ${columns} vectors. ` +
        'Ask for fewer rows at a time.',
    );
  }
  const native = loadNative();
  const copies = Promise.all([awaitedLater(copyVectors(a)), awaitedLater(copyVectors(b))]);
  const threads = threadsFor(rows, options.threads);
  const [left, right] = await copies;
  const distances = new Float32Array(rows * columns);
  await asFaissError(native.pairwiseDistances({ ...settings, threads }, left, right, distances));
  return distances;
}
