import { setTimeout } from 'node:timers/promises';
import { BUSY_TIMEOUT_MS, type SqliteDatabase } from './sqlite-database.js';

const PAUSE_MS = 20;

/**
 * Gives free pages back to the disk and empties the log, so that what was deleted is in no file.
 *
 * @returns false when another process was reading all the while
 */
export async function reclaim(
  database: SqliteDatabase,
  { waitMs }: { waitMs: number },
): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  while (!(await tryToReclaim(database))) {
    if (performance.now() >= deadline) {
      return false;
    }
    await setTimeout(PAUSE_MS);
  }
  return true;
}

function tryToReclaim({ db, pragma }: SqliteDatabase): Promise<boolean> {
  // With the connection to ourselves, so that it is not in the middle of a transaction.
  return db.connection().execute(async () => {
    // SQLite would wait on this thread, and searches with it.
    pragma('busy_timeout = 0');
    try {
      pragma('incremental_vacuum');
      return pragma('wal_checkpoint(TRUNCATE)') === 0;
    } finally {
      pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  });
}
