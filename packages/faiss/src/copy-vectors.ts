import { setImmediate } from 'node:timers/promises';
import { isUint8Array } from 'node:util/types';
import { checkAttached, show } from './arguments.js';
import { FaissError } from './faiss-error.js';

/** 4 MiB take about a millisecond to copy, which is as long as the event loop should wait. */
const SLICE_LENGTH = 2 ** 20;

/**
 * The vectors in memory that is ours. The caller can transfer an array to another thread, where it
 * is freed, or shrink it, and nothing that an addon can do prevents that; so FAISS never works on
 * a caller's array.
 *
 * Up to 4 MiB are copied at once, before this function returns; more in slices that let the event
 * loop run in between.
 */
export async function copyVectors(vectors: Float32Array): Promise<Float32Array> {
  const { length } = vectors;
  if (length <= SLICE_LENGTH) {
    return new Float32Array(vectors); // without first filling it with zeros
  }
  const copy = new Float32Array(length);
  for (let begin = 0; begin < length; begin += SLICE_LENGTH) {
    if (begin > 0) {
      await setImmediate();
    }
    if (vectors.length !== length) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `The array of vectors changed from ${length} to ${vectors.length} numbers while it was ` +
          'read. Leave it alone until the call has finished.',
      );
    }
    copy.set(vectors.subarray(begin, begin + SLICE_LENGTH), begin);
  }
  return copy;
}

/**
 * Bytes in memory that is ours, copied at once.
 *
 * @throws {FaissError} `INVALID_ARGUMENT` unless they are bytes in usable memory
 */
export function copyBytes(name: string, bytes: Uint8Array): Uint8Array {
  if (!isUint8Array(bytes)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} as a Uint8Array, received ${show(bytes)}.`,
    );
  }
  checkAttached(name, bytes);
  return new Uint8Array(bytes);
}
