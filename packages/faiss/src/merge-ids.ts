import { compareIds, wordsOf } from './id-words.js';
import { inSlices } from './in-slices.js';

/** Of ids, some milliseconds' worth for a few lists. */
const SLICE_LENGTH = 2 ** 16;

/** One ascending list of ids out of several. */
export async function mergeIds(lists: readonly BigInt64Array[]): Promise<BigInt64Array> {
  const merged = new BigInt64Array(lists.reduce((sum, { length }) => sum + length, 0));
  const target = wordsOf(merged);
  const sources = lists.map((ids) => ({ words: wordsOf(ids), end: ids.length, head: 0 }));
  await inSlices({ count: merged.length, size: SLICE_LENGTH / lists.length }, (begin, end) => {
    for (let place = begin; place < end; place++) {
      let least: (typeof sources)[number] | undefined;
      for (const source of sources) {
        if (
          source.head < source.end &&
          (least === undefined ||
            compareIds(source.words, source.head, least.words, least.head) < 0)
        ) {
          least = source;
        }
      }
      if (least !== undefined) {
        target[2 * place] = least.words[2 * least.head]!;
        target[2 * place + 1] = least.words[2 * least.head + 1]!;
        least.head++;
      }
    }
  });
  return merged;
}

/** An id that an ascending list has twice. */
export async function findTwice(sorted: BigInt64Array): Promise<bigint | undefined> {
  const words = wordsOf(sorted);
  let found: bigint | undefined;
  await inSlices({ count: sorted.length - 1, size: SLICE_LENGTH }, (begin, end) => {
    for (let i = begin; i < end && found === undefined; i++) {
      if (compareIds(words, i, words, i + 1) === 0) {
        found = sorted[i];
      }
    }
  });
  return found;
}
