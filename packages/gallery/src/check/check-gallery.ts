import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Kysely, sql } from 'kysely';
import { CALIBRATION_FILE, readCalibration } from '../decide/calibration.js';
import { GalleryError } from '../errors.js';
import { GalleryFiles } from '../gallery-files.js';
import { FaissIndexHome } from '../index/faiss-index-home.js';
import type { LoadedIndex } from '../index/vector-index.js';
import { PhotoFiles } from '../photo-files.js';
import { isOutdated } from '../store/gallery-database.js';
import type { GalleryRecord } from '../store/metadata-store.js';
import type { Tables } from '../store/schema.js';
import { openDatabase } from '../store/sqlite-database.js';
import { checkFaces } from './check-faces.js';
import { IndexCheck } from './check-index.js';
import { checkPhotoFiles } from './check-photo-files.js';
import { checkRows } from './check-rows.js';
import type { Finding } from './finding.js';

/** What to check. */
export interface CheckOptions {
  /** Also look whether the photo files are there, unchanged: a note says which are not. Default false. */
  photoFiles?: boolean;
}

/** What {@link checkGallery} found. */
export interface GalleryCheck {
  /** Whether no finding is an error. */
  sound: boolean;
  /** Faces whose rows were read. */
  faces: number;
  /** The last change of the database; 0 where it could not be read. */
  change: number;
  /** The last change that the index snapshot has; null where there is none that is of use. */
  snapshotChange: number | null;
  findings: Finding[];
}

/**
 * Looks at every part of a gallery and at how they agree: the structure of the database and each row
 * of it, the index snapshot, the calibration. Changes nothing, and works while a writer runs. The
 * structure is checked in one go, in which the calling thread does nothing else: about a second for
 * each 240 MB.
 *
 * @throws GalleryError `NO_GALLERY`, `NOT_A_DIRECTORY`, `UNSUPPORTED_VERSION`, `STORAGE_FAILED`,
 *   `INVALID_ARGUMENT`
 */
export async function checkGallery(
  directory: string,
  { photoFiles = false }: CheckOptions = {},
): Promise<GalleryCheck> {
  const files = new GalleryFiles(directory);
  let record: GalleryRecord;
  try {
    record = await files.ensure();
  } catch (error) {
    return summarize({ findings: [damage(error)] });
  }
  const home = new FaissIndexHome({ path: files.index, dimension: record.space.dimension });
  const snapshot = await home.load();
  try {
    const database = await checkDatabase(files.database, record, { snapshot });
    const findings = [...database.findings, ...(await checkFiles(files, record))];
    if (photoFiles && database.change > 0) {
      findings.push(...(await checkPhotoFiles(files.database, new PhotoFiles(files.photos))));
    }
    return summarize({ ...database, findings });
  } finally {
    if (snapshot.state === 'loaded') {
      await snapshot.index[Symbol.asyncDispose]();
    }
  }
}

/**
 * Checks a database, and the index snapshot against it where one is given. Both are looked at as they
 * are at one instant.
 */
export async function checkDatabase(
  path: string,
  gallery: GalleryRecord,
  { snapshot }: { snapshot?: LoadedIndex } = {},
): Promise<Omit<GalleryCheck, 'sound'>> {
  if (await isOutdated(path)) {
    return { findings: [OUTDATED], faces: 0, change: 0, snapshotChange: null };
  }
  const database = openDatabase(path, 'read');
  try {
    return await database.db.transaction().execute(async (db) => {
      const structure = await checkStructure(db);
      if (structure.length > 0) {
        return { findings: structure, faces: 0, change: 0, snapshotChange: null };
      }
      const index = snapshot === undefined ? undefined : await IndexCheck.begin(snapshot, gallery);
      const { findings, changes } = await checkFaces(db, {
        dimension: gallery.space.dimension,
        onFaces: async (faces) => index?.see(faces),
      });
      findings.push(...(await checkRows(db)));
      const { last_change: lastChange } = await db
        .selectFrom('gallery')
        .select('last_change')
        .executeTakeFirstOrThrow();
      if (index !== undefined) {
        const deletions = await db.selectFrom('deletions').select(['face_id', 'change']).execute();
        const removed = new Map(deletions.map((row) => [row.face_id, row.change]));
        findings.push(...index.findings({ lastChange, changes, removed }));
      }
      const snapshotChange = snapshot?.state === 'loaded' ? snapshot.stamp.change : null;
      return { findings, faces: changes.size, change: lastChange, snapshotChange };
    });
  } catch (error) {
    return { findings: [damage(error)], faces: 0, change: 0, snapshotChange: null };
  } finally {
    await database.close();
  }
}

const OUTDATED: Finding = {
  part: 'database',
  severity: 'note',
  problem: 'the database has the tables of an older facedex: only its structure was checked',
  advice: 'open the gallery once (facedex stats), which brings it up to date, and check again',
};

async function checkStructure(db: Kysely<Tables>): Promise<Finding[]> {
  const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check(3)`.execute(db);
  const problems = rows.map((row) => row.integrity_check).filter((text) => text !== 'ok');
  return problems.length === 0 ? [] : [damaged(problems.join('; '))];
}

async function checkFiles(files: GalleryFiles, { space }: GalleryRecord): Promise<Finding[]> {
  const findings: Finding[] = [];
  const calibration = join(files.directory, CALIBRATION_FILE);
  if (existsSync(calibration)) {
    try {
      await readCalibration(calibration, space);
    } catch (error) {
      const isForeign = error instanceof GalleryError && error.code === 'WRONG_SPACE';
      findings.push({
        part: 'files',
        severity: isForeign ? 'note' : 'error',
        problem: messageOf(error),
        advice: isForeign
          ? 'nothing: whoever opens the gallery next to write sets it aside'
          : `calibrate again (facedex calibrate), or delete ${CALIBRATION_FILE}`,
      });
    }
  }
  const unfinished = `${files.database}.new`;
  if (existsSync(unfinished)) {
    findings.push({
      part: 'files',
      severity: 'note',
      problem: `${unfinished} was left by a facedex that died while it made or restored the gallery`,
      advice: 'delete it: it may hold faces',
    });
  }
  return findings;
}

function summarize(check: Partial<GalleryCheck> & { findings: Finding[] }): GalleryCheck {
  const sound = check.findings.every(({ severity }) => severity !== 'error');
  return { faces: 0, change: 0, snapshotChange: null, ...check, sound };
}

/** @throws what is no damage */
function damage(error: unknown): Finding {
  if (!(error instanceof GalleryError) || error.code !== 'CORRUPT_DATABASE') {
    throw error;
  }
  return damaged(error.message);
}

function damaged(problem: string): Finding {
  return {
    part: 'database',
    severity: 'error',
    problem: `the database is damaged: ${problem}`,
    advice:
      'restore a backup into another directory (facedex restore), or move this one away and index ' +
      'the photos again',
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
