import { type Kysely, sql } from 'kysely';

/** Those of whom somebody has said something stay without a photo, as those who were made by themselves. */
export async function keepDescribedPeople(db: Kysely<unknown>): Promise<void> {
  await sql`update people set kept = 1
    where consent_until is not null or id in (select person_id from person_tags)`.execute(db);
}
