import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GalleryError } from './errors.js';

/**
 * Photo files that a gallery keeps itself, since nobody else does: each under its content hash. A file
 * goes with its photo.
 */
export class PhotoFiles {
  readonly #directory: string;

  constructor(galleryDirectory: string) {
    this.#directory = join(galleryDirectory, 'photos');
  }

  /** Where a photo's file is, or would be. */
  pathOf(contentHash: string): string {
    if (!/^[0-9a-f]{64}$/.test(contentHash)) {
      throw new GalleryError('INVALID_ARGUMENT', 'expected a SHA-256 in hexadecimal digits');
    }
    return join(this.#directory, contentHash.slice(0, 2), contentHash);
  }

  has(contentHash: string): boolean {
    return existsSync(this.pathOf(contentHash));
  }

  /**
   * Keeps a photo; the file is there as a whole or not at all. To be enrolled right after, or removed.
   *
   * @throws GalleryError `STORAGE_FAILED`
   */
  async save(contentHash: string, content: Uint8Array): Promise<void> {
    const path = this.pathOf(contentHash);
    if (existsSync(path)) {
      return;
    }
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true });
      await using file = await open(temporary, 'wx', 0o600);
      await file.writeFile(content);
      await file.sync();
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw new GalleryError(
        'STORAGE_FAILED',
        `cannot write ${path}: ${error instanceof Error ? error.message : error}`,
        { cause: error },
      );
    }
  }

  /** Those that are not there are passed over. */
  async remove(contentHashes: readonly string[]): Promise<void> {
    if (!existsSync(this.#directory)) {
      return;
    }
    for (const hash of contentHashes) {
      await rm(this.pathOf(hash), { force: true });
    }
  }

  /** Removes the files that a process which died left behind. */
  async keepOnly(known: (contentHashes: readonly string[]) => Promise<Set<string>>): Promise<void> {
    const folders = await readdir(this.#directory).catch(() => []);
    for (const folder of folders) {
      const path = join(this.#directory, folder);
      const names = await readdir(path).catch(() => []);
      const wanted = await known(names);
      for (const name of names.filter((one) => !wanted.has(one))) {
        await rm(join(path, name), { force: true });
      }
    }
  }
}
