import { GalleryError } from '../errors.js';

/**
 * A time as it is kept: as text that sorts by time, which it does only with years of four digits.
 *
 * @throws GalleryError `INVALID_ARGUMENT` where it is no time, or not of the years 1 to 9999
 */
export function timeText(time: Date, what: string): string {
  const year = time instanceof Date ? time.getUTCFullYear() : Number.NaN;
  if (!(year >= 1 && year <= 9999)) {
    const received = Number.isNaN(year) ? String(time) : time.toISOString();
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected ${what} to be a time of the years 1 to 9999 (UTC) but received ${received.slice(0, 200)}`,
    );
  }
  return time.toISOString();
}
