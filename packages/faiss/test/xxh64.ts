const P1 = 0x9e3779b185ebca87n;
const P2 = 0xc2b2ae3d27d4eb4fn;
const P3 = 0x165667b19e3779f9n;
const P4 = 0x85ebca77c2b2ae63n;
const P5 = 0x27d4eb2f165667c5n;

const low = (value: bigint) => BigInt.asUintN(64, value);
const rotate = (value: bigint, bits: bigint) => low((value << bits) | (value >> (64n - bits)));
const round = (lane: bigint, input: bigint) => low(rotate(low(lane + input * P2), 31n) * P1);

/** XXH64 with seed 0, plainly by its specification, to check the native one against. */
export function xxh64(bytes: Buffer): bigint {
  let at = 0;
  let hash: bigint = P5;
  if (bytes.length >= 32) {
    const lanes = [low(P1 + P2), P2, 0n, low(-P1)];
    for (; at + 32 <= bytes.length; at += 32) {
      for (let i = 0; i < 4; i++) {
        lanes[i] = round(lanes[i]!, bytes.readBigUInt64LE(at + 8 * i));
      }
    }
    hash = low([1n, 7n, 12n, 18n].reduce((sum, bits, i) => sum + rotate(lanes[i]!, bits), 0n));
    for (const lane of lanes) {
      hash = low((hash ^ round(0n, lane)) * P1 + P4);
    }
  }
  hash = low(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    hash = low(rotate(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * P1 + P4);
  }
  for (; at + 4 <= bytes.length; at += 4) {
    hash = low(rotate(hash ^ low(BigInt(bytes.readUInt32LE(at)) * P1), 23n) * P2 + P3);
  }
  for (; at < bytes.length; at++) {
    hash = low(rotate(hash ^ low(BigInt(bytes.readUInt8(at)) * P5), 11n) * P1);
  }
  hash = low((hash ^ (hash >> 33n)) * P2);
  hash = low((hash ^ (hash >> 29n)) * P3);
  return hash ^ (hash >> 32n);
}
