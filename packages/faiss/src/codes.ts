import { isUint8Array } from 'node:util/types';
import { checkAttached, show } from './arguments.js';
import { FaissError } from './faiss-error.js';

/**
 * How many codes there are.
 *
 * @throws {FaissError} `INVALID_ARGUMENT` unless these are whole codes in usable memory
 */
export function checkCodes(name: string, value: Uint8Array, bits: number): number {
  if (!isUint8Array(value)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} as a Uint8Array of ${bits / 8} bytes each, received ${show(value)}.`,
    );
  }
  checkAttached(name, value);
  const count = value.length / (bits / 8);
  if (!Number.isInteger(count)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected ${name} one after the other, each with ${bits} bits (${bits / 8} bytes), received ` +
        `${value.length} bytes, which is no multiple of that.`,
    );
  }
  return count;
}
