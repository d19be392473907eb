import { show } from './arguments.js';
import { checkFactory } from './factory.js';
import { FaissError } from './faiss-error.js';

const WORD = /^(PCAW?R?\d+|OPQ\d+(_\d+)?|RR(\d+)?|ITQ(\d+)?|L2norm|Pad\d+)$/;
/** Each may hold a matrix of 256 MiB. */
const MAX_WORDS = 8;

/** @throws {FaissError} `INVALID_FACTORY` unless these are transforms in FAISS's words. */
export function checkTransform(transform: string): void {
  checkFactory(transform);
  const words = transform.split(',');
  const wrong = words.find((word) => !WORD.test(word));
  if (wrong !== undefined) {
    throw new FaissError(
      'INVALID_FACTORY',
      "Expected transforms such as 'PCA64', 'PCAW64', 'PCAR64', 'PCAWR64', 'OPQ16_64', 'RR64', " +
        `'ITQ64', 'L2norm' or 'Pad128', or a chain such as 'PCA64,L2norm', received ${show(wrong)}.`,
    );
  }
  if (words.length > MAX_WORDS) {
    throw new FaissError(
      'INVALID_FACTORY',
      `Expected a chain of at most ${MAX_WORDS} transforms, received ${words.length}.`,
    );
  }
}
