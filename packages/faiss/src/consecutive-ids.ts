/** `first`, `first + 1`, …, as two 32-bit words each: a bigint each would block the event loop. */
export function consecutiveIds(first: number, count: number): BigInt64Array {
  const ids = new BigInt64Array(count);
  const words = new Uint32Array(ids.buffer); // the addon runs on little-endian machines only
  for (let i = 0; i < count; i++) {
    words[2 * i] = first + i; // modulo 2^32
    words[2 * i + 1] = (first + i) / 2 ** 32;
  }
  return ids;
}
