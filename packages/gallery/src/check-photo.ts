import { isAbsolute, normalize } from 'node:path';
import { checkEmbedding } from './embedding-space.js';
import { GalleryError } from './errors.js';
import { normalName } from './name.js';
import { type FaceInput, PHOTO_OUTCOMES, type PhotoInput, type PhotoSighting } from './photo.js';

/**
 * Checks where a photo was seen and returns it with its path normalized (no `.`, `..` or doubled
 * separators), so that one file has one path, and with its person's name in the one form.
 *
 * @throws GalleryError `INVALID_ARGUMENT`
 */
export function checkSighting<T extends PhotoSighting>(photo: T): T {
  const path = checkPath(photo.path);
  const where = `photo ${JSON.stringify(path)}`;
  checkText(photo.contentHash, `${where}: contentHash`);
  checkText(photo.recipe, `${where}: recipe`);
  checkAmount(photo.bytes, `${where}: bytes`);
  checkNumber(photo.modifiedMs, `${where}: modifiedMs`);
  const person = photo.person === null ? null : normalName(photo.person, `${where}: person`);
  return { ...photo, path, person };
}

/**
 * Checks a photo with its faces and returns it as {@link checkSighting} does.
 *
 * @throws GalleryError `INVALID_ARGUMENT` | `INVALID_EMBEDDING`
 */
export function checkPhoto(photo: PhotoInput, dimension: number): PhotoInput {
  const checked = checkSighting(photo);
  const where = `photo ${JSON.stringify(checked.path)}`;
  checkAmount(photo.width, `${where}: width`);
  checkAmount(photo.height, `${where}: height`);
  if (!PHOTO_OUTCOMES.includes(photo.outcome)) {
    throw invalid(`${where}: outcome`, `one of ${PHOTO_OUTCOMES.join(', ')}`, photo.outcome);
  }
  if (photo.reason !== null && typeof photo.reason !== 'string') {
    throw invalid(`${where}: reason`, 'a string or null', photo.reason);
  }
  if ((photo.outcome === 'enrolled') !== photo.faces.length > 0) {
    throw invalid(
      `${where}: faces`,
      photo.outcome === 'enrolled' ? 'at least one' : `none with outcome "${photo.outcome}"`,
      photo.faces.length,
    );
  }
  for (const [ordinal, face] of photo.faces.entries()) {
    checkFace(face, { dimension, what: `${where}, face ${ordinal}` });
  }
  return checked;
}

/** @throws GalleryError `INVALID_ARGUMENT` | `INVALID_EMBEDDING` */
export function checkFace(
  face: FaceInput,
  { dimension, what }: { dimension: number; what: string },
): void {
  const numbers = [face.box.x, face.box.y, face.box.width, face.box.height, face.score];
  if (!numbers.concat(...face.landmarks.map(([x, y]) => [x, y])).every(Number.isFinite)) {
    throw invalid(what, 'a box, landmarks and score of finite numbers', face);
  }
  checkEmbedding(face.embedding, { dimension, what });
}

/**
 * @returns the path, normalized
 * @throws GalleryError `INVALID_ARGUMENT` when it is not an absolute path
 */
export function checkPath(path: string): string {
  checkText(path, 'path');
  if (!isAbsolute(path)) {
    throw invalid('path', 'an absolute path', path);
  }
  return normalize(path);
}

/**
 * Text comes back from the database as it went in only if it is valid Unicode without NUL.
 *
 * @throws GalleryError `INVALID_ARGUMENT`
 */
export function checkText(text: string, what: string): void {
  if (typeof text !== 'string' || text === '' || text.includes('\0') || LONE_SURROGATE.test(text)) {
    throw invalid(what, 'non-empty, valid Unicode text without NUL', text);
  }
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function checkNumber(value: number, what: string): void {
  if (!Number.isFinite(value)) {
    throw invalid(what, 'a finite number', value);
  }
}

function checkAmount(value: number, what: string): void {
  if (!Number.isFinite(value) || value < 0) {
    throw invalid(what, 'a number from 0', value);
  }
}

function invalid(what: string, expected: string, received: unknown): GalleryError {
  const shown = JSON.stringify(received) ?? String(received);
  return new GalleryError(
    'INVALID_ARGUMENT',
    `${what}: expected ${expected} but received ${shown.slice(0, 200)}`,
  );
}
