import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Migrator } from 'kysely';
import type { EmbeddingSpace } from '../embedding-space.js';
import { GalleryError } from '../errors.js';
import { putInPlace } from '../sync-to-disk.js';
import type { GalleryRecord } from './metadata-store.js';
import { MIGRATIONS } from './migrations.js';
import { corruptDatabase, openDatabase, type SqliteDatabase } from './sqlite-database.js';

/** With 512 dimensions, seven faces fill a page of this size; in SQLite's 4096 bytes, one would. */
const PAGE_BYTES = 16_384;

/**
 * The structure of a larger database is not checked as a whole when it is opened: it would be read from
 * end to end, at about a second for each 240 MB. Damage is then found where it is met.
 */
const CHECKED_BYTES = 256 * 2 ** 20;

/**
 * Looks at a gallery's database without changing a byte of it: is it sound, is it of this version?
 *
 * @returns undefined when there is none
 * @throws GalleryError `CORRUPT_DATABASE` | `UNSUPPORTED_VERSION` | `STORAGE_FAILED`
 */
export async function inspectDatabase(path: string): Promise<GalleryRecord | undefined> {
  if (!existsSync(path)) {
    if (existsSync(`${path}-wal`)) {
      // SQLite would take an orphaned log for the log of the next database made here.
      throw corruptDatabase(path, 'the file is missing but its log, gallery.db-wal, is there');
    }
    return undefined;
  }
  const database = openDatabase(path, 'read');
  try {
    if ((await stat(path)).size <= CHECKED_BYTES) {
      const soundness = database.pragma('quick_check(1)');
      if (soundness !== 'ok') {
        throw corruptDatabase(path, String(soundness));
      }
    }
    await checkVersion(path, database);
    return await readRecord(path, database);
  } finally {
    database.close();
  }
}

/** Whether a database that {@link inspectDatabase} found sound has the tables of an older version. */
export async function isOutdated(path: string): Promise<boolean> {
  const database = openDatabase(path, 'read');
  try {
    const applied = await appliedMigrations(database);
    return applied.length < Object.keys(MIGRATIONS).length;
  } finally {
    database.close();
  }
}

/** Makes an empty gallery. It appears under its name only when it is complete. */
export async function createDatabase(path: string, space: EmbeddingSpace): Promise<void> {
  const temporary = `${path}.new`;
  for (const suffix of ['', '-wal', '-shm', '-journal']) {
    await rm(temporary + suffix, { force: true });
  }
  const database = openDatabase(temporary, 'create');
  try {
    database.pragma(`page_size = ${PAGE_BYTES}`);
    database.pragma('auto_vacuum = INCREMENTAL');
    database.pragma('journal_mode = WAL');
    await migrate(database);
    await database.db
      .insertInto('gallery')
      .values({
        id: randomUUID(),
        space_id: space.id,
        dimension: space.dimension,
        created_at: new Date().toISOString(),
        last_change: 0,
      })
      .execute();
  } finally {
    database.close();
  }
  await putInPlace(temporary, path);
}

/** Opens a database that {@link inspectDatabase} found sound. */
export async function openGalleryDatabase(
  path: string,
  mode: 'write' | 'read',
): Promise<SqliteDatabase> {
  const database = openDatabase(path, mode);
  try {
    database.pragma('foreign_keys = ON');
    database.pragma('temp_store = MEMORY');
    if (mode === 'write') {
      database.pragma('journal_mode = WAL');
      // A commit that was acknowledged survives a power cut.
      database.pragma('synchronous = FULL');
      // What is deleted is overwritten with zeros, not just forgotten.
      database.pragma('secure_delete = ON');
      await migrate(database);
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

async function migrate({ db }: SqliteDatabase): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    throw error;
  }
}

async function checkVersion(path: string, database: SqliteDatabase): Promise<void> {
  const { db } = database;
  const tables = (await db.introspection.getTables({ withInternalKyselyTables: true })).map(
    ({ name }) => name,
  );
  if (!tables.includes('gallery') || !tables.includes('kysely_migration')) {
    throw corruptDatabase(path, 'it is not the database of a facedex gallery');
  }
  const newer = (await appliedMigrations(database)).find((name) => !(name in MIGRATIONS));
  if (newer !== undefined) {
    throw new GalleryError(
      'UNSUPPORTED_VERSION',
      `${join(dirname(path))} was written by a newer facedex (it has "${newer}"); update facedex`,
    );
  }
}

async function appliedMigrations({ db }: SqliteDatabase): Promise<string[]> {
  const applied = await db
    .withTables<{ kysely_migration: { name: string } }>()
    .selectFrom('kysely_migration')
    .select('name')
    .execute();
  return applied.map(({ name }) => name);
}

async function readRecord(path: string, { db }: SqliteDatabase): Promise<GalleryRecord> {
  const row = await db.selectFrom('gallery').selectAll().executeTakeFirst();
  if (row === undefined) {
    throw corruptDatabase(path, 'it does not say which gallery it is');
  }
  return {
    id: row.id,
    space: { id: row.space_id, dimension: row.dimension },
    createdAt: row.created_at,
  };
}
