import type { FilterStep } from './id-filter.js';
import type { NativeBinary } from './native-binary.js';
import type { ByteLocation, NativeContainers } from './native-containers.js';
import type { NativeVectors } from './native-vectors.js';
import type { IndexParameters } from './parameters.js';

/** An index on the native side. */
export type Handle = { readonly __handle: unique symbol };

/** The results of a range search on the native side. */
export type Hits = { readonly __hits: unique symbol };

/**
 * The compiled addon, `native/addon.cc`. It checks no arguments: typed arrays have to be the
 * package's own copies, and calls have to be ordered (see {@link ReadWriteQueue}).
 */
export interface Native extends NativeContainers, NativeBinary, NativeVectors {
  readonly faissVersion: string;
  maxThreads(): number;
  setMaxThreads(threads: number): void;
  /** What malloc has given out in the process; undefined where it can't say. For tests of leaks. */
  allocatedBytes(): number | undefined;
  create(dimension: number, factory: string, metric: number, metricArg: number): Handle;
  load(source: ByteLocation, readOnly: boolean): Promise<{ handle: Handle; note: string }>;
  /** The section has to have passed {@link walkFaissFile}. */
  mapIndex(descriptor: number, begin: number, factory: string): Promise<Handle>;
  /** The handles have to be of indexes that nobody else uses meanwhile. */
  mergeIntoFile(handles: Handle[], path: string, note: string): Promise<void>;
  describe(handle: Handle): Description;
  train(handle: Handle, vectors: Float32Array, threads?: number): Promise<void>;
  /** Fills `ids` where `assign` is true. */
  add(
    handle: Handle,
    vectors: Float32Array,
    ids: BigInt64Array,
    assign: boolean,
    threads?: number,
  ): Promise<void>;
  update(handle: Handle, vectors: Float32Array, ids: BigInt64Array): Promise<void>;
  setParameter(handle: Handle, name: string, value: number): void;
  search(
    handle: Handle,
    queries: Float32Array,
    k: number,
    filter: FilterStep[] | undefined,
    threads: number | undefined,
    distances: Float32Array,
    ids: BigInt64Array,
  ): Promise<void>;
  rangeSearch(
    handle: Handle,
    queries: Float32Array,
    radius: number,
    maxResults: number,
    filter: FilterStep[] | undefined,
    threads: number | undefined,
    offsets: Uint32Array,
  ): Promise<Hits>;
  takeHits(hits: Hits, distances: Float32Array, ids: BigInt64Array): Promise<void>;
  remove(handle: Handle, ids: BigInt64Array): Promise<number>;
  removeMatching(handle: Handle, filter: FilterStep[]): Promise<number>;
  mergeFrom(handle: Handle, other: Handle): Promise<void>;
  reset(handle: Handle): Promise<void>;
  compact(handle: Handle): Promise<void>;
  clone(handle: Handle): Promise<Handle>;
  reconstruct(handle: Handle, ids: BigInt64Array, vectors: Float32Array): Promise<void>;
  assign(handle: Handle, vectors: Float32Array, k: number, lists: Int32Array): Promise<void>;
  codeSize(handle: Handle): number;
  encode(handle: Handle, vectors: Float32Array, codes: Uint8Array): Promise<void>;
  decode(handle: Handle, codes: Uint8Array, vectors: Float32Array): Promise<void>;
  ids(handle: Handle, ids: BigInt64Array): Promise<void>;
  has(handle: Handle, id: bigint): boolean;
  /** How many bytes `save` writes. */
  savedSize(handle: Handle, note: string): Promise<number>;
  save(handle: Handle, sink: ByteLocation, note: string): Promise<void>;
  release(handle: Handle): Promise<void>;
  /** The file has to have passed {@link walkFaissFile}. */
  importFaiss(
    descriptor: number,
    path: string,
    factory: string,
    skipTables: boolean,
  ): Promise<Handle>;
  exportFaiss(handle: Handle, path: string): Promise<void>;
}

export interface Description {
  dimension: number;
  /** FAISS's number, see metrics.ts. */
  metric: number;
  metricArg: number;
  factory: string;
  size: number;
  /** Removed vectors that are still stored. */
  holes: number;
  isTrained: boolean;
  /** Inverted lists, 0 for a kind without. */
  listCount: number;
  /** Those that this kind has, with the values in force. */
  parameters: IndexParameters;
}
