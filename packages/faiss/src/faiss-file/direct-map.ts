import type { ByteReader } from './byte-reader.js';

/** FAISS's table from ids to places in lists, found but not looked at: lists come after it. */
export interface DirectMap {
  begin: number;
  /** Bytes an entry; the place is the last eight. */
  entrySize: 8 | 16;
  count: number;
}

const NONE = 0;
const ARRAY = 1;
const HASH_TABLE = 2;

export async function findDirectMap(reader: ByteReader, size: number): Promise<DirectMap> {
  const type = await reader.byte('the type of direct map');
  if (type > HASH_TABLE) {
    throw reader.corrupt(`the type of direct map is ${type}, none of ${NONE} to ${HASH_TABLE}`, 1);
  }
  const what = 'the direct map';
  const length = type === ARRAY ? size : 0;
  await reader.exactLength(what, 8, length);
  let map: DirectMap = { begin: reader.position, entrySize: 8, count: length };
  reader.skip(what, length * 8);
  if (type === HASH_TABLE) {
    const count = await reader.arrayLength(what, 16);
    if (count > size) {
      throw reader.corrupt(`the direct map has ${count} entries for ${size} vectors`, 8);
    }
    map = { begin: reader.position, entrySize: 16, count };
    reader.skip(what, count * 16);
  }
  return map;
}

/** Every place has to be in a list. A place is the list's number and the row in it, 32 bits each. */
export async function checkDirectMap(
  reader: ByteReader,
  map: DirectMap,
  listSizes: Float64Array,
): Promise<void> {
  const again = reader.again(map.begin);
  const stride = map.entrySize / 4;
  await again.visit('the direct map', map.count * map.entrySize, (chunk, size) => {
    const words = new Uint32Array(chunk, 0, size / 4);
    for (let i = 0; i < words.length; i += stride) {
      const [row, list] = [words[i + stride - 2]!, words[i + stride - 1]!];
      if (row >= (listSizes[list] ?? 0)) {
        throw again.corrupt(
          `the direct map points to row ${row} of list ${list}, which is not there`,
          size - i * 4,
        );
      }
    }
  });
}
