import { setImmediate } from 'node:timers/promises';
import { FaissError } from './faiss-error.js';

/** 4 MiB take about a millisecond to copy, which is as long as the event loop should wait. */
const SLICE_BYTES = 2 ** 22;

/**
 * The vectors in memory that is ours. The caller can transfer an array to another thread, where it
 * is freed, or shrink it, and nothing that an addon can do prevents that; so FAISS never works on
 * a caller's array.
 *
 * Up to 4 MiB are copied at once, before this function returns; more in slices that let the event
 * loop run in between.
 */
export async function copyVectors(vectors: Float32Array): Promise<Float32Array> {
  if (vectors.byteLength <= SLICE_BYTES) {
    return new Float32Array(vectors); // without filling it with zeros first
  }
  const copy = new Float32Array(vectors.length);
  await copyInSlices(vectors, copy);
  return copy;
}

/** Bytes in memory that is ours, copied as {@link copyVectors} does. */
export async function copyBytes(bytes: Uint8Array): Promise<Uint8Array> {
  const copy = new Uint8Array(bytes.length);
  await copyInSlices(bytes, copy);
  return copy;
}

async function copyInSlices<T extends Float32Array | Uint8Array>(from: T, to: T): Promise<void> {
  const { length } = to;
  const sliceLength = SLICE_BYTES / to.BYTES_PER_ELEMENT;
  for (let begin = 0; begin < length; begin += sliceLength) {
    if (begin > 0) {
      await setImmediate();
    }
    if (from.length !== length) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `The array changed from ${length} to ${from.length} numbers while it was read. ` +
          'Leave it alone until the call has finished.',
      );
    }
    to.set(from.subarray(begin, begin + sliceLength), begin);
  }
}
