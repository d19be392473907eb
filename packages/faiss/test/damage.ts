/** Numbers that sizes, counts and indices could be overwritten with. */
const EXTREMES = [
  0n,
  1n,
  2n,
  7n,
  2n ** 8n,
  2n ** 16n,
  2n ** 24n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 32n,
  2n ** 40n,
  2n ** 62n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

/**
 * A copy that is damaged in one way or in several, the same for the same seed. Most damage is near
 * the beginning and the end, where sizes are.
 */
export function damage(original: Buffer, seed: number): Buffer {
  const random = generator(seed);
  let bytes: Buffer = Buffer.from(original);
  for (let times = random(4) === 0 ? 3 : 1; times > 0; times--) {
    bytes = damageOnce(bytes, random);
  }
  return bytes;
}

type Random = (below: number) => number;

function damageOnce(bytes: Buffer, random: Random): Buffer {
  const { length } = bytes;
  if (length < 16) {
    return bytes;
  }
  const place = pickPlace(length, random);
  switch (random(10)) {
    case 0:
      return bytes.subarray(0, random(3) === 0 ? random(length) : length - 1 - random(16));
    case 1:
    case 2:
      bytes[place]! ^= 1 << random(8);
      return bytes;
    case 3:
      bytes.fill(random(2) === 0 ? 0 : 0xff, place, place + 1 + random(8));
      return bytes;
    case 4:
      bytes.writeUInt32LE(Number(BigInt.asUintN(32, EXTREMES[random(16)]!)), place);
      return bytes;
    case 5:
    case 6:
      bytes.writeBigUInt64LE(EXTREMES[random(16)]!, place);
      return bytes;
    case 7: {
      const step = random(2) === 0 ? 1 : -1;
      bytes.writeInt32LE((bytes.readInt32LE(place) + step) | 0, place);
      return bytes;
    }
    case 8: {
      // Some bytes from elsewhere, which may well be a plausible size.
      const size = [4, 8, 16][random(3)]!;
      const from = random(length - 8);
      bytes.copy(bytes, place, from, from + Math.min(size, length - place));
      return bytes;
    }
    default: {
      // Bytes lost, or more of them, so that all that follows is shifted.
      const size = [1, 4, 8, 32][random(4)]!;
      const tail = bytes.subarray(random(2) === 0 ? place + size : Math.max(place - size, 0));
      return Buffer.concat([bytes.subarray(0, place), tail]);
    }
  }
}

function pickPlace(length: number, random: Random): number {
  const last = length - 8;
  switch (random(5)) {
    case 0:
    case 1:
      return random(Math.min(256, last));
    case 2:
      return last - random(Math.min(128, last));
    default:
      return random(last);
  }
}

/** Marsaglia's xorshift, as the low bits of simpler generators repeat soon. */
function generator(seed: number): Random {
  let state = (Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
