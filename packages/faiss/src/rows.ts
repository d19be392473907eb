import { wordsOf } from './id-words.js';
import { inSlices } from './in-slices.js';

/** Numbers, and rows, that are copied in about a millisecond. */
const SLICE_NUMBERS = 2 ** 19;
const SLICE_ROWS = 2 ** 13;

/** These rows of the vectors, one after the other. */
export async function gatherRows(
  vectors: Float32Array,
  rows: Uint32Array,
  dimension: number,
): Promise<Float32Array> {
  const gathered = new Float32Array(rows.length * dimension);
  await inSlices({ count: rows.length, size: sliceOf(dimension) }, (begin, end) => {
    for (let i = begin; i < end; i++) {
      const row = rows[i]!;
      gathered.set(vectors.subarray(row * dimension, (row + 1) * dimension), i * dimension);
    }
  });
  return gathered;
}

/** Puts vectors into these rows of the target. */
export async function scatterRows(
  vectors: Float32Array,
  rows: Uint32Array,
  { into, dimension }: { into: Float32Array; dimension: number },
): Promise<void> {
  await inSlices({ count: rows.length, size: sliceOf(dimension) }, (begin, end) => {
    for (let i = begin; i < end; i++) {
      into.set(vectors.subarray(i * dimension, (i + 1) * dimension), rows[i]! * dimension);
    }
  });
}

/** These of the ids. */
export async function gatherIds(ids: BigInt64Array, rows: Uint32Array): Promise<BigInt64Array> {
  const gathered = new BigInt64Array(rows.length);
  const [from, to] = [wordsOf(ids), wordsOf(gathered)];
  await inSlices({ count: rows.length, size: SLICE_NUMBERS }, (begin, end) => {
    for (let i = begin; i < end; i++) {
      to[2 * i] = from[2 * rows[i]!]!;
      to[2 * i + 1] = from[2 * rows[i]! + 1]!;
    }
  });
  return gathered;
}

function sliceOf(dimension: number): number {
  return Math.min(SLICE_NUMBERS / dimension, SLICE_ROWS);
}
