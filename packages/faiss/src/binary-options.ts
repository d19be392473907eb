/** Options of `FaissBinaryIndex.create`. */
export interface FaissBinaryIndexOptions {
  /** Bits of each code: a multiple of 8, from 8 to 524,288. */
  bits: number;
  /**
   * The kind of index: `'BFlat'` is exact; `'BIVF256'` looks only at near lists and wants training,
   * `'BIVF256_HNSW32'` finds them by a graph; `'BHNSW32'` is a graph; `'BHash16'` looks only at
   * codes with the same first 16 bits, `'BHash4x16'` at those that share one of 4 times 16 bits.
   *
   * @default 'BFlat'
   */
  factory?: string;
}

/** How an inexact kind of binary index looks for neighbours. */
export interface BinarySearchParameters {
  /**
   * For BIVF: how many lists to look at, 1 to the number of lists.
   *
   * @default 1
   */
  nprobe?: number;
  /**
   * For kinds with HNSW: how many candidates to keep, 1 to 65,536.
   *
   * @default 16
   */
  efSearch?: number;
  /**
   * For BHash: by how many bits a hash value may differ, from 0. The buckets to look at grow fast
   * with it, and may be 1,048,576 at most.
   *
   * @default 0
   */
  nflip?: number;
}

/** Options of `FaissBinaryIndex.search`. */
export interface BinarySearchOptions extends BinarySearchParameters {
  /** Neighbours for each query, 1 to 65,536. May be more than the index holds. */
  k: number;
}

/** Options of `FaissBinaryIndex.rangeSearch`. */
export interface BinaryRangeSearchOptions extends BinarySearchParameters {
  /** Codes with a distance _below_ this are found: 1 finds equal ones only, 0 finds none. */
  radius: number;
}

/** The answer to n queries: n rows of k places, nearest first. */
export interface BinarySearchResult {
  /** n × k ids; -1 where an index has fewer than k neighbours to offer. */
  ids: BigInt64Array;
  /** n × k Hamming distances; 2,147,483,647 where the id is -1. */
  distances: Int32Array;
  /** The k that was asked for: the length of a row. */
  k: number;
}

/** The answer to n queries: for query i, the places from `offsets[i]` up to `offsets[i + 1]`. */
export interface BinaryRangeSearchResult {
  /** n + 1 places in the other two arrays. */
  offsets: Uint32Array;
  /** Nearest first; those at the same distance in order of their ids. */
  ids: BigInt64Array;
  /** Hamming distances, all below the radius. */
  distances: Int32Array;
}
