import { show } from './arguments.js';
import { FaissError } from './faiss-error.js';

/** No part of an index may have more lists, links, components or bits; nor none, which crashes. */
const MAX_NUMBER = 2 ** 20;
/** Codebooks have 2 to this power entries, and tables for multi-indexes two times that. */
const MAX_CODE_BITS = 16;
const MAX_MULTI_INDEX_BITS = 10;
const MAX_LENGTH = 256;

/**
 * Refuses factory strings by which a few characters would ask for absurd memory, as FAISS allocates
 * what they say (`IVF4000000000,Flat`), or end the process (`IVF0,Flat`). Whether the rest of the
 * string makes sense is FAISS's to say.
 *
 * @throws {FaissError} `INVALID_FACTORY`
 */
export function checkFactory(factory: string): void {
  if (typeof factory !== 'string' || !/^[\w,()[\]\-+.]+$/.test(factory)) {
    throw new FaissError(
      'INVALID_FACTORY',
      `Expected a factory string such as 'Flat', 'IVF1024,SQ8' or 'HNSW32', received ${show(factory)}.`,
    );
  }
  if (factory.includes('ZnLattice')) {
    throw new FaissError(
      'INVALID_FACTORY',
      'ZnLattice crashes for some dimensions, so it is not supported. Use SQ8.',
    );
  }
  const numbers = (factory.match(/\d+/g) ?? []).map(Number);
  const codeBits = [...factory.matchAll(/(IMI)?\d+x(\d+)/g)];
  const unreasonable =
    factory.length > MAX_LENGTH ||
    numbers.some((number) => number < 1 || number > MAX_NUMBER) ||
    codeBits.some(([, multiIndex, bits]) => {
      return Number(bits) > (multiIndex ? MAX_MULTI_INDEX_BITS : MAX_CODE_BITS);
    });
  if (unreasonable) {
    throw new FaissError(
      'INVALID_FACTORY',
      `Expected a factory string of at most ${MAX_LENGTH} characters with numbers from 1 to ` +
        `${MAX_NUMBER}, codes of at most ${MAX_CODE_BITS} bits (PQ8x16) and multi-indexes of at ` +
        `most ${MAX_MULTI_INDEX_BITS} (IMI2x10), received ${show(factory)}.`,
    );
  }
}
