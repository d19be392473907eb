import { checkInteger, checkOptions, checkVectors, MAX_DIMENSION, show } from './arguments.js';
import { copyVectors } from './copy-vectors.js';
import { FaissError } from './faiss-error.js';
import type { KmeansOptions, KmeansResult } from './kmeans-options.js';
import { loadNative } from './load-native.js';
import { METRIC_NUMBERS } from './metrics.js';
import { asFaissError, awaitedLater, threadsFor } from './native-call.js';
import type { KmeansSettings } from './native-vectors.js';

/** FAISS's own defaults. */
const DEFAULTS = { iterations: 25, redo: 1, seed: 1234, maxPointsPerCentroid: 256 } as const;
const MAX_CLUSTERS = 2 ** 20;
const MAX_ITERATIONS = 10_000;
const MAX_REDO = 1000;
/** FAISS counts in 32-bit integers. */
const MAX_INT = 2 ** 31 - 1;

/**
 * Finds k clusters: centroids such that vectors are near to one. Distances to other vectors come
 * from `knn(centroids, vectors, { k: 1, … })`.
 *
 * The result is the same for the same input and seed, whatever the number of threads.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `TRAINING_SET_TOO_SMALL` for fewer vectors
 * than clusters, `OUT_OF_MEMORY`, `ADDON_UNAVAILABLE`
 *
 * @example
 * ```ts
 * import { kmeans } from '@facedex/faiss';
 *
 * const vectors = new Float32Array([0, 0, 0, 1, 9, 9, 9, 8]);
 * const { assignments } = await kmeans(vectors, { dimension: 2, k: 2 });
 * console.log(assignments[0] === assignments[1], assignments[0] === assignments[2]); // true false
 * ```
 */
export async function kmeans(vectors: Float32Array, options: KmeansOptions): Promise<KmeansResult> {
  const settings = toSettings(options);
  const { dimension, k } = settings;
  checkVectors('vectors', vectors, dimension);
  const count = vectors.length / dimension;
  checkCount(count, k);
  const { weights = new Float32Array(), initialCentroids = new Float32Array() } = options;
  checkInitialCentroids(options, settings);
  checkWeights(options.weights, count);
  const native = loadNative();
  const copies = Promise.all([
    awaitedLater(copyVectors(vectors)),
    awaitedLater(copyVectors(weights)),
    awaitedLater(copyVectors(initialCentroids)),
  ]);
  const threads = threadsFor(count, options.threads);
  const [points, pulls, beginnings] = await copies;
  const centroids = new Float32Array(k * dimension);
  const assignments = new Int32Array(count);
  const distances = new Float32Array(count);
  const history = await asFaissError(
    native.kmeans(
      { ...settings, threads },
      points,
      pulls,
      beginnings,
      centroids,
      assignments,
      distances,
    ),
  );
  return { centroids, assignments, distances, ...history };
}

function toSettings(options: KmeansOptions): Omit<KmeansSettings, 'threads'> {
  checkOptions('options', options);
  const {
    dimension,
    k,
    iterations = DEFAULTS.iterations,
    redo = DEFAULTS.redo,
    seed = DEFAULTS.seed,
    maxPointsPerCentroid = DEFAULTS.maxPointsPerCentroid,
    spherical = false,
    integerCentroids = false,
    frozenCentroids = false,
    metric = spherical ? 'inner_product' : 'l2',
  } = options;
  checkInteger('dimension', dimension, [1, MAX_DIMENSION]);
  checkInteger('k', k, [1, MAX_CLUSTERS]);
  checkInteger('iterations', iterations, [0, MAX_ITERATIONS]);
  checkInteger('redo', redo, [1, MAX_REDO]);
  checkInteger('seed', seed, [0, MAX_INT - 1]);
  checkInteger('maxPointsPerCentroid', maxPointsPerCentroid, [1, MAX_INT]);
  checkFlags({ spherical, integerCentroids, frozenCentroids });
  if (metric !== 'l2' && metric !== 'inner_product') {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected metric to be 'l2' or 'inner_product', received ${show(metric)}.`,
    );
  }
  threadsFor(1, options.threads);
  if (spherical && integerCentroids) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      'With spherical, centroids have unit length, so that integerCentroids would make nearly all ' +
        'components zero. Leave out one of them.',
    );
  }
  return {
    dimension,
    k,
    iterations,
    redo,
    seed,
    maxPointsPerCentroid,
    spherical,
    integerCentroids,
    frozenCentroids,
    metric: METRIC_NUMBERS[metric],
  };
}

function checkFlags(flags: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(flags)) {
    if (typeof value !== 'boolean') {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected ${name} to be true or false, received ${show(value)}.`,
      );
    }
  }
}

function checkCount(count: number, k: number): void {
  if (count < k) {
    throw new FaissError(
      'TRAINING_SET_TOO_SMALL',
      `Expected at least ${k} vectors for ${k} centroids, received ${count}. ` +
        'Use more vectors, or a smaller k.',
    );
  }
  if (count > MAX_INT) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected at most ${MAX_INT} vectors, received ${count}.`,
    );
  }
}

function checkInitialCentroids(
  { initialCentroids }: KmeansOptions,
  { dimension, k, frozenCentroids }: Omit<KmeansSettings, 'threads'>,
): void {
  if (initialCentroids === undefined) {
    if (frozenCentroids) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        'frozenCentroids is about initialCentroids, which are missing. Pass them.',
      );
    }
    return;
  }
  checkVectors('initialCentroids', initialCentroids, dimension);
  const count = initialCentroids.length / dimension;
  if (count < 1 || count > k) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected 1 to ${k} initialCentroids, as k is ${k}, received ${count}.`,
    );
  }
}

function checkWeights(weights: Float32Array | undefined, count: number): void {
  if (weights === undefined) {
    return;
  }
  checkVectors('weights', weights, 1);
  if (weights.length !== count) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected one weight for each vector, received ${weights.length} for ${count} vectors.`,
    );
  }
}
