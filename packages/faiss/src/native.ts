/** An index on the native side. */
export type Handle = { readonly __handle: unique symbol };

/**
 * The compiled addon, `native/addon.cc`. It checks no arguments: typed arrays have to be the
 * package's own copies, and calls have to be ordered (see {@link ReadWriteQueue}).
 */
export interface Native {
  readonly faissVersion: string;
  create(dimension: number, factory: string, metric: number): Handle;
  load(path: string): Promise<{ handle: Handle; note: string }>;
  describe(handle: Handle): Description;
  train(handle: Handle, vectors: Float32Array): Promise<void>;
  add(handle: Handle, vectors: Float32Array, ids: BigInt64Array): Promise<void>;
  setSearchParameters(handle: Handle, nprobe: number, efSearch: number): void;
  search(
    handle: Handle,
    queries: Float32Array,
    k: number,
    distances: Float32Array,
    ids: BigInt64Array,
  ): Promise<void>;
  remove(handle: Handle, ids: BigInt64Array): Promise<number>;
  reconstruct(handle: Handle, id: bigint, vector: Float32Array): Promise<void>;
  has(handle: Handle, id: bigint): boolean;
  save(handle: Handle, path: string, note: string): Promise<void>;
  /** The file has to have passed {@link walkFaissFile}. */
  importFaiss(
    descriptor: number,
    path: string,
    factory: string,
    skipTables: boolean,
  ): Promise<Handle>;
  exportFaiss(handle: Handle, path: string): Promise<void>;
  release(handle: Handle): void;
}

export interface Description {
  dimension: number;
  /** FAISS's number: 0 inner product, 1 L2. */
  metric: number;
  factory: string;
  size: number;
  isTrained: boolean;
  /** Inverted lists, 0 for a kind without. */
  listCount: number;
  hasGraph: boolean;
}
