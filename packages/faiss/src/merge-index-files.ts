import { toFaissError } from './faiss-error.js';
import { mapIndexFile } from './map-index-file.js';
import type { Handle, Native } from './native.js';

/** Writes one file with the lists of all the parts, which are memory-mapped meanwhile. */
export async function mergeIndexFiles(
  native: Native,
  parts: readonly string[],
  { target, note }: { target: string; note: string },
): Promise<void> {
  const handles: Handle[] = [];
  try {
    for (const part of parts) {
      handles.push((await mapIndexFile(native, part)).handle);
    }
    await native.mergeIntoFile(handles, target, note);
  } catch (error) {
    throw toFaissError(error);
  } finally {
    await Promise.all(handles.map((handle) => native.release(handle)));
  }
}
