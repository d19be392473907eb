import { show } from './arguments.js';
import { FaissError } from './faiss-error.js';

/** FAISS takes any text after these, and ignores it. */
const KINDS = /^(?:BFlat|BIVF(\d+)(?:_HNSW(\d+))?|BHNSW(\d+)|BHash(?:(\d+)x)?(\d+))$/;
const MAX_LISTS = 2 ** 20;
/** Training takes a 32-bit float for each bit of each list: 8 GiB. */
const MAX_CENTROID_BITS = 2 ** 31;
/** Below two links, FAISS reads beyond its tables; more than this only take memory. */
const LINKS = [2, 1024] as const;
/** FAISS takes hash values out of 64-bit words that begin at any byte. */
const MAX_HASH_BITS = 56;
/** A search that looks into more buckets takes seconds for each query. */
const MAX_BUCKETS = 2 ** 20;

/**
 * Refuses kinds of binary index that FAISS doesn't know, and those by which it would end the process
 * or return nonsense.
 *
 * @throws {FaissError} `INVALID_FACTORY`
 */
export function checkBinaryFactory(factory: string, bits: number): void {
  const match = typeof factory === 'string' ? KINDS.exec(factory) : null;
  if (match === null) {
    throw refusal(
      "a kind of binary index such as 'BFlat', 'BIVF256', 'BIVF256_HNSW32', 'BHNSW32', " +
        "'BHash16' or 'BHash4x16'",
      factory,
    );
  }
  const [lists, listLinks, links, hashes, hashBits] = match.slice(1).map(optionalNumber);
  if (lists !== undefined && !(lists >= 1 && lists <= MAX_LISTS)) {
    throw refusal(`from 1 to ${MAX_LISTS} lists`, factory);
  }
  if (lists !== undefined && lists * bits > MAX_CENTROID_BITS) {
    throw refusal(`at most ${MAX_CENTROID_BITS} bits in all lists' centroids`, factory);
  }
  for (const count of [listLinks, links]) {
    if (count !== undefined && !(count >= LINKS[0] && count <= LINKS[1])) {
      throw refusal(`HNSW with ${LINKS[0]} to ${LINKS[1]} links`, factory);
    }
  }
  if (hashBits !== undefined) {
    const tables = hashes ?? 1;
    if (!(hashBits >= 1 && hashBits <= MAX_HASH_BITS && tables >= 1 && tables * hashBits <= bits)) {
      throw refusal(
        `hashes of 1 to ${MAX_HASH_BITS} bits that together have at most the ${bits} bits of a code`,
        factory,
      );
    }
  }
}

/** The most bits that may be flipped in hash values of so many bits. */
export function maxFlips(hashBits: number): number {
  let buckets = 1;
  let combinations = 1;
  for (let flips = 1; flips <= hashBits; flips++) {
    combinations *= (hashBits - flips + 1) / flips;
    buckets += combinations;
    if (buckets > MAX_BUCKETS) {
      return flips - 1;
    }
  }
  return hashBits;
}

function optionalNumber(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}

function refusal(expected: string, received: unknown): FaissError {
  return new FaissError('INVALID_FACTORY', `Expected ${expected}, received ${show(received)}.`);
}
