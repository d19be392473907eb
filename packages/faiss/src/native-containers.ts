/**
 * Where the addon reads or writes the bytes of an index: the path of a file, the descriptor of an
 * open one, or memory of exactly the right size.
 */
export type ByteLocation = string | number | Uint8Array;

/** The part of the addon that knows the bytes of any index, `native/container_exports.cc`. */
export interface NativeContainers {
  /**
   * How long the whole is by its first {@link CONTAINER_HEADER_SIZE} bytes. `name` is what messages
   * begin with.
   */
  containerSize(header: Uint8Array, name: string): number;
}

export const CONTAINER_HEADER_SIZE = 64;
