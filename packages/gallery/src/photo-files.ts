import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { GalleryError } from './errors.js';
import { DIRECTORY_MODE, FILE_MODE } from './file-modes.js';
import { putInPlace } from './sync-to-disk.js';

const CONTENT_HASH = /^[0-9a-f]{64}$/;

/**
 * Photo files that a gallery keeps itself, since nobody else does: each under its content hash. A file
 * goes with its photo.
 */
export class PhotoFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Where a photo's file is, or would be. */
  pathOf(contentHash: string): string {
    if (!CONTENT_HASH.test(contentHash)) {
      throw new GalleryError('INVALID_ARGUMENT', 'expected a SHA-256 in hexadecimal digits');
    }
    return join(this.#directory, contentHash.slice(0, 2), contentHash);
  }

  /** Of an import, whose photos nobody has seen, there is none. */
  has(contentHash: string): boolean {
    return CONTENT_HASH.test(contentHash) && existsSync(this.pathOf(contentHash));
  }

  /**
   * The content of a photo; undefined where its file is gone.
   *
   * @throws GalleryError `INVALID_FILE` where it is another content by now
   */
  async read(contentHash: string): Promise<Uint8Array | undefined> {
    const path = this.pathOf(contentHash);
    let content: Uint8Array;
    try {
      content = await readFile(path);
    } catch (error) {
      if (existsSync(path)) {
        throw error;
      }
      return undefined;
    }
    if (createHash('sha256').update(content).digest('hex') !== contentHash) {
      throw new GalleryError('INVALID_FILE', `${path} is damaged: it is not what was enrolled`);
    }
    return content;
  }

  /**
   * Keeps a photo; the file is there as a whole or not at all. To be enrolled right after, or removed.
   *
   * @throws GalleryError `STORAGE_FAILED`
   */
  async save(contentHash: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
    const path = this.pathOf(contentHash);
    if (existsSync(path)) {
      return;
    }
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
      await writeFile(temporary, content, { flag: 'wx', mode: FILE_MODE });
      await putInPlace(temporary, path);
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
    for (const hash of contentHashes.filter((one) => this.has(one))) {
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
