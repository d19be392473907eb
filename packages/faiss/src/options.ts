import type { IdFilter } from './id-filter.js';
import type { FaissMetric } from './metrics.js';
import type { SearchParameters } from './parameters.js';

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
  /** Those beyond `'l2'` and `'inner_product'` are for Flat and HNSW only. @default 'l2' */
  metric?: FaissMetric;
  /** The p of metric `'lp'`, above 0. */
  metricArg?: number;
}

/** Options that all searches have. */
export interface CommonSearchOptions extends SearchParameters {
  /** Only vectors with these ids. */
  filter?: IdFilter;
  /**
   * Threads of this call, from 1 to `maxThreads()`.
   *
   * @default one for each query
   */
  threads?: number;
}

/** Options of `FaissIndex.search`. */
export interface SearchOptions extends CommonSearchOptions {
  /** Neighbours for each query, 1 to 65,536. May be more than the index holds. */
  k: number;
}

/** The answer to n queries: n rows of k places, nearest first. */
export interface SearchResult {
  /** n × k ids; -1 where an index has fewer than k neighbours to offer. */
  ids: BigInt64Array;
  /** n × k distances in the index's metric; ±Infinity (farthest) where the id is -1. */
  distances: Float32Array;
  /** The k that was asked for: the length of a row. */
  k: number;
}

/** Options of `FaissIndex.rangeSearch`. */
export interface RangeSearchOptions extends CommonSearchOptions {
  /** In the index's metric: below this distance, or for inner products above it. */
  radius: number;
  /**
   * With more results than this for all queries together the call fails, as a large radius would
   * return the whole index: 1 to 2^27.
   *
   * @default 2^24
   */
  maxResults?: number;
}

/** The answer to n queries, nearest first. Those of query i are from `offsets[i]` to `offsets[i + 1]`. */
export interface RangeSearchResult {
  /** n + 1 numbers. */
  offsets: Uint32Array;
  ids: BigInt64Array;
  distances: Float32Array;
}
