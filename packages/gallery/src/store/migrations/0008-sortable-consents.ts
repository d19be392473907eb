import { type Kysely, sql } from 'kysely';

/** Ends of consents beyond the year 9999 and before the year 1, which sort as text where they don't belong. */
export async function makeConsentsSortable(db: Kysely<unknown>): Promise<void> {
  await sql`update people set consent_until = '9999-12-31T23:59:59.999Z'
    where consent_until like '+%'`.execute(db);
  await sql`update people set consent_until = '0001-01-01T00:00:00.000Z'
    where consent_until like '-%' or consent_until like '0000-%'`.execute(db);
}
