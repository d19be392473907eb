import { type Kysely, sql } from 'kysely';
import type { TagCount } from './metadata-store.js';
import { pathsIn } from './paths-in.js';
import type { Tables } from './schema.js';

/** Gives tags to the photos that a file or directory shows, and takes tags away. */
export async function tagPhotos(
  db: Kysely<Tables>,
  path: string,
  { add, remove }: { add: readonly string[]; remove: readonly string[] },
): Promise<number> {
  const shown = await db
    .selectFrom('photo_paths')
    .select('photo_id')
    .where(pathsIn(path))
    .distinct()
    .execute();
  for (const { photo_id } of shown) {
    if (remove.length > 0) {
      await db
        .deleteFrom('photo_tags')
        .where('photo_id', '=', photo_id)
        .where('tag', 'in', remove)
        .execute();
    }
    for (const tag of add) {
      await db
        .insertInto('photo_tags')
        .values({ photo_id, tag })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  }
  return shown.length;
}

/** Every tag that a photo or a person has, with the number of such photos and people, ordered by name. */
export async function tagCounts(db: Kysely<Tables>): Promise<TagCount[]> {
  const ofPhotos = db
    .selectFrom('photo_tags')
    .select(['tag', sql<number>`1`.as('photo'), sql<number>`0`.as('person')]);
  const ofPeople = db
    .selectFrom('person_tags')
    .select(['tag', sql<number>`0`.as('photo'), sql<number>`1`.as('person')]);
  return db
    .selectFrom(ofPhotos.unionAll(ofPeople).as('uses'))
    .select(({ fn }) => [
      'tag',
      fn.sum<number>('photo').as('photos'),
      fn.sum<number>('person').as('people'),
    ])
    .groupBy('tag')
    .orderBy('tag')
    .execute();
}
