import { resolve } from 'node:path';
import { FacedexError } from './facedex-error.js';
import { listPhotos } from './list-photos.js';
import { locatePhotos, readPairs } from './pair-photos.js';

/**
 * The photos of a folder with one sub-folder per person; photos at its top are passed over.
 *
 * @param pairs only the photos that these pairs files of Labeled Faces in the Wild name; default all
 * @throws {FacedexError} `FOLDER_NOT_FOUND`; `NO_PHOTOS` where no person has any; `PHOTO_MISSING`,
 * `FILE_NOT_FOUND`
 * @throws {GalleryError} `INVALID_FILE` where a pairs file is not in its format
 */
export async function choosePhotos(
  images: string,
  pairs: readonly string[] = [],
): Promise<{ path: string; person: string }[]> {
  const named = (await listPhotos(images)).flatMap(({ path, person }) =>
    person === null ? [] : [{ path, person }],
  );
  if (named.length === 0) {
    throw new FacedexError(
      'NO_PHOTOS',
      `${images} has no sub-folder with photos: expected one per person`,
    );
  }
  if (pairs.length === 0) return named;
  const lists = await Promise.all(pairs.map(readPairs));
  const wanted = await locatePhotos(lists.flat(), images);
  const paths = new Set([...wanted.values()].map((path) => resolve(path)));
  return named.filter(({ path }) => paths.has(path));
}
