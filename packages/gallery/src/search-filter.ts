import { resolve } from 'node:path';
import { checkPath } from './check-photo.js';
import { GalleryError } from './errors.js';
import { normalName } from './name.js';

/** Which faces a search is about: those that meet every condition that is given. */
export interface SearchFilter {
  /** Faces of one of these people. */
  people?: readonly string[] | undefined;
  /** Faces in photos with a file in this directory, at any depth. */
  folder?: string | undefined;
  /** Faces in photos of this time or later. A photo's time is that of its oldest file. */
  since?: Date | undefined;
  /** Faces in photos from before this time. */
  until?: Date | undefined;
  /** Faces in photos that have every one of these tags. */
  tags?: readonly string[] | undefined;
}

/**
 * A filter with an absolute folder, and with names and tags in the one form.
 *
 * @throws GalleryError `INVALID_ARGUMENT`
 */
export function checkFilter(filter: SearchFilter): SearchFilter {
  for (const name of ['since', 'until'] as const) {
    const time = filter[name];
    if (time !== undefined && !(time instanceof Date && Number.isFinite(time.getTime()))) {
      throw new GalleryError(
        'INVALID_ARGUMENT',
        `expected filter.${name} to be a valid Date but received ${String(time)}`,
      );
    }
  }
  const { folder, people, tags } = filter;
  return {
    ...filter,
    folder: folder && checkPath(resolve(folder)),
    people: people?.map((name) => normalName(name, 'filter.people')),
    tags: tags?.map((tag) => normalName(tag, 'filter.tags')),
  };
}
