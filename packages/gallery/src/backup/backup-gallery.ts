import { existsSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { checkDatabase } from '../check/check-gallery.js';
import { CALIBRATION_FILE } from '../decide/calibration.js';
import { GalleryError } from '../errors.js';
import { GalleryFiles } from '../gallery-files.js';
import { openDatabase } from '../store/sqlite-database.js';
import { putInPlace } from '../sync-to-disk.js';
import { markBackup, removeDatabase, storageError } from './backup-file.js';

/** What {@link backupGallery} wrote. */
export interface GalleryBackup {
  /** Absolute path. */
  file: string;
  bytes: number;
  faces: number;
  /** The last change that is in it. */
  change: number;
}

/**
 * Writes a gallery into one file, as it is at one instant, while others search and write: database and
 * calibration, without the index, which is derived from them. The file has its name only once it is
 * complete, checked, and on the disk. Only its owner may read it: faces are biometric data.
 *
 * It is `VACUUM INTO`, which reads in one transaction and copies rows, so that nothing of what was
 * deleted gets into it. SQLite's backup API copies pages, and starts again whenever another process
 * writes. Meanwhile the calling thread does nothing else: beside a service, let another process do it.
 *
 * @throws GalleryError `FILE_EXISTS`, `NO_GALLERY`, `CORRUPT_DATABASE` (nothing is written),
 *   `UNSUPPORTED_VERSION`, `STORAGE_FAILED`, `NOT_A_DIRECTORY`, `INVALID_ARGUMENT`
 */
export async function backupGallery(directory: string, file: string): Promise<GalleryBackup> {
  const path = resolve(file);
  if (existsSync(path)) {
    throw new GalleryError('FILE_EXISTS', `${path} is there already; give the backup another name`);
  }
  const files = new GalleryFiles(directory);
  const record = await files.ensure();
  const temporary = `${path}.new`;
  try {
    await removeDatabase(temporary);
    await (await open(temporary, 'wx', 0o600)).close();
    await copyDatabase(files.database, temporary);
    await addRest(temporary, files);
    const { findings, faces, change } = await checkDatabase(temporary, record);
    const damage = findings.find(({ severity }) => severity === 'error');
    if (damage !== undefined) {
      throw new GalleryError(
        'CORRUPT_DATABASE',
        `no backup was written, since the gallery is not sound: ${damage.problem}; see facedex check`,
      );
    }
    const { size: bytes } = await stat(temporary);
    await putInPlace(temporary, path);
    return { file: path, bytes, faces, change };
  } catch (error) {
    await removeDatabase(temporary).catch(() => undefined);
    throw storageError('the backup could not be written', error);
  }
}

async function copyDatabase(from: string, to: string): Promise<void> {
  const database = openDatabase(from, 'read');
  try {
    await sql`vacuum into ${to}`.execute(database.db);
  } finally {
    await database.close();
  }
}

async function addRest(path: string, { directory }: GalleryFiles): Promise<void> {
  const calibration = join(directory, CALIBRATION_FILE);
  const database = openDatabase(path, 'write');
  try {
    await markBackup(database.db, {
      created_at: new Date().toISOString(),
      calibration: existsSync(calibration) ? await readFile(calibration, 'utf8') : null,
    });
  } finally {
    await database.close();
  }
}
