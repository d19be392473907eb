import type { Kysely } from 'kysely';
import type { PhotoFiles } from '../photo-files.js';
import type { Tables } from '../store/schema.js';
import type { PhotoToReembed } from './reembedding.js';

const PHOTOS_PER_READ = 256;

/** Photos with faces that have no new embedding, in the order of their ids. */
export async function* photosToReembed(
  db: Kysely<Tables>,
  kept: PhotoFiles,
): AsyncGenerator<PhotoToReembed, void, undefined> {
  for (let last = 0; ; ) {
    const photos = await db
      .selectFrom('photos')
      .select(['id', 'content_hash as contentHash', 'recipe'])
      .where('id', '>', last)
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom('faces')
            .leftJoin('reembedded_faces', 'face_id', 'faces.id')
            .select('faces.id')
            .whereRef('faces.photo_id', '=', 'photos.id')
            .where('face_id', 'is', null),
        ),
      )
      .orderBy('id')
      .limit(PHOTOS_PER_READ)
      .execute();
    for (const { id, ...photo } of photos) {
      const paths = await db
        .selectFrom('photo_paths')
        .select('path')
        .where('photo_id', '=', id)
        .orderBy('path')
        .execute();
      const faces = await db
        .selectFrom('faces')
        .select(['id', 'x', 'y', 'width', 'height'])
        .where('photo_id', '=', id)
        .orderBy('ordinal')
        .execute();
      yield {
        ...photo,
        // The gallery may have been moved since its own files got their paths.
        paths: [
          ...(kept.has(photo.contentHash) ? [kept.pathOf(photo.contentHash)] : []),
          ...paths.map(({ path }) => path),
        ],
        faces: faces.map(({ id: faceId, ...box }) => ({ id: faceId, box })),
      };
    }
    if (photos.length < PHOTOS_PER_READ) {
      return;
    }
    last = photos.at(-1)?.id ?? last;
  }
}
