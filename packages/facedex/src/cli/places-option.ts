import { basename, resolve } from 'node:path';
import { Option } from 'commander';
import { GALLERY_NAME, type GalleryPlaces } from '../http/gallery-places.js';

const DEFAULT_DATA = 'facedex-galleries';

export const dataOption = () =>
  new Option('--data <dir>', `folder of galleries; default ${DEFAULT_DATA}`);

/** A single gallery has the name of its folder where that can be one. */
export function placesOf(options: {
  readonly data?: string;
  readonly gallery?: string;
}): GalleryPlaces {
  if (options.gallery === undefined) return { data: resolve(options.data ?? DEFAULT_DATA) };
  const directory = resolve(options.gallery);
  const name = basename(directory).toLowerCase();
  return { single: { name: new RegExp(GALLERY_NAME).test(name) ? name : 'default', directory } };
}
