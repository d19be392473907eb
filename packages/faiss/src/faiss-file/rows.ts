import { finiteFloats, finiteHalves, finiteVector } from './floats.js';
import { type Header, readHeader } from './header.js';
import type { Part, Place, Walk } from './part.js';
import { productQuantizerName, readProductQuantizer, readScalarQuantizer } from './quantizers.js';
import { readTransform } from './transforms.js';

// Kinds that keep one code a vector, in one array.

export async function walkFlat(walk: Walk, fourcc: string, place: Place): Promise<Part> {
  const { reader } = walk;
  const header = await readHeader(reader);
  if (!header.isTrained) {
    throw reader.corrupt('it is Flat, but says that it is not trained', 5);
  }
  const named = fourcc === 'IxFI' ? 'inner_product' : fourcc === 'IxF2' ? 'l2' : header.metric;
  if (header.metric !== named) {
    throw reader.corrupt(`the metric is ${header.metric} in an index for ${named}`, 4);
  }
  const count = header.size * header.dimension;
  await reader.exactLength('the vectors', 4, count);
  if (place.finite) {
    await finiteFloats(reader, 'the vectors', count);
  } else {
    reader.skip('the vectors', count * 4);
  }
  return part(header, fourcc, 'Flat');
}

export async function walkProductQuantized(walk: Walk, fourcc: string): Promise<Part> {
  const { reader } = walk;
  const header = await readHeader(reader);
  const quantizer = await readProductQuantizer(reader, header.dimension);
  await skipCodes(walk, header.size * quantizer.codeSize);
  if (fourcc === 'IxPQ' || fourcc === 'IxPo') {
    header.metric = 'l2'; // FAISS reads old files so, whatever they say
  }
  if (fourcc !== 'IxPQ') {
    const searchType = await reader.int32('the type of search', [0, 5]);
    if (searchType !== 0) {
      throw reader.unsupported(
        'its search_type is not ST_PQ. Set it to faiss.IndexPQ.ST_PQ, and write the file anew.',
      );
    }
    await reader.flag('whether signs are encoded');
    await reader.int32('the polysemous threshold', [-(2 ** 31), 2 ** 31 - 1]);
  }
  return part(header, fourcc, productQuantizerName(quantizer));
}

export async function walkScalarQuantized(walk: Walk, fourcc: string, place: Place): Promise<Part> {
  const { reader } = walk;
  const header = await readHeader(reader);
  const quantizer = await readScalarQuantizer(reader, header);
  const size = header.size * quantizer.codeSize;
  await reader.exactLength('the codes', 1, size);
  if (quantizer.isHalf && place.finite) {
    await finiteHalves(reader, 'the codes', size / 2);
  } else {
    reader.skip('the codes', size);
  }
  return part(header, fourcc, quantizer.name);
}

/** Locality-sensitive hashing. In old files the code size is in units of 64 bits. */
export async function walkHashed(walk: Walk, fourcc: string): Promise<Part> {
  const { reader } = walk;
  const header = await readHeader(reader);
  const isOld = fourcc === 'IxHE';
  const bits = await reader.int32('the bits of a hash', [1, 2 ** 20]);
  const rotates = await reader.flag('whether it rotates');
  const learns = await reader.flag('whether it learns thresholds');
  await finiteVector(reader, 'the thresholds', learns && header.isTrained ? bits : 0);
  const codeSize = isOld ? bits / 64 : Math.ceil(bits / 8);
  await reader.int32('the code size', [codeSize, codeSize]);
  const rotation = await readTransform(reader, header.dimension);
  if (rotation.fourcc !== 'rrot' || rotation.dimensionOut !== bits) {
    throw reader.corrupt(`what rotates to ${bits} components is something else`);
  }
  if (rotates && !rotation.isTrained) {
    throw reader.corrupt('it rotates, but its rotation is missing', 1);
  }
  if (!rotates && bits > header.dimension) {
    throw reader.corrupt(`${header.dimension} components can't give ${bits} bits`);
  }
  await skipCodes(walk, header.size * codeSize * (isOld ? 8 : 1));
  const factory = `LSH${bits === header.dimension ? '' : bits}${rotates ? 'r' : ''}${learns ? 't' : ''}`;
  return part(header, fourcc, factory);
}

/** Codes in blocks of 32 vectors, each component's side by side. */
export async function walkFastScan(walk: Walk, fourcc: string): Promise<Part> {
  const { reader } = walk;
  const header = await readHeader(reader);
  const quantizer = await readProductQuantizer(reader, header.dimension);
  if (quantizer.bits !== 4) {
    throw reader.corrupt(`fast scan has codes of ${quantizer.bits} bits instead of 4`);
  }
  await reader.int32('the implementation', [0, 15]); // the addon sets its own
  await reader.int32('the block size', [BLOCK, BLOCK]);
  await reader.int32('the size of query blocks', [0, 0]);
  const padded = roundUp(header.size, BLOCK);
  await reader.int64('the padded number of vectors', [padded, padded]);
  const count = roundUp(quantizer.count, 2);
  await reader.int64('the padded number of sub-quantizers', [count, count]);
  await skipCodes(walk, (padded * count) / 2);
  return part(header, fourcc, `PQ${quantizer.count}x4fs`);
}

/** Vectors in a block of fast scan: the only size that FAISS searches without failing. */
export const BLOCK = 32;

export function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}

async function skipCodes({ reader }: Walk, size: number): Promise<void> {
  await reader.exactLength('the codes', 1, size);
  reader.skip('the codes', size);
}

function part(header: Header, fourcc: string, factory: string): Part {
  return { ...header, fourcc, factory, ids: false };
}
