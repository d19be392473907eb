import type { FileHandle } from 'node:fs/promises';
import { MAX_NOTE_BYTES } from './arguments.js';
import { FaissError, toFaissError } from './faiss-error.js';
import { withOpenFile } from './faiss-file/open-file.js';
import { walkFaissFile } from './faiss-file/walk-faiss-file.js';
import type { Handle, Native } from './native.js';
import { CONTAINER_HEADER_SIZE } from './native-containers.js';

/** An index, as its kind of content in a container's header. See native/container.h. */
const INDEX_KIND = 0;
const CHECKSUM_SIZE = 8;
/** Its lists are in blocks, which FAISS does not map. */
const FAST_SCAN = /x\d+fs/;

/**
 * The index in a file that `save` wrote, with its inverted lists left in the file. The structure of
 * the whole file is checked, but not its checksum, for which all of it would have to be read.
 */
export async function mapIndexFile(
  native: Native,
  path: string,
): Promise<{ handle: Handle; note: string }> {
  try {
    return await withOpenFile(path, async (file, size) => {
      const { factory, note, begin, length, dimension } = await readHead(file, {
        native,
        path,
        size,
      });
      const part = await walkFaissFile(file, { path, begin, length });
      if (part.dimension !== dimension) {
        throw corrupt(path, 'its header and its vectors contradict each other');
      }
      return { handle: await native.mapIndex(file.fd, begin, factory), note };
    });
  } catch (error) {
    throw toFaissError(error);
  }
}

async function readHead(
  file: FileHandle,
  { native, path, size }: { native: Native; path: string; size: number },
) {
  if (size < CONTAINER_HEADER_SIZE) {
    throw corrupt(path, 'it ends within its header');
  }
  const header = await read(file, 0, CONTAINER_HEADER_SIZE);
  if (native.containerSize(header, path) !== size) {
    throw corrupt(path, 'it is not as long as its header says');
  }
  const fields = new DataView(header.buffer);
  const factoryLength = fields.getUint32(20, true);
  const noteLength = fields.getUint32(24, true);
  const rowIds = fields.getBigUint64(40, true);
  if (fields.getUint32(28, true) !== INDEX_KIND) {
    throw corrupt(path, 'it holds something else than an index');
  }
  const begin = CONTAINER_HEADER_SIZE + factoryLength + noteLength + 8 * Number(rowIds);
  const length = size - begin - CHECKSUM_SIZE;
  if (noteLength > MAX_NOTE_BYTES || fields.getBigUint64(48, true) !== BigInt(length)) {
    throw corrupt(path, 'the lengths in its header contradict each other');
  }
  const texts = await read(file, CONTAINER_HEADER_SIZE, factoryLength + noteLength);
  const factory = Buffer.from(texts.subarray(0, factoryLength)).toString();
  if (rowIds > 0n || FAST_SCAN.test(factory)) {
    throw new FaissError(
      'UNSUPPORTED',
      'Only inverted lists (IVF without fast scan and refinement) can stay in their file, this ' +
        `index is of kind '${factory}'. Load it without memoryMap.`,
    );
  }
  return {
    factory,
    note: Buffer.from(texts.subarray(factoryLength)).toString(),
    begin,
    length,
    dimension: fields.getUint32(12, true),
  };
}

async function read(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}

function corrupt(path: string, what: string): FaissError {
  return new FaissError(
    'CORRUPT_FILE',
    `${path} is not usable: ${what}. Restore it from a copy, or build the index anew.`,
  );
}
