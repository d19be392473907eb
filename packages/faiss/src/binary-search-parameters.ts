import { checkInteger } from './arguments.js';
import { maxFlips } from './binary-factory.js';
import type { BinarySearchParameters } from './binary-options.js';
import { FaissError } from './faiss-error.js';
import type { BinaryDescription } from './native-binary.js';

/** FAISS's own defaults. */
const DEFAULTS = { nprobe: 1, efSearch: 16, nflip: 0 } as const;
const MAX_EF_SEARCH = 65_536;

/**
 * The parameters of a search, with defaults for those that are not given.
 *
 * @throws {FaissError} `INVALID_ARGUMENT` for one that this kind of index doesn't have, or a value
 * out of range
 */
export function completeSearchParameters(
  { nprobe, efSearch, nflip }: BinarySearchParameters,
  index: BinaryDescription,
): Required<BinarySearchParameters> {
  if (nprobe !== undefined) {
    checkKnown('nprobe', { kind: 'BIVF', known: index.listCount > 0, index });
    checkInteger('nprobe', nprobe, [1, index.listCount]);
  }
  if (efSearch !== undefined) {
    checkKnown('efSearch', { kind: 'HNSW', known: index.hasGraph, index });
    checkInteger('efSearch', efSearch, [1, MAX_EF_SEARCH]);
  }
  if (nflip !== undefined) {
    checkKnown('nflip', { kind: 'BHash', known: index.hashBits > 0, index });
    checkInteger('nflip', nflip, [0, maxFlips(index.hashBits)]);
  }
  return {
    nprobe: nprobe ?? DEFAULTS.nprobe,
    efSearch: efSearch ?? DEFAULTS.efSearch,
    nflip: nflip ?? DEFAULTS.nflip,
  };
}

function checkKnown(
  parameter: string,
  { kind, known, index }: { kind: string; known: boolean; index: BinaryDescription },
): void {
  if (!known) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `${parameter} is for kinds of binary index with ${kind}, this one is '${index.factory}'. ` +
        'Leave it out.',
    );
  }
}
