import { endianness } from 'node:os';

const BYTES_PER_FLOAT = 4;
const LITTLE_ENDIAN = endianness() === 'LE';

/** Numbers as float32, little-endian, on every machine. */
export function toFloatBlob(values: ArrayLike<number>): Buffer {
  const floats = Float32Array.from(values);
  const blob = Buffer.from(floats.buffer);
  return LITTLE_ENDIAN ? blob : blob.swap32();
}

/** The inverse of {@link toFloatBlob}; the result owns its memory. */
export function fromFloatBlob(blob: Uint8Array): Float32Array {
  const floats = new Float32Array(Math.floor(blob.byteLength / BYTES_PER_FLOAT));
  const bytes = Buffer.from(floats.buffer);
  bytes.set(blob.subarray(0, bytes.byteLength));
  if (!LITTLE_ENDIAN) {
    bytes.swap32();
  }
  return floats;
}
