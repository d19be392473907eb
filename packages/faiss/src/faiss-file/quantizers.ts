import type { ByteReader } from './byte-reader.js';
import { finiteVector } from './floats.js';

/** Codebooks have 2 to this power entries at most, as in factory strings. */
const MAX_CODE_BITS = 16;

/** A product quantizer: `count` sub-vectors, each with a code of `bits` bits. */
export interface ProductQuantizer {
  count: number;
  bits: number;
  /** Bytes a vector. */
  codeSize: number;
}

/** A scalar quantizer: its name, and bytes a vector. */
export interface ScalarQuantizer {
  name: string;
  codeSize: number;
  isHalf: boolean;
}

export async function readProductQuantizer(
  reader: ByteReader,
  dimension: number,
): Promise<ProductQuantizer> {
  await reader.int64("the product quantizer's dimension", [dimension, dimension]);
  const count = await reader.int64('the number of sub-quantizers', [1, dimension]);
  if (dimension % count !== 0) {
    throw reader.corrupt(`${dimension} components can't be split among ${count} quantizers`, 8);
  }
  const bits = await reader.int64('the bits of a code', [1, MAX_CODE_BITS]);
  await finiteVector(reader, "the product quantizer's centroids", dimension * 2 ** bits);
  return { count, bits, codeSize: Math.ceil((count * bits) / 8) };
}

/** 'PQ16', 'PQ16x4'. */
export function productQuantizerName({ count, bits }: ProductQuantizer): string {
  return bits === 8 ? `PQ${count}` : `PQ${count}x${bits}`;
}

/** FAISS's QuantizerType: name, bits a component, and how many numbers training finds. */
const SCALAR_TYPES: readonly { name: string; bits: number; trained: 'each' | 2 | 0 }[] = [
  { name: 'SQ8', bits: 8, trained: 'each' },
  { name: 'SQ4', bits: 4, trained: 'each' },
  { name: 'SQ8_uniform', bits: 8, trained: 2 },
  { name: 'SQ4_uniform', bits: 4, trained: 2 },
  { name: 'SQfp16', bits: 16, trained: 0 },
  { name: 'SQ8_direct', bits: 8, trained: 0 },
  { name: 'SQ6', bits: 6, trained: 'each' },
];
/** With what FAISS 1.8 and 1.9 added: bf16 and signed bytes. */
const LAST_SCALAR_TYPE = 8;
const RANGE_STATISTICS = 4;
const UNBOUNDED: [number, number] = [-Infinity, Infinity];

export async function readScalarQuantizer(
  reader: ByteReader,
  { dimension, isTrained }: { dimension: number; isTrained: boolean },
): Promise<ScalarQuantizer> {
  const number = await reader.int32('the type of scalar quantizer', [0, LAST_SCALAR_TYPE]);
  const type = SCALAR_TYPES[number];
  if (type === undefined) {
    throw reader.unsupported(
      `it has scalar quantizer number ${number} of FAISS's QuantizerType, which FAISS 1.8 and ` +
        'later write. Use SQ8 or SQfp16.',
    );
  }
  await reader.int32('the statistic of ranges', [0, RANGE_STATISTICS - 1]);
  await reader.float32("the statistic's argument", UNBOUNDED);
  await reader.int64("the scalar quantizer's dimension", [dimension, dimension]);
  const codeSize = Math.ceil((dimension * type.bits) / 8);
  await reader.int64("the scalar quantizer's code size", [codeSize, codeSize]);
  const trained = type.trained === 'each' ? 2 * dimension : type.trained;
  const what = "the scalar quantizer's ranges";
  await finiteVector(reader, what, isTrained ? trained : 0);
  return { name: type.name, codeSize, isHalf: type.name === 'SQfp16' };
}
