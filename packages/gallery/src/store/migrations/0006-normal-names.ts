import { type Kysely, sql } from 'kysely';
import { mendedName } from '../../name.js';

/**
 * Brings the names of people, and tags, into the one form in which they are compared. Two people who then
 * have one name stay two: who has it already keeps it, the other gets a number.
 */
export async function normaliseNames(db: Kysely<unknown>): Promise<void> {
  await normalisePeople(db);
  for (const [table, owner] of [
    ['photo_tags', 'photo_id'],
    ['person_tags', 'person_id'],
  ] as const) {
    await normaliseTags(db, sql.table(table), sql.ref(owner));
  }
}

async function normalisePeople(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ id: number; name: string }>`
    select id, name from people order by id`.execute(db);
  const others = rows.filter(({ name }) => mendedName(name) !== name);
  const taken = new Set(rows.map(({ name }) => name));
  for (const { id, name } of others) {
    const free = unlike(mendedName(name) ?? 'unnamed', taken);
    taken.add(free);
    await sql`update people set name = ${free} where id = ${id}`.execute(db);
  }
}

function unlike(name: string, taken: ReadonlySet<string>): string {
  let free = name;
  for (let number = 2; taken.has(free); number++) {
    free = `${name} (${number})`;
  }
  return free;
}

/** Tags that become one are one; what nobody can see is none. */
async function normaliseTags(
  db: Kysely<unknown>,
  table: ReturnType<typeof sql.table>,
  owner: ReturnType<typeof sql.ref>,
): Promise<void> {
  const { rows } = await sql<{ tag: string }>`select distinct tag from ${table}`.execute(db);
  for (const { tag } of rows) {
    const mended = mendedName(tag);
    if (mended === tag) {
      continue;
    }
    if (mended !== undefined) {
      await sql`insert or ignore into ${table} (${owner}, tag)
        select ${owner}, ${mended} from ${table} where tag = ${tag}`.execute(db);
    }
    await sql`delete from ${table} where tag = ${tag}`.execute(db);
  }
}
