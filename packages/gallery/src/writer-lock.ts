import Database from 'better-sqlite3';
import { GalleryError } from './errors.js';

/**
 * The right to write to a gallery. It is a lock of the operating system on a file (through SQLite,
 * the portable way to one from Node), so a process that dies cannot keep it.
 */
export class WriterLock implements Disposable {
  readonly #file: Database.Database;

  /** @throws GalleryError `LOCKED` when another writer has it, `STORAGE_FAILED` */
  constructor(path: string) {
    let file: Database.Database | undefined;
    try {
      file = new Database(path, { timeout: 0 });
      file.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      file?.close();
      throw lockError(path, error);
    }
    this.#file = file;
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

function lockError(path: string, error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) {
    return error;
  }
  if (error.code.startsWith('SQLITE_BUSY')) {
    return new GalleryError(
      'LOCKED',
      `another writer has the gallery open (it holds ${path}); wait for it to end, or open the gallery for reading`,
      { cause: error },
    );
  }
  return new GalleryError('STORAGE_FAILED', `${path}: ${error.message} (${error.code})`, {
    cause: error,
  });
}
