import { FaissError } from './faiss-error.js';
import { inSlices } from './in-slices.js';

/** As in native/check_values.cc. */
const MAX_MAGNITUDE = 1e15;
const SLICE_LENGTH = 2 ** 19;

/**
 * Says what the addon would say of these vectors. For calls that pass parts of them to several
 * indexes, where none may have taken its part when another one refuses.
 *
 * @throws {FaissError} `NOT_FINITE`
 */
export async function checkFiniteVectors(vectors: Float32Array, dimension: number): Promise<void> {
  await inSlices({ count: vectors.length, size: SLICE_LENGTH }, (begin, end) => {
    for (let i = begin; i < end; i++) {
      if (!(Math.abs(vectors[i]!) <= MAX_MAGNITUDE)) {
        throw new FaissError(
          'NOT_FINITE',
          `Expected finite numbers up to 1e15, received ${vectors[i]} as component ` +
            `${i % dimension} of vector ${Math.floor(i / dimension)}.`,
        );
      }
    }
  });
}
