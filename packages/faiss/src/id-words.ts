import { inSlices } from './in-slices.js';

/** Of ids, a millisecond's worth. */
const SLICE_LENGTH = 2 ** 19;

/**
 * The ids as pairs of 32-bit words, the low one first, in the same memory: reading an element of a
 * `BigInt64Array` allocates a bigint, which is too slow for long loops. All platforms that the
 * package runs on are little-endian.
 */
export function wordsOf(ids: BigInt64Array): Int32Array {
  return new Int32Array(ids.buffer, ids.byteOffset, ids.length * 2);
}

/** Below 0 where the id at place `i` of `a` is less than that at place `j` of `b`; 0 if equal. */
export function compareIds(a: Int32Array, i: number, b: Int32Array, j: number): number {
  const high = a[2 * i + 1]! - b[2 * j + 1]!;
  return high !== 0 ? high : (a[2 * i]! >>> 0) - (b[2 * j]! >>> 0);
}

/** Whether the id at place `i` is -1, "none". */
export function isNone(words: Int32Array, i: number): boolean {
  return words[2 * i] === -1 && words[2 * i + 1] === -1;
}

/** The largest of the ids, of which there has to be one. */
export async function largestId(ids: BigInt64Array): Promise<bigint> {
  const words = wordsOf(ids);
  let largest = 0;
  await inSlices({ count: ids.length, size: SLICE_LENGTH }, (begin, end) => {
    for (let i = begin; i < end; i++) {
      if (compareIds(words, i, words, largest) > 0) {
        largest = i;
      }
    }
  });
  return ids[largest]!;
}

/** Sets the ids to `first`, `first` + 1, … */
export async function fillConsecutive(ids: BigInt64Array, first: bigint): Promise<void> {
  const words = wordsOf(ids);
  let low = Number(BigInt.asUintN(32, first));
  let high = Number(BigInt.asIntN(32, first >> 32n));
  await inSlices({ count: ids.length, size: SLICE_LENGTH }, (begin, end) => {
    for (let i = begin; i < end; i++) {
      words[2 * i] = low;
      words[2 * i + 1] = high;
      low++;
      if (low === 2 ** 32) {
        low = 0;
        high++;
      }
    }
  });
}
