/** Which state of which gallery a saved index holds, and how the index was made. */
export interface IndexStamp {
  galleryId: string;
  spaceId: string;
  /** The last change of the gallery that it contains. */
  change: number;
  build: IndexBuild;
}

/** How an index was made. */
export interface IndexBuild {
  /** The kind that was chosen; it may be another one, while there is too little to learn from. */
  wanted: string;
  /** Why it was chosen. */
  why: string;
  /** How many faces it was made for. */
  faces: number;
  search: SearchSettings;
}

/** How thoroughly an index is searched, and what that finds. */
export interface SearchSettings {
  /** Of the kind, such as `nprobe`. */
  parameters: Readonly<Record<string, number>>;
  /**
   * How many candidates to take for each neighbour that is wanted, so that the nearest are among
   * them although the index compares compressed vectors. 1 where it compares whole ones.
   */
  candidates: number;
  /** Undefined where every search is exact. */
  recall: MeasuredRecall | undefined;
}

/** Which share of the true `k` nearest faces is found, 0…1, measured on faces of the gallery. */
export interface MeasuredRecall {
  k: number;
  value: number;
  /** How many faces were looked for. */
  probes: number;
}

export interface Neighbour {
  id: number;
  /** Squared Euclidean distance. */
  squaredDistance: number;
}

export interface IndexInfo {
  size: number;
  /** How many removed vectors it still stores, although it never finds them. */
  holes: number;
  /** Bytes that it keeps of each vector. */
  vectorBytes: number;
}

/** Probes whose true neighbours are known. */
export interface SearchSample {
  /** One after the other. */
  probes: Float32Array;
  /** For each probe the same number of ids, the nearest but for itself; one list after the other. */
  truth: readonly number[];
}

/** What {@link IndexHome.load} found: what was saved, nothing, or something that is of no use. */
export type LoadedIndex =
  | { state: 'loaded'; index: VectorIndex; stamp: IndexStamp }
  | { state: 'missing' }
  | { state: 'unusable'; reason: string };

/** Makes vector indexes, and keeps one of them. */
export interface IndexHome {
  /**
   * An empty index.
   *
   * @param factory its kind, in FAISS's words
   * @throws GalleryError `INVALID_ARGUMENT` where there is no such kind
   */
  create(factory: string): VectorIndex;
  /** Keeps the present content of an index, with its stamp, in place of what was kept before. */
  save(index: VectorIndex, stamp: IndexStamp): Promise<void>;
  /** Brings back what {@link IndexHome.save} kept. */
  load(): Promise<LoadedIndex>;
  /** Forgets what was kept; when it returns no byte of it is left, whatever happens to the machine. */
  discard(): Promise<void>;
  /** Bytes that what was kept takes. */
  sizeBytes(): Promise<number>;
}

/**
 * Nearest-neighbour search over the embeddings of a gallery. Everything in it can be made again from
 * the store, so losing it costs only time. Vectors lie one after the other in a `Float32Array`.
 */
export interface VectorIndex extends AsyncDisposable {
  /** Its kind, in FAISS's words. */
  readonly factory: string;
  /** Whether it keeps vectors as they are, so that its distances are exact. */
  readonly isLossless: boolean;
  /** Whether it takes vectors: some kinds learn from a sample first. */
  readonly isTrained: boolean;
  /** How many vectors are enough to learn from. */
  readonly sampleSize: number;
  /** How many vectors it holds. */
  size(): Promise<number>;
  /** Of every vector that it finds, in any order. */
  ids(): Promise<number[]>;
  /** The vectors of these ids, which must be in, as it keeps them. */
  vectors(ids: readonly number[]): Promise<Float32Array>;
  info(): Promise<IndexInfo>;
  /** @returns false when these are too few to learn from */
  train(sample: Float32Array): Promise<boolean>;
  /** Ids must be new. */
  add(ids: readonly number[], vectors: Float32Array): Promise<void>;
  /** Ids that are not in are passed over. */
  remove(ids: readonly number[]): Promise<void>;
  /** Lets go of the removed vectors that it still stores; searches wait for it. */
  compact(): Promise<void>;
  /**
   * For each query up to `k` neighbours, nearest first.
   *
   * @param options.only these ids and no others, ascending; default all
   */
  search(
    queries: Float32Array,
    options: { k: number; only?: readonly number[] },
  ): Promise<Neighbour[][]>;
  /**
   * Finds the least thorough settings that find `target` (0…1) of the true neighbours, or else those
   * that find most, and searches with them from now on.
   *
   * @throws the signal's reason when it is aborted
   */
  tune(
    sample: SearchSample,
    options: { target: number; signal: AbortSignal },
  ): Promise<SearchSettings>;
  /** Searches with these settings from now on. */
  use(settings: SearchSettings): Promise<void>;
}
