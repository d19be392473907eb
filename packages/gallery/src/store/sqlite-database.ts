import Database from 'better-sqlite3';
import {
  type DatabaseConnection,
  Kysely,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely';
import { GalleryError, galleryClosed } from '../errors.js';
import { foldCase } from './fold-case.js';
import type { Tables } from './schema.js';

/** How long to wait for another process that is in the middle of a commit or a checkpoint. */
export const BUSY_TIMEOUT_MS = 5000;

/** To prepare a statement takes longer than to run it; those of the package are fewer than this. */
const MAX_STATEMENTS = 200;

/** An open database file: queries go through `db`, where `fold_case` is {@link foldCase}; PRAGMAs through `pragma`. */
export interface SqliteDatabase {
  db: Kysely<Tables>;
  /** Runs a PRAGMA and returns its first value. */
  pragma(source: string): unknown;
  /** The same as before only if nobody, here or in another process, has changed a row since. */
  changeState(): string;
  /** Whoever asks for more meets `CLOSED`. */
  close(): void;
}

/** Runs something that asks SQLite. */
type Translator = <T>(action: () => T) => T;

/**
 * Opens a database file. SQLite's errors come out as {@link GalleryError}, whatever runs into them.
 *
 * @param mode `create` makes an empty file; the others need one that exists
 * @throws GalleryError `CORRUPT_DATABASE` | `STORAGE_FAILED`
 */
export function openDatabase(path: string, mode: 'create' | 'write' | 'read'): SqliteDatabase {
  const raw = translated(
    path,
    () =>
      new Database(path, {
        readonly: mode === 'read',
        fileMustExist: mode !== 'create',
        timeout: BUSY_TIMEOUT_MS,
      }),
  );
  raw.function('fold_case', { deterministic: true }, (text) => foldCase(text as string));
  const whileOpen: Translator = (action) => {
    if (!raw.open) throw galleryClosed();
    return translated(path, action);
  };
  const pragma = (source: string) => {
    // Not better-sqlite3's `simple`, which stops at the first row: some PRAGMAs work row by row.
    const rows = whileOpen(() => raw.pragma(source)) as Record<string, unknown>[];
    return Object.values(rows[0] ?? {})[0];
  };
  const statements = new Map<string, SqliteStatement>();
  const dialect = new TransactionalDialect(raw, {
    database: {
      close: () => raw.close(),
      prepare: (sql) => {
        let statement = statements.get(sql);
        if (statement === undefined) {
          statement = translatedStatement(whileOpen, () => raw.prepare(sql));
          if (statements.size < MAX_STATEMENTS) {
            statements.set(sql, statement);
          }
        }
        return statement;
      },
    },
  });
  const db = new Kysely<Tables>({ dialect });
  const totalChanges = whileOpen(() => raw.prepare('select total_changes()').pluck());
  const changeState = () => `${pragma('data_version')}:${whileOpen(() => totalChanges.get())}`;
  // Not Kysely's `destroy`: queries that come after it would meet an error of its own.
  return { db, pragma, changeState, close: () => raw.close() };
}

/**
 * Kysely runs SQLite's migrations without a transaction, for the sake of migrations that switch
 * foreign keys off. Ours don't, and half a migration must not be left behind.
 */
class TransactionalDialect extends SqliteDialect {
  readonly #raw: Database.Database;
  readonly #config: SqliteDialectConfig;

  constructor(raw: Database.Database, config: SqliteDialectConfig) {
    super(config);
    this.#raw = raw;
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new RollingBackDriver(this.#raw, this.#config);
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter();
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** Where the disk is full SQLite rolls back by itself: to ask for it again would fail, and hide why. */
class RollingBackDriver extends SqliteDriver {
  readonly #raw: Database.Database;

  constructor(raw: Database.Database, config: SqliteDialectConfig) {
    super(config);
    this.#raw = raw;
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#raw.inTransaction) await super.rollbackTransaction(connection);
  }
}

function translatedStatement(
  translator: Translator,
  prepare: () => Database.Statement,
): SqliteStatement {
  const statement = translator(prepare);
  return {
    reader: statement.reader,
    all: (parameters) => translator(() => statement.all(parameters)),
    run: (parameters) => translator(() => statement.run(parameters)),
    iterate: (parameters) => translator(() => statement.iterate(parameters)),
  };
}

function translated<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw error instanceof Database.SqliteError ? translate(path, error) : error;
  }
}

function translate(path: string, error: InstanceType<typeof Database.SqliteError>): GalleryError {
  if (error.code.startsWith('SQLITE_CORRUPT') || error.code === 'SQLITE_NOTADB') {
    return corruptDatabase(path, error.message, error);
  }
  const [, advice = ''] = ADVICE.find(([code]) => error.code.startsWith(code)) ?? [];
  return new GalleryError('STORAGE_FAILED', `${path}: ${error.message} (${error.code})${advice}`, {
    cause: error,
  });
}

const READ_ONLY =
  '. Readers, too, make small files beside the database: make its directory writable, or restore a ' +
  'backup into another one';

const ADVICE: readonly (readonly [code: string, advice: string])[] = [
  ['SQLITE_CANTOPEN', READ_ONLY],
  ['SQLITE_READONLY', READ_ONLY],
  ['SQLITE_FULL', '. Nothing of this change was kept; make space and try again'],
];

/** The error for a database that is damaged, saying what to do. */
export function corruptDatabase(path: string, reason: string, cause?: unknown): GalleryError {
  return new GalleryError(
    'CORRUPT_DATABASE',
    `${path} is damaged: ${reason}. Nothing was changed. Restore the file from a backup, or move ` +
      'its directory away and index the photos again.',
    { cause },
  );
}
