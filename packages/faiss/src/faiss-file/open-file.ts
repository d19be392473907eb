import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FaissError } from '../faiss-error.js';

/**
 * Opens a regular file to read it, and calls `use` while it is open.
 *
 * @throws {FaissError} `FILE_NOT_FOUND`, `IO_FAILED`, and what `use` throws
 */
export async function withOpenFile<T>(
  path: string,
  use: (file: FileHandle, length: number) => Promise<T>,
): Promise<T> {
  let file: FileHandle | undefined;
  try {
    // Not to wait for a writer, should it be a pipe.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile()) {
      throw new FaissError('IO_FAILED', `Expected a file, but ${path} is a folder or a device.`);
    }
    return await use(file, status.size);
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
