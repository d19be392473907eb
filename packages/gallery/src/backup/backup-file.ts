import { rm } from 'node:fs/promises';
import { type Kysely, sql } from 'kysely';
import { GalleryError } from '../errors.js';
import type { Tables } from '../store/schema.js';

/**
 * A backup is an archive of the database of a gallery and the photo files that it keeps. In the database
 * there is one row more: when it was made, and what else decides answers. The index is derived, so it
 * is not in it.
 */
export interface BackupRow {
  /** ISO 8601, UTC. */
  created_at: string;
  /** The text of the gallery's calibration.json; null where it had none. */
  calibration: string | null;
}

interface BackupTables extends Tables {
  backup: BackupRow;
}

/** Makes a copy of a database a backup. */
export async function markBackup(db: Kysely<Tables>, row: BackupRow): Promise<void> {
  await db.schema
    .createTable('backup')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('calibration', 'text')
    .execute();
  await withBackup(db).insertInto('backup').values(row).execute();
}

/** @returns undefined when the database is no backup */
export async function readBackupRow(db: Kysely<Tables>): Promise<BackupRow | undefined> {
  const { rows } = await sql`select 1 from sqlite_schema where name = 'backup'`.execute(db);
  return rows.length === 0
    ? undefined
    : withBackup(db).selectFrom('backup').selectAll().executeTakeFirst();
}

/** Makes a backup a database as any other. */
export async function unmarkBackup(db: Kysely<Tables>): Promise<void> {
  await db.schema.dropTable('backup').execute();
}

/** Deletes a database that was not finished, or only the logs beside it. */
export async function removeDatabase(path: string, { onlyLogs = false } = {}): Promise<void> {
  for (const suffix of [...(onlyLogs ? [] : ['']), '-wal', '-shm', '-journal']) {
    await rm(path + suffix, { force: true });
  }
}

/** The error for a backup that can't be restored. */
export function damagedBackup(path: string, reason: string): GalleryError {
  return new GalleryError(
    'INVALID_FILE',
    `${path} is damaged, or no backup of facedex: ${reason}. Nothing was restored; take another backup.`,
  );
}

/** The error for what the operating system refused; others as they are. */
export function storageError(what: string, error: unknown): unknown {
  if (error instanceof Error && 'syscall' in error) {
    return new GalleryError('STORAGE_FAILED', `${what}: ${error.message}`, { cause: error });
  }
  return error;
}

function withBackup(db: Kysely<Tables>): Kysely<BackupTables> {
  return db.withTables<Pick<BackupTables, 'backup'>>() as unknown as Kysely<BackupTables>;
}
