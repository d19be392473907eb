import { type Kysely, sql } from 'kysely';
import type { Tables } from './schema.js';
import type { SqliteDatabase } from './sqlite-database.js';

/**
 * Faces removed, for each that is left, from which on pages are half empty. SQLite gives back pages that
 * are empty, and joins those that are less than a third full; new faces come after all others.
 */
const WORTH_IT = 0.5;
const MAX_USER_VERSION = 2 ** 31 - 1;

/**
 * Writes the whole database anew, in one transaction, if many faces were removed since it was done last
 * (SQLite's user_version says at which change). Takes about a second for each 100 MB, in which the
 * calling thread does nothing else.
 *
 * @returns whether it was done; {@link reclaim} then makes the file shorter
 */
export async function compactDatabase({ db, pragma }: SqliteDatabase): Promise<boolean> {
  // With the connection to ourselves: a transaction could not be left for it.
  return db.connection().execute(async (connection) => {
    const { last_change: last, face_count: faces } = await connection
      .selectFrom('gallery')
      .select(['last_change', 'face_count'])
      .executeTakeFirstOrThrow();
    const removed = await removedSince(connection, Number(pragma('user_version')));
    if (removed <= faces * WORTH_IT) {
      return false;
    }
    await sql`vacuum`.execute(connection);
    pragma(`user_version = ${Math.min(last, MAX_USER_VERSION)}`);
    return true;
  });
}

async function removedSince(db: Kysely<Tables>, change: number): Promise<number> {
  const { removed } = await db
    .selectFrom('deletions')
    .select(({ fn }) => fn.countAll<number>().as('removed'))
    .where('change', '>', change)
    .executeTakeFirstOrThrow();
  return removed;
}
