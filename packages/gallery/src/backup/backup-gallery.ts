import { createReadStream, existsSync } from 'node:fs';
import { open, readFile, rm, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sql } from 'kysely';
import { checkDatabase } from '../check/check-gallery.js';
import { CALIBRATION_FILE } from '../decide/calibration.js';
import { GalleryError } from '../errors.js';
import { GalleryFiles } from '../gallery-files.js';
import { PhotoFiles } from '../photo-files.js';
import { openDatabase } from '../store/sqlite-database.js';
import { putInPlace } from '../sync-to-disk.js';
import { ARCHIVED_DATABASE, type FileToArchive, writeArchive } from './backup-archive.js';
import { markBackup, removeDatabase, storageError } from './backup-file.js';

/** What {@link backupGallery} wrote. */
export interface GalleryBackup {
  /** Absolute path. */
  file: string;
  bytes: number;
  faces: number;
  /** Photo files that the gallery keeps itself. */
  photos: number;
  /** Those that are left out, as they are not what was enrolled any more. */
  damagedPhotos: number;
  /** The last change that is in it. */
  change: number;
}

const PHOTOS_PER_READ = 1000;

/**
 * Writes a gallery into one file, as it is at one instant, while others search and write: database,
 * calibration, and the photo files that it keeps itself, without the index, which is derived. The file
 * has its name only once it is complete, checked, and on the disk. Only its owner may read it: faces
 * are biometric data. It is a tar archive; the database takes its space twice for as long.
 *
 * The database is copied by `VACUUM INTO`, which reads in one transaction and copies rows, so that nothing
 * of what was deleted gets into it. SQLite's backup API copies pages, and starts again whenever another
 * process writes. Meanwhile the calling thread does nothing else: beside a service, let another process
 * do it. Photos come after it: the file of one that is deleted in between is left out.
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
  const database = `${path}.db.new`;
  try {
    await removeDatabase(database);
    await (await open(database, 'wx', 0o600)).close();
    await copyDatabase(files.database, database);
    await addRest(database, files);
    const { findings, faces, change } = await checkDatabase(database, record);
    const damage = findings.find(({ severity }) => severity === 'error');
    if (damage !== undefined) {
      throw new GalleryError(
        'CORRUPT_DATABASE',
        `no backup was written, since the gallery is not sound: ${damage.problem}; see facedex check`,
      );
    }
    await rm(temporary, { force: true });
    const archived = { photos: 0, damagedPhotos: 0 };
    await writeArchive(temporary, filesOf(database, files, archived));
    const { size: bytes } = await stat(temporary);
    await putInPlace(temporary, path);
    return { file: path, bytes, faces, ...archived, change };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw storageError('the backup could not be written', error);
  } finally {
    await removeDatabase(database).catch(() => undefined);
  }
}

/** The database first, since it says which photos there are. */
async function* filesOf(
  database: string,
  files: GalleryFiles,
  archived: Pick<GalleryBackup, 'photos' | 'damagedPhotos'>,
): AsyncGenerator<FileToArchive, void, undefined> {
  const { size } = await stat(database);
  yield { name: ARCHIVED_DATABASE, bytes: size, content: bytesOf(database) };
  const photos = new PhotoFiles(files.photos);
  for await (const hash of contentHashes(database)) {
    if (!photos.has(hash)) {
      continue;
    }
    try {
      const content = await photos.read(hash);
      if (content !== undefined) {
        yield { name: `photos/${hash}`, bytes: content.byteLength, content: [content] };
        archived.photos += 1;
      }
    } catch (error) {
      if (!(error instanceof GalleryError && error.code === 'INVALID_FILE')) {
        throw error;
      }
      archived.damagedPhotos += 1;
    }
  }
}

/** Opened when it is read: an error before somebody listens would end the process. */
async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  yield* createReadStream(path);
}

async function* contentHashes(path: string): AsyncGenerator<string, void, undefined> {
  const database = openDatabase(path, 'read');
  try {
    for (let last = 0; ; ) {
      const photos = await database.db
        .selectFrom('photos')
        .select(['id', 'content_hash'])
        .where('id', '>', last)
        .orderBy('id')
        .limit(PHOTOS_PER_READ)
        .execute();
      yield* photos.map(({ content_hash: hash }) => hash);
      if (photos.length < PHOTOS_PER_READ) {
        return;
      }
      last = photos.at(-1)?.id ?? last;
    }
  } finally {
    await database.close();
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
