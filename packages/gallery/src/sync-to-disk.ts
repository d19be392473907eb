import { chmod, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FILE_MODE } from './file-modes.js';

/** Returns when a file, or the entries of a directory, are on the disk itself. */
async function syncToDisk(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives a complete file its name: whatever happens, there is all of it under that name, or none. */
export async function putInPlace(temporary: string, path: string): Promise<void> {
  await chmod(temporary, FILE_MODE);
  await syncToDisk(temporary);
  await rename(temporary, path);
  await syncToDisk(dirname(path));
}
