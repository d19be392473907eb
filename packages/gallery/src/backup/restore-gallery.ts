import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkDatabase } from '../check/check-gallery.js';
import { CALIBRATION_FILE } from '../decide/calibration.js';
import { GalleryError } from '../errors.js';
import { Gallery } from '../gallery.js';
import { GalleryFiles } from '../gallery-files.js';
import { inspectDatabase, openGalleryDatabase } from '../store/gallery-database.js';
import type { GalleryRecord } from '../store/metadata-store.js';
import { openDatabase } from '../store/sqlite-database.js';
import { putInPlace } from '../sync-to-disk.js';
import {
  type BackupRow,
  readBackupRow,
  removeDatabase,
  storageError,
  unmarkBackup,
} from './backup-file.js';

/** What {@link restoreGallery} brought back. */
export interface RestoredGallery {
  /** Absolute path. */
  directory: string;
  faces: number;
  /** The last change that is in it. */
  change: number;
  /** When the backup was made: ISO 8601, UTC. */
  createdAt: string;
}

/**
 * Makes a gallery of a backup, in a directory that has none, and builds its index. It is checked before
 * it gets its name: killed at any instant, there is a whole gallery or none. A backup of an older
 * facedex is brought up to date. Who was deleted after the backup is in it again.
 *
 * @throws GalleryError `INVALID_FILE` where the file is no backup or is damaged, `GALLERY_EXISTS`,
 *   `UNSUPPORTED_VERSION`, `LOCKED`, `STORAGE_FAILED`, `NOT_A_DIRECTORY`, `INVALID_ARGUMENT`
 */
export async function restoreGallery(file: string, directory: string): Promise<RestoredGallery> {
  const path = resolve(file);
  const files = new GalleryFiles(directory);
  const { record, row } = await readBackup(path);
  const temporary = `${files.database}.new`;
  const restored = { directory: files.directory, faces: 0, change: 0, createdAt: row.created_at };
  try {
    using _lock = await files.lock();
    if (existsSync(files.database) || existsSync(`${files.database}-wal`)) {
      throw new GalleryError(
        'GALLERY_EXISTS',
        `there is a gallery in ${files.directory}; restore into another directory, or move it away`,
      );
    }
    await removeDatabase(temporary);
    await pipeline(createReadStream(path), createWriteStream(temporary));
    await makeGallery(temporary);
    const { findings, faces, change } = await checkDatabase(temporary, record);
    const damage = findings.find(({ severity }) => severity === 'error');
    if (damage !== undefined) {
      throw damagedBackup(path, damage.problem);
    }
    await rm(files.index, { force: true });
    await putCalibration(join(files.directory, CALIBRATION_FILE), row.calibration);
    // Empty, and left by the connection that checked: it could only read.
    await removeDatabase(temporary, { onlyLogs: true });
    await putInPlace(temporary, files.database);
    Object.assign(restored, { faces, change });
  } catch (error) {
    await removeDatabase(temporary).catch(() => undefined);
    throw storageError('the backup could not be restored', error);
  }
  // Who only reads keeps no index snapshot.
  await (await Gallery.open(files.directory, { mode: 'write' }))[Symbol.asyncDispose]();
  return restored;
}

async function readBackup(path: string): Promise<{ record: GalleryRecord; row: BackupRow }> {
  try {
    const record = await inspectDatabase(path);
    if (record === undefined) {
      throw new GalleryError('INVALID_FILE', `there is no file ${path}`);
    }
    const database = openDatabase(path, 'read');
    try {
      const row = await readBackupRow(database.db);
      if (row === undefined) {
        throw new GalleryError(
          'INVALID_FILE',
          `expected a file that facedex backup wrote but ${path} is the database of a gallery in use`,
        );
      }
      return { record, row };
    } finally {
      await database.close();
    }
  } catch (error) {
    if (error instanceof GalleryError && error.code === 'CORRUPT_DATABASE') {
      throw damagedBackup(path, error.message.replace(/ Nothing was changed.*/s, ''));
    }
    throw error;
  }
}

async function makeGallery(path: string): Promise<void> {
  const database = await openGalleryDatabase(path, 'write');
  try {
    await unmarkBackup(database.db);
  } finally {
    await database.close();
  }
}

async function putCalibration(path: string, text: string | null): Promise<void> {
  if (text === null) {
    await rm(path, { force: true });
  } else {
    await writeFile(`${path}.new`, text);
    await putInPlace(`${path}.new`, path);
  }
}

function damagedBackup(path: string, reason: string): GalleryError {
  return new GalleryError(
    'INVALID_FILE',
    `${path} is damaged, or no backup of facedex: ${reason}. Nothing was restored; take another backup.`,
  );
}
