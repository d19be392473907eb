import { PipelineError } from './pipeline-error.js';

/** What files of the formats that are decoded begin with, a byte a character. */
const BEGINNINGS: readonly RegExp[] = [
  /^\xff\xd8\xff/, // JPEG
  /^\x89PNG\r\n/,
  /^GIF8[79]a/,
  /^RIFF.{4}WEBP/s,
  /^(II[*+]\0|MM\0[*+])/, // TIFF, and BigTIFF
  /^.{4}ftyp(avi[fs]|hei[cmsx]|hev[cmsx]|mi[af]1|msf1)/s, // AVIF, HEIC
];
const BEGINNING_BYTES = 12;

/**
 * Refuses what is in no format that is decoded, by its first bytes alone: libvips would open more, and lays
 * out an SVG to learn its size, for which a few lines can take minutes.
 *
 * @param name of the file, for the message
 * @throws {PipelineError} `UNREADABLE_PHOTO`
 */
export function checkPhotoFormat(bytes: Uint8Array, name = 'the file'): void {
  if (bytes.byteLength === 0) {
    throw new PipelineError('UNREADABLE_PHOTO', `${name} is empty: expected a picture`);
  }
  const beginning = Buffer.from(bytes.subarray(0, BEGINNING_BYTES)).toString('latin1');
  if (BEGINNINGS.some((format) => format.test(beginning))) return;
  throw new PipelineError(
    'UNREADABLE_PHOTO',
    `${name} is not a picture in a known format (JPEG, PNG, WebP, AVIF, GIF, TIFF)`,
  );
}
