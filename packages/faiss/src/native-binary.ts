import type { ByteLocation } from './native-containers.js';

/** A binary index on the native side. */
export type BinaryHandle = { readonly __binaryHandle: unique symbol };

/** The part of the addon for binary indexes, `native/binary_exports.cc`. It checks no arguments. */
export interface NativeBinary {
  binaryCreate(bits: number, factory: string): BinaryHandle;
  binaryLoad(source: ByteLocation): Promise<{ handle: BinaryHandle; note: string }>;
  binaryDescribe(handle: BinaryHandle): BinaryDescription;
  binaryTrain(handle: BinaryHandle, codes: Uint8Array): Promise<void>;
  /** Fills `ids` where `assign` is true. */
  binaryAdd(
    handle: BinaryHandle,
    codes: Uint8Array,
    ids: BigInt64Array,
    assign: boolean,
  ): Promise<void>;
  binarySetSearchParameters(
    handle: BinaryHandle,
    nprobe: number,
    efSearch: number,
    nflip: number,
  ): void;
  binarySearch(
    handle: BinaryHandle,
    queries: Uint8Array,
    k: number,
    distances: Int32Array,
    ids: BigInt64Array,
  ): Promise<void>;
  binaryRangeSearch(
    handle: BinaryHandle,
    queries: Uint8Array,
    radius: number,
  ): Promise<{ found: BinaryRange; count: number }>;
  binaryTakeRange(
    found: BinaryRange,
    offsets: Uint32Array,
    distances: Int32Array,
    ids: BigInt64Array,
  ): Promise<void>;
  binaryRemove(handle: BinaryHandle, ids: BigInt64Array): Promise<number>;
  binaryReconstruct(handle: BinaryHandle, id: bigint, code: Uint8Array): Promise<void>;
  binaryReset(handle: BinaryHandle): Promise<void>;
  binaryHas(handle: BinaryHandle, id: bigint): boolean;
  binarySavedSize(handle: BinaryHandle, note: string): Promise<number>;
  binarySave(handle: BinaryHandle, sink: ByteLocation, note: string): Promise<void>;
  binaryRelease(handle: BinaryHandle): Promise<void>;
}

/** What a range search found, on the native side. */
export type BinaryRange = { readonly __binaryRange: unique symbol };

export interface BinaryDescription {
  bits: number;
  factory: string;
  size: number;
  isTrained: boolean;
  /** Inverted lists, 0 for a kind without. */
  listCount: number;
  hasGraph: boolean;
  /** Bits of a hash value, 0 for a kind without. */
  hashBits: number;
}
