import type { Kysely, Migration } from 'kysely';
import { addSearchFilters } from './migrations/0002-search-filters.js';
import { createClusters } from './migrations/0003-clusters.js';
import { createReembedding } from './migrations/0004-reembedding.js';
import { createPeopleRecords } from './migrations/0005-people-records.js';
import { normaliseNames } from './migrations/0006-normal-names.js';
import { keepDescribedPeople } from './migrations/0007-kept-people.js';
import { makeConsentsSortable } from './migrations/0008-sortable-consents.js';

/** By name, in order. A released migration is never edited: add the next one. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-first-tables': { up: createFirstTables },
  '0002-search-filters': { up: addSearchFilters },
  '0003-clusters': { up: createClusters },
  '0004-reembedding': { up: createReembedding },
  '0005-people-records': { up: createPeopleRecords },
  '0006-normal-names': { up: normaliseNames },
  '0007-kept-people': { up: keepDescribedPeople },
  '0008-sortable-consents': { up: makeConsentsSortable },
};

async function createFirstTables(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('gallery')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('space_id', 'text', (column) => column.notNull())
    .addColumn('dimension', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('last_change', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('people')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .execute();
  await schema
    .createTable('photos')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('content_hash', 'text', (column) => column.notNull().unique())
    .addColumn('recipe', 'text', (column) => column.notNull())
    .addColumn('width', 'integer', (column) => column.notNull())
    .addColumn('height', 'integer', (column) => column.notNull())
    .addColumn('outcome', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .execute();
  await schema
    .createTable('photo_paths')
    .addColumn('path', 'text', (column) => column.primaryKey())
    .addColumn('photo_id', 'integer', (column) => column.notNull().references('photos.id'))
    .addColumn('recipe', 'text', (column) => column.notNull())
    .addColumn('bytes', 'integer', (column) => column.notNull())
    .addColumn('modified_ms', 'real', (column) => column.notNull())
    .addColumn('person_id', 'integer', (column) => column.references('people.id'))
    .execute();
  await schema
    .createTable('faces')
    // Autoincrement: the id of a removed face must never come back as somebody else's.
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('photo_id', 'integer', (column) => column.notNull().references('photos.id'))
    .addColumn('ordinal', 'integer', (column) => column.notNull())
    .addColumn('person_id', 'integer', (column) => column.references('people.id'))
    .addColumn('x', 'real', (column) => column.notNull())
    .addColumn('y', 'real', (column) => column.notNull())
    .addColumn('width', 'real', (column) => column.notNull())
    .addColumn('height', 'real', (column) => column.notNull())
    .addColumn('landmarks', 'blob', (column) => column.notNull())
    .addColumn('score', 'real', (column) => column.notNull())
    .addColumn('embedding', 'blob', (column) => column.notNull())
    .addColumn('change', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('deletions')
    .addColumn('change', 'integer', (column) => column.primaryKey())
    .addColumn('face_id', 'integer', (column) => column.notNull())
    .execute();
  for (const [table, column] of [
    ['photo_paths', 'photo_id'],
    ['photo_paths', 'person_id'],
    ['faces', 'photo_id'],
    ['faces', 'person_id'],
    ['faces', 'change'],
  ] as const) {
    await schema.createIndex(`${table}_by_${column}`).on(table).column(column).execute();
  }
}
