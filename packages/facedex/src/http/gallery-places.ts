import { join } from 'node:path';

/** What a gallery may be called: it is the name of a folder, and part of addresses. */
export const GALLERY_NAME = '^[a-z0-9][a-z0-9_-]{0,62}$';

/** Where galleries are: sub-folders of a data folder, or a single folder with a name. */
export type GalleryPlaces =
  | { readonly data: string }
  | { readonly single: { readonly name: string; readonly directory: string } };

/** Where the server keeps its keys, jobs and audit log; no gallery can have that name. */
export function ownDirectoryOf(places: GalleryPlaces): string {
  return join('data' in places ? places.data : places.single.directory, '.service');
}
