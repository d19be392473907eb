import { isBigInt64Array } from 'node:util/types';
import { checkAttached, show } from './arguments.js';
import { FaissError } from './faiss-error.js';

/**
 * Ids of vectors: signed 64-bit numbers except -1, which stands for "none" in results. Besides a
 * `BigInt64Array`, arrays of bigints or of whole numbers up to 2^53 - 1 will do.
 */
export type Ids = BigInt64Array | readonly (bigint | number)[];

/** The least and the most of a signed 64-bit number. */
const MIN_ID = -(2n ** 63n);
const MAX_ID = 2n ** 63n - 1n;

/**
 * The ids in memory of our own.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`
 */
export function copyIds(ids: Ids, name = 'ids'): BigInt64Array {
  if (isBigInt64Array(ids)) {
    checkAttached(name, ids);
    return new BigInt64Array(ids);
  }
  if (!Array.isArray(ids)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} as a BigInt64Array or an array of bigints or whole numbers, received ${show(ids)}.`,
    );
  }
  return BigInt64Array.from(ids, (id: bigint | number) => toId(id));
}

/**
 * The ids of `count` vectors or codes, in memory of our own.
 *
 * @throws {FaissError} `INVALID_ARGUMENT` also where -1 is among them
 */
export function copyNewIds(ids: Ids, count: number): BigInt64Array {
  const own = copyIds(ids);
  if (own.length !== count) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected one id for each vector, received ${own.length} ids for ${count} vectors.`,
    );
  }
  if (own.includes(-1n)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      'The id -1 is reserved: it stands for "none" in the results of a search.',
    );
  }
  return own;
}

/**
 * One id as FAISS knows it.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`
 */
export function toId(id: bigint | number, name = 'an id'): bigint {
  if (typeof id === 'bigint' && id >= MIN_ID && id <= MAX_ID) {
    return id;
  }
  if (typeof id === 'number' && Number.isSafeInteger(id)) {
    return BigInt(id);
  }
  throw new FaissError(
    'INVALID_ARGUMENT',
    `Expected ${name} as a bigint of at most 64 bits, such as 42n, or a whole number up to ` +
      `2^53 - 1, received ${show(id)}.`,
  );
}
