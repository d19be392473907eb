import { extname } from 'node:path';
import { FacedexError } from '../facedex-error.js';

/** The formats that pictures are written in. */
export type PictureFormat = 'jpeg' | 'png' | 'webp';

const FORMAT_OF_EXTENSION: ReadonlyMap<string, PictureFormat> = new Map([
  ['.jpg', 'jpeg'],
  ['.jpeg', 'jpeg'],
  ['.png', 'png'],
  ['.webp', 'webp'],
]);

/**
 * The format that a file's name asks for, by its extension in either case.
 *
 * @throws {FacedexError} `UNSUPPORTED_PICTURE_FORMAT`
 */
export function pictureFormatOf(path: string): PictureFormat {
  const extension = extname(path);
  const format = FORMAT_OF_EXTENSION.get(extension.toLowerCase());
  if (format !== undefined) return format;
  const expected = [...FORMAT_OF_EXTENSION.keys()].join(', ');
  const received = extension === '' ? 'a name without extension' : JSON.stringify(extension);
  throw new FacedexError(
    'UNSUPPORTED_PICTURE_FORMAT',
    `expected a picture file that ends in ${expected} but received ${received}: rename ${path}`,
  );
}
