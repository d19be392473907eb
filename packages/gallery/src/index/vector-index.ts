/** Which state of which gallery a saved index holds. */
export interface IndexStamp {
  galleryId: string;
  spaceId: string;
  /** The last change of the gallery that it contains. */
  change: number;
}

export interface Neighbour {
  id: number;
  /** Squared Euclidean distance. */
  squaredDistance: number;
}

/** What {@link VectorIndex.load} found: what was saved, nothing, or something that is of no use. */
export type LoadedIndex =
  | { state: 'loaded'; stamp: IndexStamp }
  | { state: 'missing' }
  | { state: 'unusable'; reason: string };

/**
 * Nearest-neighbour search over the embeddings of a gallery. Everything in it can be made again from
 * the store, so losing it costs only time. Vectors lie one after the other in a `Float32Array`.
 */
export interface VectorIndex extends AsyncDisposable {
  /** Brings back what {@link save} kept; afterwards the index is empty unless it says `loaded`. */
  load(): Promise<LoadedIndex>;
  /** Keeps the present content, with its stamp, in place of what was kept before. */
  save(stamp: IndexStamp): Promise<void>;
  /** Removes everything from the index in use, not from what was saved. */
  clear(): Promise<void>;
  /** Ids must be new. */
  add(ids: readonly number[], vectors: Float32Array): Promise<void>;
  /** Ids that are not in are passed over. */
  remove(ids: readonly number[]): Promise<void>;
  /** For each query up to `k` neighbours, nearest first. */
  search(queries: Float32Array, k: number): Promise<Neighbour[][]>;
  /** How many vectors it holds. */
  size(): Promise<number>;
  info(): Promise<{ factory: string; size: number; fileBytes: number }>;
}
