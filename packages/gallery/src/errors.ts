/** Every code that a {@link GalleryError} can carry. */
export const GALLERY_ERROR_CODES = [
  /** An argument is of the wrong type, out of range, or the wrong kind of path. */
  'INVALID_ARGUMENT',
  /** An embedding has the wrong dimension, a value that is not finite, or is not of unit length. */
  'INVALID_EMBEDDING',
  /** A file to be read (faceDB.json, person.json, a pairs list) is not in its format. */
  'INVALID_FILE',
  /** The file that is to be written is there already. */
  'FILE_EXISTS',
  /** The directory that a backup is to be restored into holds a gallery. */
  'GALLERY_EXISTS',
  /** The directory holds no gallery. */
  'NO_GALLERY',
  /** The path of the gallery is a file. */
  'NOT_A_DIRECTORY',
  /** The gallery is tied to another embedding space. */
  'WRONG_SPACE',
  /** The gallery was written by another version of facedex. */
  'UNSUPPORTED_VERSION',
  /** Another writer has the gallery open. */
  'LOCKED',
  /** A change was asked of a gallery that was opened for reading. */
  'READ_ONLY',
  /** The gallery has been closed. */
  'CLOSED',
  /** The database is damaged; nothing was overwritten. */
  'CORRUPT_DATABASE',
  /** The disk or the operating system refused: full, read-only, no permission. */
  'STORAGE_FAILED',
  /** No such person is in the gallery. */
  'UNKNOWN_PERSON',
  /** Somebody in the gallery has that name. */
  'PERSON_EXISTS',
  /** No such photo is in the gallery. */
  'UNKNOWN_PHOTO',
  /** No face with that id is in the gallery. */
  'UNKNOWN_FACE',
  /** No cluster with that id is in the gallery. */
  'UNKNOWN_CLUSTER',
] as const;

/** What went wrong; branch on this, never on the message. */
export type GalleryErrorCode = (typeof GALLERY_ERROR_CODES)[number];

/** Every error that this package throws on purpose. */
export class GalleryError extends Error {
  readonly code: GalleryErrorCode;

  constructor(code: GalleryErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'GalleryError';
    this.code = code;
  }
}

/** Names no path: a server passes it on to those who ask again. */
export function galleryClosed(): GalleryError {
  return new GalleryError('CLOSED', 'the gallery was closed meanwhile: open it and ask again');
}
