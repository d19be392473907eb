import { type Kysely, sql } from 'kysely';

/**
 * People get an id that is never anybody else's, tags, and what says how long they are kept. Photos that
 * are gone leave word, until their files are gone too.
 */
export async function createPeopleRecords(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  const now = sql.lit(new Date().toISOString());
  await schema
    .alterTable('people')
    .addColumn('uid', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await sql`update people set uid = lower(hex(randomblob(8)))`.execute(db);
  await schema.createIndex('people_by_uid').on('people').column('uid').unique().execute();
  for (const name of ['created_at', 'seen_at']) {
    await schema
      .alterTable('people')
      .addColumn(name, 'text', (column) => column.notNull().defaultTo(now))
      .execute();
  }
  await schema.alterTable('people').addColumn('consent_until', 'text').execute();
  await schema
    .alterTable('people')
    .addColumn('kept', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await schema
    .createTable('person_tags')
    .addColumn('person_id', 'integer', (column) =>
      column.notNull().references('people.id').onDelete('cascade'),
    )
    .addColumn('tag', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('person_tags_key', ['person_id', 'tag'])
    .execute();
  await schema
    .createTable('gone_photos')
    .addColumn('content_hash', 'text', (column) => column.primaryKey())
    .execute();
  await sql`
    create trigger photos_gone after delete on photos begin
      insert or ignore into gone_photos (content_hash) values (old.content_hash);
    end`.execute(db);
}
