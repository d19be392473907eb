import type { ByteReader } from './byte-reader.js';

/**
 * Sums of squares of up to 65,536 such numbers are finite, so distances are. Vectors that this
 * package takes are below 1e15, what is trained from them below this.
 */
const MAX_MAGNITUDE = 1e16;

/** Half-precision numbers with all these bits set are infinite or NaN. */
const HALF_EXPONENT = 0x7c00;

/** Passes over an array of floats, all of which have to be finite and of reasonable size. */
export async function finiteFloats(reader: ByteReader, what: string, count: number): Promise<void> {
  await reader.visit(what, count * 4, (chunk, size, first) => {
    const floats = new Float32Array(chunk, 0, size / 4);
    for (let i = 0; i < floats.length; i++) {
      // Written so that NaN fails.
      if (!(Math.abs(floats[i]!) <= MAX_MAGNITUDE)) {
        throw reader.corrupt(`number ${first / 4 + i} of ${what} is ${floats[i]}`, size - 4 * i);
      }
    }
  });
}

/** The same for half-precision numbers, which can't be too large. */
export async function finiteHalves(reader: ByteReader, what: string, count: number): Promise<void> {
  await reader.visit(what, count * 2, (chunk, size, first) => {
    const halves = new Uint16Array(chunk, 0, size / 2);
    for (let i = 0; i < halves.length; i++) {
      if ((halves[i]! & HALF_EXPONENT) === HALF_EXPONENT) {
        throw reader.corrupt(`number ${first / 2 + i} of ${what} is not finite`, size - 2 * i);
      }
    }
  });
}

/** An array of floats with its length. */
export async function finiteVector(
  reader: ByteReader,
  what: string,
  length: number,
): Promise<void> {
  await reader.exactLength(what, 4, length);
  await finiteFloats(reader, what, length);
}
