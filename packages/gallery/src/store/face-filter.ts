import type { Kysely } from 'kysely';
import type { SearchFilter } from '../search-filter.js';
import { listed } from './listed.js';
import { pathsIn } from './paths-in.js';
import type { Tables } from './schema.js';

/** Ids of the faces that meet a filter, ascending. */
export async function facesMatching(
  db: Kysely<Tables>,
  { people, folder, since, until, tags = [] }: SearchFilter,
): Promise<number[]> {
  let faces = db.selectFrom('faces').select('faces.id').orderBy('faces.id');
  if (people !== undefined) {
    faces = faces.where('faces.person_id', 'in', ({ selectFrom }) =>
      selectFrom('people').select('people.id').where('people.name', 'in', listed(people)),
    );
  }
  if (folder !== undefined) {
    faces = faces.where('faces.photo_id', 'in', ({ selectFrom }) =>
      selectFrom('photo_paths').select('photo_paths.photo_id').where(pathsIn(folder)),
    );
  }
  for (const tag of new Set(tags)) {
    faces = faces.where('faces.photo_id', 'in', ({ selectFrom }) =>
      selectFrom('photo_tags').select('photo_tags.photo_id').where('photo_tags.tag', '=', tag),
    );
  }
  if (since !== undefined || until !== undefined) {
    faces = faces.where('faces.photo_id', 'in', ({ selectFrom }) =>
      selectFrom('photo_paths')
        .select('photo_paths.photo_id')
        .groupBy('photo_paths.photo_id')
        .having(({ and, eb, fn }) => {
          const taken = fn.min('photo_paths.modified_ms');
          return and([
            ...(since === undefined ? [] : [eb(taken, '>=', since.getTime())]),
            ...(until === undefined ? [] : [eb(taken, '<', until.getTime())]),
          ]);
        }),
    );
  }
  return (await faces.execute()).map(({ id }) => id);
}
