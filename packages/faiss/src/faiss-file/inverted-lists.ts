import type { ByteReader } from './byte-reader.js';
import type { Place } from './part.js';
import { IdCheck } from './row-ids.js';
import { BLOCK, roundUp } from './rows.js';

/** What inverted lists have to agree with. */
export interface ListsShape {
  listCount: number;
  /** Vectors in all lists. */
  size: number;
  /** Bytes a vector. */
  codeSize: number;
  /** Lists of fast scan keep codes in blocks. */
  blocks: boolean;
  ids: Place['ids'];
}

/** Walks inverted lists, and says how long each is. */
export async function readInvertedLists(
  reader: ByteReader,
  shape: ListsShape,
): Promise<Float64Array> {
  const fourcc = await reader.fourcc();
  switch (fourcc) {
    case shape.blocks ? 'ilbl' : 'ilar':
      await reader.int64('the number of lists', [shape.listCount, shape.listCount]);
      return shape.blocks ? await readBlocks(reader, shape) : await readArrays(reader, shape);
    case 'il00':
      throw reader.unsupported('its inverted lists were left out when it was written.');
    case 'ilod':
      throw reader.unsupported(
        'its inverted lists are in another file (OnDiskInvertedLists). Merge them into memory ' +
          'in Python, and write the file anew.',
      );
    default:
      throw reader.corrupt(`${JSON.stringify(fourcc)} is in place of inverted lists`, 4);
  }
}

async function readArrays(reader: ByteReader, shape: ListsShape): Promise<Float64Array> {
  const { size, codeSize } = shape;
  await reader.int64('the code size of lists', [codeSize, codeSize]);
  const sizes = await readSizes(reader, shape);
  const total = sizes.reduce((sum, one) => sum + one, 0);
  if (total !== size) {
    throw reader.corrupt(`the lists have ${total} vectors together instead of ${size}`);
  }
  if (size * (codeSize + 8) > reader.remaining) {
    throw reader.corrupt(`the file ends within the lists: ${reader.remaining} bytes left`);
  }
  const check = new IdCheck(reader, shape);
  for (const length of sizes) {
    if (length > 0) {
      reader.skip('the codes of a list', length * codeSize);
      await check.visit(length);
    }
  }
  return sizes;
}

async function readSizes(reader: ByteReader, shape: ListsShape): Promise<Float64Array> {
  const { listCount, size } = shape;
  const form = await reader.fourcc();
  const what = 'the sizes of lists';
  if (form === 'full') {
    await reader.exactLength(what, 8, listCount);
    const sizes = new Float64Array(listCount);
    await visitIntegers(reader, what, { count: listCount, max: size }, (value, i) => {
      sizes[i] = value;
    });
    return sizes;
  }
  if (form === 'sprs') {
    const count = await reader.arrayLength(what, 8);
    if (count % 2 !== 0 || count > 2 * listCount) {
      throw reader.corrupt(`there are ${count} numbers in pairs for ${listCount} lists`, 8);
    }
    const sizes = new Float64Array(listCount);
    let list = -1;
    const limits = { count, max: Math.max(size, listCount) };
    await visitIntegers(reader, what, limits, (value, i) => {
      if (i % 2 === 1) {
        sizes[list] = value;
      } else if (value <= list || value >= listCount) {
        throw reader.corrupt(`list ${value} follows list ${list}, out of ${listCount}`);
      } else {
        list = value;
      }
    });
    return sizes;
  }
  throw reader.corrupt(`${JSON.stringify(form)} is in place of the sizes of lists`, 4);
}

async function readBlocks(reader: ByteReader, shape: ListsShape): Promise<Float64Array> {
  const { listCount, size, codeSize } = shape;
  const NO_CODE_SIZE = '18446744073709551615'; // (size_t)-1: there is none for a single vector
  const before = await reader.unsigned64('the code size of lists');
  if (String(before) !== NO_CODE_SIZE) {
    throw reader.corrupt(`the code size of lists in blocks is ${before} instead of -1`, 8);
  }
  await reader.int64('the vectors of a block', [BLOCK, BLOCK]);
  const blockSize = BLOCK * codeSize;
  await reader.int64('the bytes of a block', [blockSize, blockSize]);
  if (size * 8 > reader.remaining) {
    throw reader.corrupt(`the file ends within the lists: ${reader.remaining} bytes left`);
  }
  const sizes = new Float64Array(listCount);
  const check = new IdCheck(reader, shape);
  let total = 0;
  for (let list = 0; list < listCount; list++) {
    const length = await reader.arrayLength('the ids of a list', 8);
    total += length;
    if (total > size) {
      throw reader.corrupt(`the lists have more than ${size} vectors`, 8);
    }
    sizes[list] = length;
    await check.visit(length);
    const codes = (roundUp(length, BLOCK) / BLOCK) * blockSize;
    await reader.exactLength('the codes of a list', 1, codes);
    reader.skip('the codes of a list', codes);
  }
  if (total !== size) {
    throw reader.corrupt(`the lists have ${total} vectors together instead of ${size}`);
  }
  return sizes;
}

async function visitIntegers(
  reader: ByteReader,
  what: string,
  { count, max }: { count: number; max: number },
  visitor: (value: number, index: number) => void,
): Promise<void> {
  await reader.visit(what, count * 8, (chunk, size, first) => {
    const words = new Uint32Array(chunk, 0, size / 4);
    for (let i = 0; i < words.length; i += 2) {
      const value = words[i + 1]! * 2 ** 32 + words[i]!;
      if (value > max) {
        throw reader.corrupt(`among ${what} is ${value}, more than ${max}`, size - i * 4);
      }
      visitor(value, first / 8 + i / 2);
    }
  });
}
