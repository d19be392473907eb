/** Options of `kmeans`. */
export interface KmeansOptions {
  /** Components of each vector, 1 to 65,536. */
  dimension: number;
  /** Clusters to find, 1 to 1,048,576, and no more than there are vectors. */
  k: number;
  /** Steps of assigning vectors and moving centroids, 0 to 10,000. @default 25 */
  iterations?: number;
  /** Runs from other beginnings, of which the best is kept, 1 to 1,000. @default 1 */
  redo?: number;
  /** The same seed gives the same result, 0 to 2^31 - 2. @default 1234 */
  seed?: number;
  /**
   * By direction: centroids get unit length. Pass vectors of unit length.
   *
   * @default false
   */
  spherical?: boolean;
  /** Rounds the components of centroids. @default false */
  integerCentroids?: boolean;
  /** How near a vector is to a centroid. @default 'l2', with `spherical` 'inner_product' */
  metric?: 'l2' | 'inner_product';
  /**
   * Of more than this times k vectors, a random sample is trained with. All are assigned.
   * 1 to 2^31 - 1.
   *
   * @default 256
   */
  maxPointsPerCentroid?: number;
  /** Where to begin: up to k centroids, one after the other. The others are drawn from vectors. */
  initialCentroids?: Float32Array;
  /** Leaves `initialCentroids` where they are (but for `spherical`, `integerCentroids`). */
  frozenCentroids?: boolean;
  /**
   * How much each vector pulls its centroid, one number from 0 a vector; only their ratios count.
   * Vectors with weight 0 are assigned, but not trained with.
   */
  weights?: Float32Array;
  /** At most so many threads, 1 to 1,024. @default as many as there are cores */
  threads?: number;
}

/** What `kmeans` found. */
export interface KmeansResult {
  /** k × dimension. */
  centroids: Float32Array;
  /** For each vector, the row of its nearest centroid. */
  assignments: Int32Array;
  /** For each vector, the squared distance to it, or the inner product with it. */
  distances: Float32Array;
  /**
   * The sum of distances (inner products) of the vectors that were trained with, unweighted, before
   * each iteration's move, in the best run. Zero where there are as many of them as centroids.
   */
  objective: Float64Array;
  /** For each iteration, 1 where all clusters are of one size, more the less equal they are. */
  imbalance: Float64Array;
  /** For each iteration, how many empty clusters were filled by splitting others. */
  splits: Int32Array;
}
