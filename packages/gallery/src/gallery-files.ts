import { existsSync } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { EmbeddingSpace } from './embedding-space.js';
import { GalleryError } from './errors.js';
import { DIRECTORY_MODE } from './file-modes.js';
import {
  createDatabase,
  inspectDatabase,
  isOutdated,
  openGalleryDatabase,
} from './store/gallery-database.js';
import type { GalleryRecord } from './store/metadata-store.js';
import { WriterLock } from './writer-lock.js';

/** The files of a gallery, and what can be said of them before it is opened. */
export class GalleryFiles {
  /** Absolute path. */
  readonly directory: string;
  readonly database: string;
  readonly index: string;
  /** The folder of the photo files that the gallery keeps itself. */
  readonly photos: string;

  /** @throws GalleryError `INVALID_ARGUMENT` */
  constructor(directory: string) {
    if (typeof directory !== 'string' || directory === '') {
      throw new GalleryError(
        'INVALID_ARGUMENT',
        `expected the path of a directory but received ${JSON.stringify(directory)}`,
      );
    }
    this.directory = resolve(directory);
    this.database = join(this.directory, 'gallery.db');
    this.index = join(this.directory, 'index.faiss');
    this.photos = join(this.directory, 'photos');
  }

  /**
   * Takes the right to write, making the directory where it is missing.
   *
   * @throws GalleryError `LOCKED` | `NOT_A_DIRECTORY` | `STORAGE_FAILED`
   */
  async lock(): Promise<WriterLock> {
    await this.#checkDirectory();
    try {
      await mkdir(this.directory, { recursive: true, mode: DIRECTORY_MODE });
    } catch (error) {
      throw new GalleryError(
        'STORAGE_FAILED',
        `cannot make the directory ${this.directory}: ${error instanceof Error ? error.message : error}`,
        { cause: error },
      );
    }
    return new WriterLock(join(this.directory, 'writer.lock'));
  }

  /**
   * @returns undefined when there is no gallery
   * @throws GalleryError `NOT_A_DIRECTORY` | `CORRUPT_DATABASE` | `UNSUPPORTED_VERSION`
   */
  async inspect(): Promise<GalleryRecord | undefined> {
    await this.#checkDirectory();
    return inspectDatabase(this.database);
  }

  /**
   * As {@link inspect}, and makes a gallery where there is none: for the holder of the lock only.
   *
   * @throws GalleryError `NO_GALLERY` when there is none, and no space to make one for
   */
  async ensure(space?: EmbeddingSpace): Promise<GalleryRecord> {
    let record = await this.inspect();
    if (record === undefined && space !== undefined) {
      await createDatabase(this.database, space);
      record = await this.inspect();
    }
    if (record === undefined) {
      throw new GalleryError(
        'NO_GALLERY',
        `there is no gallery in ${this.directory}; index some photos into it first`,
      );
    }
    return record;
  }

  /**
   * Gives a gallery of an older version the present tables; a writer does so by opening it.
   *
   * @throws GalleryError `UNSUPPORTED_VERSION` where that is not possible now
   */
  async bringUpToDate(): Promise<void> {
    if (!(await isOutdated(this.database))) {
      return;
    }
    try {
      using _lock = await this.lock();
      await (await openGalleryDatabase(this.database, 'write')).close();
    } catch (error) {
      throw new GalleryError(
        'UNSUPPORTED_VERSION',
        `${this.directory} was written by an older facedex and could not be brought up to date: ` +
          `${error instanceof Error ? error.message : error}`,
        { cause: error },
      );
    }
  }

  async #checkDirectory(): Promise<void> {
    if (existsSync(this.directory) && !(await stat(this.directory)).isDirectory()) {
      throw new GalleryError(
        'NOT_A_DIRECTORY',
        `expected ${this.directory} to be a gallery's directory but it is a file`,
      );
    }
  }
}
