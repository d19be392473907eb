import { resolve } from 'node:path';
import { checkPath, checkText } from './check-photo.js';
import { GalleryError } from './errors.js';

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
 * A filter with an absolute folder.
 *
 * @throws GalleryError `INVALID_ARGUMENT`
 */
export function checkFilter(filter: SearchFilter): SearchFilter {
  for (const name of ['people', 'tags'] as const) {
    for (const text of filter[name] ?? []) {
      checkText(text, `filter.${name}`);
    }
  }
  for (const name of ['since', 'until'] as const) {
    const time = filter[name];
    if (time !== undefined && !(time instanceof Date && Number.isFinite(time.getTime()))) {
      throw new GalleryError(
        'INVALID_ARGUMENT',
        `expected filter.${name} to be a valid Date but received ${String(time)}`,
      );
    }
  }
  const { folder } = filter;
  return folder === undefined ? filter : { ...filter, folder: checkPath(resolve(folder)) };
}
