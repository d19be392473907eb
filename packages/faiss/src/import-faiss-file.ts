import { toFaissError } from './faiss-error.js';
import { withOpenFile } from './faiss-file/open-file.js';
import type { Part } from './faiss-file/part.js';
import { walkFaissFile } from './faiss-file/walk-faiss-file.js';
import type { Handle, Native } from './native.js';

/**
 * FAISS computes tables for IVF with PQ when it reads a file, which make search faster and can be
 * left out. With codes of up to 8 bits they stay below this many times the size of the file.
 */
const MAX_TABLE_RATIO = 256;

/** The index in a file of FAISS's own, read by FAISS after its whole structure was checked. */
export async function importFaissFile(native: Native, path: string): Promise<Handle> {
  try {
    return await withOpenFile(path, async (file, length) => {
      const part = await walkFaissFile(file, { path, begin: 0, length });
      const skipTables = tableBytes(part) > MAX_TABLE_RATIO * length;
      return await native.importFaiss(file.fd, path, part.factory, skipTables);
    });
  } catch (error) {
    throw toFaissError(error);
  }
}

/** For each list, sub-quantizer and centroid a float. */
function tableBytes({ factory }: Part): number {
  const match = /IVF(\d+).*,PQ(\d+)(?:x(\d+))?(?:\+\d+)?$/.exec(factory);
  if (match === null) {
    return 0;
  }
  const [, lists, count, bits = '8'] = match;
  return Number(lists) * Number(count) * 2 ** Number(bits) * 4;
}
