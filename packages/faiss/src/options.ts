import type { FaissMetric } from './metrics.js';

export type { FaissMetric } from './metrics.js';

/** Options of `FaissIndex.create`. */
export interface FaissIndexOptions {
  /** Components of each vector, 1 to 65,536. */
  dimension: number;
  /**
   * The kind of index in FAISS's own words (https://github.com/facebookresearch/faiss/wiki/The-index-factory).
   * `'Flat'` is exact. `'IVF1024,Flat'` looks only at near lists, `'SQ8'` stores a byte a component,
   * `'HNSW32'` walks a graph. The README says what each kind can do. Leave `IDMap` out.
   *
   * @default 'Flat'
   */
  factory?: string;
  /** @default 'l2' */
  metric?: Extract<FaissMetric, 'l2' | 'inner_product'>;
}

/** Options of `FaissIndex.search`. */
export interface SearchOptions {
  /** Neighbours for each query, 1 to 65,536. May be more than the index holds. */
  k: number;
  /**
   * For IVF kinds: how many lists to look at, 1 to the number of lists. More find more, and take
   * proportionally longer.
   *
   * @default 1
   */
  nprobe?: number;
  /**
   * For kinds with HNSW: how many candidates to keep, 1 to 65,536. More find more, and take longer.
   *
   * @default 16
   */
  efSearch?: number;
}

/** The answer to n queries: n rows of k places, nearest first. */
export interface SearchResult {
  /** n × k ids; -1 where an index has fewer than k neighbours to offer. */
  ids: BigInt64Array;
  /** n × k squared distances or inner products; ±Infinity (farthest) where the id is -1. */
  distances: Float32Array;
  /** The k that was asked for: the length of a row. */
  k: number;
}
