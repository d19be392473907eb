import { IdSet } from './id-set.js';
import { isNone, wordsOf } from './id-words.js';
import { inSlices } from './in-slices.js';

/** Ids that are compared in about a millisecond. */
const SLICE_LENGTH = 2 ** 15;

/** The share of the true neighbours of `count` queries that are among those that were found. */
export async function recallOf(
  found: BigInt64Array,
  truth: BigInt64Array,
  count: number,
): Promise<number> {
  const k = found.length / count;
  const trueCount = truth.length / count;
  const [foundWords, trueWords] = [wordsOf(found), wordsOf(truth)];
  const row = new IdSet(k);
  let wanted = 0;
  let hits = 0;
  await inSlices({ count, size: SLICE_LENGTH / (k + trueCount) }, (begin, end) => {
    for (let query = begin; query < end; query++) {
      row.clear();
      for (let i = query * k; i < (query + 1) * k; i++) {
        if (!isNone(foundWords, i)) {
          row.add(foundWords, i);
        }
      }
      for (let i = query * trueCount; i < (query + 1) * trueCount; i++) {
        if (!isNone(trueWords, i)) {
          wanted++;
          hits += row.has(trueWords, i) ? 1 : 0;
        }
      }
    }
  });
  return hits / wanted;
}
