import { expect } from 'vitest';
import { FaissError, type FaissErrorCode, type FaissIndex } from '../src/index.js';

/** Uniform in -1…1, the same for the same seed (a linear congruential generator, as in C's rand). */
export function randomVectors(count: number, dimension: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count * dimension }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x3fffffff - 1;
  });
}

/** first, first + 1, … */
export function consecutiveIds(count: number, first = 0n): BigInt64Array {
  return BigInt64Array.from({ length: count }, (_, i) => first + BigInt(i));
}

/** Expects the call to fail with this code, now or later, and gives the message. */
export async function failure(code: FaissErrorCode, call: () => unknown): Promise<string> {
  let result: unknown;
  try {
    result = await call();
  } catch (error) {
    expect(error).toBeInstanceOf(FaissError);
    expect(error).toMatchObject({ code });
    return (error as FaissError).message;
  }
  throw new Error(`Expected a failure with ${code}, but it resolved with ${String(result)}.`);
}

/** Trains where the kind needs it, so that a test can treat all kinds alike. */
export async function trainIfNeeded(index: FaissIndex, seed = 99): Promise<void> {
  if (!index.isTrained) {
    await index.train(randomVectors(1000, index.dimension, seed));
  }
}

/** Neighbours by definition, in double precision: ids and distances, nearest first. */
export function bruteForce(
  stored: ReadonlyMap<bigint, Float32Array>,
  query: Float32Array,
  metric: 'l2' | 'inner_product',
): { id: bigint; distance: number }[] {
  const sign = metric === 'l2' ? 1 : -1;
  return [...stored]
    .map(([id, vector]) => {
      let distance = 0;
      for (let i = 0; i < query.length; i++) {
        const [a, b] = [query[i]!, vector[i]!];
        distance += metric === 'l2' ? (a - b) ** 2 : a * b;
      }
      return { id, distance };
    })
    .sort((a, b) => sign * (a.distance - b.distance));
}
