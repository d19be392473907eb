/** Every code that a {@link FacedexError} can carry. */
export const FACEDEX_ERROR_CODES = [
  /** No face was found in a photo that has to have one. */
  'NO_FACE',
  /** The folder to index is not there, or is a file. */
  'FOLDER_NOT_FOUND',
  /** The folder to index has no photos. */
  'NO_PHOTOS',
  /** A file that was named is not there. */
  'FILE_NOT_FOUND',
  /** A photo that a pairs file names is not there. */
  'PHOTO_MISSING',
  /** The model's card has no threshold at the false match rate that is needed. */
  'NO_THRESHOLD',
  /** An argument is missing or contradicts another one. */
  'INVALID_ARGUMENT',
  /** A picture was asked for in a format that is not written. */
  'UNSUPPORTED_PICTURE_FORMAT',
  /** A file could not be written. */
  'CANNOT_WRITE',
] as const;

/** What went wrong; branch on this, never on the message. */
export type FacedexErrorCode = (typeof FACEDEX_ERROR_CODES)[number];

/** Every error that this package throws on purpose. */
export class FacedexError extends Error {
  readonly code: FacedexErrorCode;

  constructor(code: FacedexErrorCode, message: string) {
    super(message);
    this.name = 'FacedexError';
    this.code = code;
  }
}
