import { type Kysely, sql } from 'kysely';

/** What the choice of an index and filters of searches need. */
export async function addSearchFilters(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .alterTable('gallery')
    .addColumn('index_kind', 'text', (column) => column.notNull().defaultTo('auto'))
    .execute();
  // Counting rows would take longer the more there are, and happens after each change.
  await schema
    .alterTable('gallery')
    .addColumn('face_count', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await sql`update gallery set face_count = (select count(*) from faces)`.execute(db);
  await schema
    .createTable('photo_tags')
    .addColumn('photo_id', 'integer', (column) =>
      column.notNull().references('photos.id').onDelete('cascade'),
    )
    .addColumn('tag', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('photo_tags_key', ['photo_id', 'tag'])
    .execute();
  for (const [table, column] of [
    ['photo_tags', 'tag'],
    ['photo_paths', 'modified_ms'],
  ] as const) {
    await schema.createIndex(`${table}_by_${column}`).on(table).column(column).execute();
  }
}
