import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FacedexError } from './facedex-error.js';

/**
 * Writes a file so that a reader sees the old one or the new one, never a part: beside it, synced,
 * then renamed. When it returns, that is on the disk.
 *
 * @throws {FacedexError} `CANNOT_WRITE`
 */
export async function writeFileAtomically(
  path: string,
  content: Uint8Array,
  { mode = 0o666 }: { readonly mode?: number } = {},
): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await using file = await open(temporary, 'wx', mode);
    await file.writeFile(content);
    await file.sync();
    await rename(temporary, path);
    // The name, too, is to outlast a power cut: a key that was revoked must not come back.
    await using folder = await open(dirname(path));
    await folder.sync();
  } catch (error) {
    await rm(temporary, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new FacedexError('CANNOT_WRITE', `can't write ${path}: ${reason}`);
  }
}
