import type { Kysely } from 'kysely';

/** What was found and corrected about who is in the photos. It goes with its faces and people. */
export async function createClusters({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('clusters')
    // Autoincrement: the id of a cluster that is gone must never come back as somebody else's.
    .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
    .addColumn('person_id', 'integer', (column) => column.unique().references('people.id'))
    .execute();
  await schema
    .createTable('cluster_faces')
    .addColumn('face_id', 'integer', (column) =>
      column.primaryKey().references('faces.id').onDelete('cascade'),
    )
    .addColumn('cluster_id', 'integer', (column) =>
      column.notNull().references('clusters.id').onDelete('cascade'),
    )
    .addColumn('confirmed', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('cluster_rejections')
    .addColumn('face_id', 'integer', (column) =>
      column.notNull().references('faces.id').onDelete('cascade'),
    )
    .addColumn('cluster_id', 'integer', (column) =>
      column.notNull().references('clusters.id').onDelete('cascade'),
    )
    .addPrimaryKeyConstraint('cluster_rejections_key', ['face_id', 'cluster_id'])
    .execute();
  for (const table of ['cluster_faces', 'cluster_rejections']) {
    await schema.createIndex(`${table}_by_cluster_id`).on(table).column('cluster_id').execute();
  }
}
