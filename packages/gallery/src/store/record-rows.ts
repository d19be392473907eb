import type { Kysely } from 'kysely';
import { toPoints } from './face-rows.js';
import { fromFloatBlob } from './float-blob.js';
import type { FaceDetail, PersonRef } from './record-store.js';
import type { Tables } from './schema.js';

export type PeopleSelection = ReturnType<typeof selectPeople>;
export type PhotoSelection = ReturnType<typeof selectPhotos>;

/** People with what is known of them; tags as JSON. */
export function selectPeople(db: Kysely<Tables>) {
  return db.selectFrom('people').select(({ selectFrom, fn }) => [
    'people.uid as id',
    'people.name',
    'people.created_at as createdAt',
    'people.seen_at as seenAt',
    'people.consent_until as consentUntil',
    selectFrom('person_tags')
      .select(({ fn: of }) => of<string>('json_group_array', ['tag']).as('tags'))
      .whereRef('person_tags.person_id', '=', 'people.id')
      .$asScalar()
      .$notNull()
      .as('tags'),
    selectFrom(
      selectFrom('photo_paths')
        .select('photo_id')
        .whereRef('photo_paths.person_id', '=', 'people.id')
        .union(selectFrom('faces').select('photo_id').whereRef('faces.person_id', '=', 'people.id'))
        .as('shown'),
    )
      .select(fn.countAll<number>().as('n'))
      .$asScalar()
      .$notNull()
      .as('photos'),
    selectFrom('faces')
      .select(fn.countAll<number>().as('n'))
      .whereRef('faces.person_id', '=', 'people.id')
      .$asScalar()
      .$notNull()
      .as('faces'),
    selectFrom('faces')
      .select('faces.id')
      .whereRef('faces.person_id', '=', 'people.id')
      .orderBy('faces.score', 'desc')
      .orderBy('faces.id')
      .limit(1)
      .$asScalar()
      .as('face'),
  ]);
}

/** Photos with the person whom their paths name; tags and paths as JSON. */
export function selectPhotos(db: Kysely<Tables>) {
  return db
    .selectFrom('photos')
    .leftJoin('people', (join) =>
      join.on('people.id', '=', ({ selectFrom }) =>
        selectFrom('photo_paths')
          .select(({ fn }) => fn.max('photo_paths.person_id').as('id'))
          .whereRef('photo_paths.photo_id', '=', 'photos.id'),
      ),
    )
    .select(({ selectFrom, fn }) => [
      'photos.content_hash as id',
      'photos.id as rowId',
      'people.uid',
      'people.name',
      'photos.width',
      'photos.height',
      'photos.recipe',
      'photos.outcome',
      'photos.reason',
      selectFrom('faces')
        .select(fn.countAll<number>().as('n'))
        .whereRef('faces.photo_id', '=', 'photos.id')
        .$asScalar()
        .$notNull()
        .as('faces'),
      selectFrom('photo_tags')
        .select(({ fn: of }) => of<string>('json_group_array', ['tag']).as('tags'))
        .whereRef('photo_tags.photo_id', '=', 'photos.id')
        .$asScalar()
        .$notNull()
        .as('tags'),
      selectFrom('photo_paths')
        .select(({ fn: of }) => of.min('modified_ms').as('taken'))
        .whereRef('photo_paths.photo_id', '=', 'photos.id')
        .$asScalar()
        .$notNull()
        .as('takenMs'),
      selectFrom('photo_paths')
        .select(({ fn: of }) => of<string>('json_group_array', ['path']).as('paths'))
        .whereRef('photo_paths.photo_id', '=', 'photos.id')
        .$asScalar()
        .$notNull()
        .as('paths'),
    ]);
}

/** Faces with their person, photo and cluster. */
export function selectFaces(db: Kysely<Tables>) {
  return db
    .selectFrom('faces')
    .innerJoin('photos', 'photos.id', 'faces.photo_id')
    .leftJoin('people', 'people.id', 'faces.person_id')
    .leftJoin('cluster_faces', 'cluster_faces.face_id', 'faces.id')
    .select([
      'faces.id',
      'photos.content_hash as photo',
      'people.uid',
      'people.name',
      'cluster_faces.cluster_id as cluster',
      'faces.x',
      'faces.y',
      'faces.width',
      'faces.height',
      'faces.landmarks',
      'faces.score',
    ]);
}

export function toDetail(row: {
  id: number;
  photo: string;
  uid: string | null;
  name: string | null;
  cluster: number | null;
  x: number;
  y: number;
  width: number;
  height: number;
  landmarks: Buffer;
  score: number;
}): FaceDetail {
  const { uid, name, x, y, width, height, landmarks, ...rest } = row;
  return {
    ...rest,
    person: toRef({ uid, name }),
    box: { x, y, width, height },
    landmarks: toPoints(fromFloatBlob(landmarks)),
  };
}

export function toRef({
  uid,
  name,
}: {
  uid: string | null;
  name: string | null;
}): PersonRef | null {
  return uid === null || name === null ? null : { id: uid, name };
}
