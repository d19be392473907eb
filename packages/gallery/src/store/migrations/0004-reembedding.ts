import type { Kysely } from 'kysely';

/** What a move to another model has made so far. It goes with its faces. */
export async function createReembedding({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('reembedding')
    .addColumn('space_id', 'text', (column) => column.notNull())
    .addColumn('dimension', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('reembedded_faces')
    .addColumn('face_id', 'integer', (column) =>
      column.primaryKey().references('faces.id').onDelete('cascade'),
    )
    .addColumn('x', 'real', (column) => column.notNull())
    .addColumn('y', 'real', (column) => column.notNull())
    .addColumn('width', 'real', (column) => column.notNull())
    .addColumn('height', 'real', (column) => column.notNull())
    .addColumn('landmarks', 'blob', (column) => column.notNull())
    .addColumn('score', 'real', (column) => column.notNull())
    .addColumn('embedding', 'blob', (column) => column.notNull())
    .execute();
}
