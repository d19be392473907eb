import type { FaissBinaryIndex } from '../src/index.js';

/** Random bytes, the same for the same seed (xorshift32, whose every bit is as random). */
export function randomCodes(count: number, bits: number, seed = 1): Uint8Array<ArrayBuffer> {
  let state = Math.imul(seed, 2_654_435_761) | 1;
  return Uint8Array.from({ length: (count * bits) / 8 }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 24;
  });
}

/** In how many bits they differ, counted one by one. */
export function hamming(a: Uint8Array, b: Uint8Array): number {
  let distance = 0;
  for (let bit = 0; bit < a.length * 8; bit++) {
    distance += bitOf(a, bit) === bitOf(b, bit) ? 0 : 1;
  }
  return distance;
}

/** Bits are counted from the lowest of the first byte. */
export function bitOf(code: Uint8Array, bit: number): number {
  return (code[bit >> 3]! >> (bit & 7)) & 1;
}

export function codeAt(codes: Uint8Array, row: number, bits: number): Uint8Array {
  return codes.subarray((row * bits) / 8, ((row + 1) * bits) / 8);
}

/** Trains where the kind needs it, so that a test can treat all kinds alike. */
export async function trainIfNeeded(index: FaissBinaryIndex, seed = 99): Promise<void> {
  if (!index.isTrained) {
    await index.train(randomCodes(200, index.bits, seed));
  }
}

/** All neighbours by definition: nearest first, then by id. */
export function bruteForce(
  stored: ReadonlyMap<bigint, Uint8Array>,
  query: Uint8Array,
): { id: bigint; distance: number }[] {
  return [...stored]
    .map(([id, code]) => ({ id, distance: hamming(code, query) }))
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1));
}
