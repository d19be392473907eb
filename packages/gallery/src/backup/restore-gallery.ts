import { createHash } from 'node:crypto';
import { createWriteStream, existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { checkDatabase } from '../check/check-gallery.js';
import { CALIBRATION_FILE } from '../decide/calibration.js';
import { GalleryError } from '../errors.js';
import { FILE_MODE } from '../file-modes.js';
import { Gallery } from '../gallery.js';
import { GalleryFiles } from '../gallery-files.js';
import { PhotoFiles } from '../photo-files.js';
import { inspectDatabase, openGalleryDatabase } from '../store/gallery-database.js';
import type { GalleryRecord } from '../store/metadata-store.js';
import { openDatabase } from '../store/sqlite-database.js';
import { putInPlace } from '../sync-to-disk.js';
import { ARCHIVED_DATABASE, type ArchivedFile, readArchive } from './backup-archive.js';
import {
  type BackupRow,
  damagedBackup,
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
  /** Photo files that the gallery keeps itself. */
  photos: number;
  /** Those that are left out, as they are damaged in the backup. */
  damagedPhotos: number;
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
  const temporary = `${files.database}.new`;
  if (!existsSync(path)) {
    throw new GalleryError('INVALID_FILE', `there is no file ${path}`);
  }
  const restored: RestoredGallery = {
    directory: files.directory,
    faces: 0,
    photos: 0,
    damagedPhotos: 0,
    change: 0,
    createdAt: '',
  };
  // Photos may lie there that are still of use.
  const hadPhotos = existsSync(files.photos);
  try {
    using _lock = await files.lock();
    if (existsSync(files.database) || existsSync(`${files.database}-wal`)) {
      throw new GalleryError(
        'GALLERY_EXISTS',
        `there is a gallery in ${files.directory}; restore into another directory, or move it away`,
      );
    }
    try {
      await unpack(path, { files, temporary, restored });
    } catch (error) {
      await removeDatabase(temporary).catch(() => undefined);
      if (!hadPhotos) {
        await rm(files.photos, { recursive: true, force: true }).catch(() => undefined);
      }
      throw error;
    }
    await rm(files.index, { force: true });
    await putInPlace(temporary, files.database);
  } catch (error) {
    throw storageError('the backup could not be restored', error);
  }
  // Who only reads keeps no index snapshot.
  await (await Gallery.open(files.directory, { mode: 'write' }))[Symbol.asyncDispose]();
  return restored;
}

interface Target {
  files: GalleryFiles;
  temporary: string;
  restored: RestoredGallery;
}

/** Everything but the database gets its name. */
async function unpack(path: string, { files, temporary, restored }: Target): Promise<void> {
  const photos = new PhotoFiles(files.photos);
  let row: BackupRow | undefined;
  try {
    for await (const { name, content } of readArchive(path)) {
      if (row === undefined) {
        row = await unpackDatabase(path, { name, content }, { temporary, restored });
      } else {
        await unpackPhoto(photos, { name, content }, restored);
      }
    }
  } catch (error) {
    if (error instanceof GalleryError && error.code === 'CORRUPT_DATABASE') {
      throw damagedBackup(path, error.message.replace(/ Nothing was changed.*/s, ''));
    }
    throw error;
  }
  await putCalibration(join(files.directory, CALIBRATION_FILE), row?.calibration ?? null);
}

/** Checks it and makes it the database of a gallery, if under another name. */
async function unpackDatabase(
  path: string,
  { name, content }: ArchivedFile,
  { temporary, restored }: Omit<Target, 'files'>,
): Promise<BackupRow> {
  if (name !== ARCHIVED_DATABASE) {
    throw damagedBackup(path, `its first file is ${name}`);
  }
  await removeDatabase(temporary);
  await pipeline(content(), createWriteStream(temporary, { mode: FILE_MODE }));
  const { record, row } = await inspectBackup(path, temporary);
  await makeGallery(temporary);
  const { findings, faces, change } = await checkDatabase(temporary, record);
  const damage = findings.find(({ severity }) => severity === 'error');
  if (damage !== undefined) {
    throw damagedBackup(path, damage.problem);
  }
  // Empty, and left by the connection that checked: it could only read.
  await removeDatabase(temporary, { onlyLogs: true });
  Object.assign(restored, { faces, change, createdAt: row.created_at });
  return row;
}

async function unpackPhoto(
  photos: PhotoFiles,
  { name, content }: ArchivedFile,
  restored: RestoredGallery,
): Promise<void> {
  const [, contentHash = ''] = /^photos\/([0-9a-f]{64})$/.exec(name) ?? [];
  const hash = createHash('sha256');
  for await (const chunk of content()) {
    hash.update(chunk);
  }
  if (hash.digest('hex') === contentHash) {
    await photos.save(contentHash, content());
    restored.photos += 1;
  } else {
    restored.damagedPhotos += 1;
  }
}

async function inspectBackup(
  path: string,
  copy: string,
): Promise<{ record: GalleryRecord; row: BackupRow }> {
  const record = await inspectDatabase(copy);
  const database = openDatabase(copy, 'read');
  try {
    const row = await readBackupRow(database.db);
    if (record === undefined || row === undefined) {
      throw new GalleryError(
        'INVALID_FILE',
        `expected a file that facedex backup wrote but ${path} is the database of a gallery in use`,
      );
    }
    return { record, row };
  } finally {
    await database.close();
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
