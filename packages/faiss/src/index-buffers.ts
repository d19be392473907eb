import { FaissError } from './faiss-error.js';
import type { ByteLocation } from './native-containers.js';

/** An index that waits to be written. */
export interface Saving {
  /** How many bytes `save` writes. */
  size: () => Promise<number>;
  save: (sink: ByteLocation) => Promise<void>;
}

/**
 * Memory filled by `save`, which is asked for the size first: so that there is one copy only, in an
 * ArrayBuffer of its own, which the caller can transfer.
 *
 * @throws {FaissError} `OUT_OF_MEMORY`
 */
export async function saveToBuffer({ size, save }: Saving): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = allocate(await size());
  await save(bytes);
  return bytes;
}

function allocate(size: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(size);
  } catch (error) {
    throw new FaissError(
      'OUT_OF_MEMORY',
      `The index has ${size} bytes, and there is no array of that size to be had. Use save or ` +
        'toStream instead.',
      { cause: error },
    );
  }
}
