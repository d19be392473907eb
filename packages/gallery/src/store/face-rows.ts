import type { Kysely } from 'kysely';
import type { Box } from '../photo.js';
import type { FaceSummary } from './metadata-store.js';
import type { Tables } from './schema.js';

/** Faces with the name of their person and the first path of their photo. */
export function selectFaces(db: Kysely<Tables>) {
  return db
    .selectFrom('faces')
    .leftJoin('people', 'people.id', 'faces.person_id')
    .select(({ selectFrom }) => [
      'faces.id',
      'faces.x',
      'faces.y',
      'faces.width',
      'faces.height',
      'people.name as person',
      selectFrom('photo_paths')
        .select(({ fn }) => fn.min('photo_paths.path').as('first'))
        .whereRef('photo_paths.photo_id', '=', 'faces.photo_id')
        .$asScalar()
        .$notNull()
        .as('photo'),
    ]);
}

export function toFaceSummary(
  row: { id: number; photo: string; person: string | null } & Box,
): FaceSummary {
  const { id, photo, person, x, y, width, height } = row;
  return { id, photo, person, box: { x, y, width, height } };
}

/** `x, y, x, y, …` as points. */
export function toPoints(flat: Float32Array): [number, number][] {
  const points: [number, number][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) {
    points.push([flat[i]!, flat[i + 1]!]);
  }
  return points;
}
