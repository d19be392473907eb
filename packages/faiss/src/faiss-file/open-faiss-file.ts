import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FaissError } from '../faiss-error.js';
import type { Part } from './part.js';
import { walkFaissFile } from './walk-faiss-file.js';

/**
 * Opens a file in FAISS's own format, walks through all of it, and calls `use` while it is open.
 *
 * @throws {FaissError} `FILE_NOT_FOUND`, `IO_FAILED`, `CORRUPT_FILE`, `UNSUPPORTED`, and what `use`
 * throws
 */
export async function openFaissFile<T>(
  path: string,
  use: (part: Part, opened: { descriptor: number; length: number }) => T | Promise<T>,
): Promise<T> {
  let file: FileHandle | undefined;
  try {
    // Not to wait for a writer, should it be a pipe.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile()) {
      throw new FaissError('IO_FAILED', `Expected a file, but ${path} is a folder or a device.`);
    }
    const length = status.size;
    const part = await walkFaissFile(file, { path, begin: 0, length });
    return await use(part, { descriptor: file.fd, length });
  } catch (error) {
    throw isSystemError(error) ? fromSystem(error) : error;
  } finally {
    await file?.close();
  }
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

function fromSystem(error: NodeJS.ErrnoException): FaissError {
  const code = error.code === 'ENOENT' ? 'FILE_NOT_FOUND' : 'IO_FAILED';
  return new FaissError(code, `Could not read the file: ${error.message}.`, { cause: error });
}
