import { isNone, wordsOf } from './id-words.js';
import { inSlices } from './in-slices.js';

/** Ids that are entered in about a millisecond. */
const SLICE_LENGTH = 2 ** 15;

/**
 * A set of ids that is as fast as one of numbers: a table with open addressing, at most half full.
 * It can't hold -1, which marks empty places.
 */
export class IdSet {
  readonly #words: Int32Array;
  readonly #mask: number;

  /** `capacity`: the most ids that will be in. */
  constructor(capacity: number) {
    const places = 2 ** Math.ceil(Math.log2(Math.max(capacity, 1) * 2));
    this.#words = new Int32Array(places * 2).fill(-1);
    this.#mask = places - 1;
  }

  /** Takes the id at place `i` of the words; false where it is in already. */
  add(words: Int32Array, i: number): boolean {
    const place = this.#find(words, i);
    if (!isNone(this.#words, place)) {
      return false;
    }
    this.#words[2 * place] = words[2 * i]!;
    this.#words[2 * place + 1] = words[2 * i + 1]!;
    return true;
  }

  has(words: Int32Array, i: number): boolean {
    return !isNone(this.#words, this.#find(words, i));
  }

  clear(): void {
    this.#words.fill(-1);
  }

  /** The place of this id, or the empty one where it would go. */
  #find(words: Int32Array, i: number): number {
    const low = words[2 * i]!;
    const high = words[2 * i + 1]!;
    let place = hash(low, high) & this.#mask;
    while (
      !(this.#words[2 * place] === low && this.#words[2 * place + 1] === high) &&
      !isNone(this.#words, place)
    ) {
      place = (place + 1) & this.#mask;
    }
    return place;
  }
}

/** An id that is there twice. */
export async function findRepeated(ids: BigInt64Array): Promise<bigint | undefined> {
  const words = wordsOf(ids);
  const seen = new IdSet(ids.length);
  let repeated: bigint | undefined;
  await inSlices({ count: ids.length, size: SLICE_LENGTH }, (begin, end) => {
    for (let i = begin; i < end && repeated === undefined; i++) {
      if (!seen.add(words, i)) {
        repeated = ids[i];
      }
    }
  });
  return repeated;
}

/** Every bit of both words has a part in every bit of the result (the finalizer of MurmurHash3). */
function hash(low: number, high: number): number {
  let mixed = low ^ Math.imul(high, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
