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
  /** The photo's face is too poor to be enrolled. */
  'LOW_QUALITY',
  /** The photo shows several faces, and that was to be refused. */
  'SEVERAL_FACES',
  /** The same photo is enrolled for somebody else. */
  'ALREADY_ENROLLED',
  /** No job has that id. */
  'UNKNOWN_JOB',
  /** No API key has that id. */
  'UNKNOWN_KEY',
  /** The file of API keys is damaged, or can't be read. */
  'KEYS_UNREADABLE',
  /** The gallery has no classifier. */
  'NO_CLASSIFIER',
  /** The photo's file was not kept, or is gone. */
  'NO_PICTURE',
  /** The key is missing or not valid. */
  'UNAUTHENTICATED',
  /** The key may not do that, or not in that gallery. */
  'FORBIDDEN',
  /** Nothing is at that path. */
  'NOT_FOUND',
  /** The path has no such method. */
  'METHOD_NOT_ALLOWED',
  /** The request is larger than is taken. */
  'BODY_TOO_LARGE',
  /** The request's body is of a kind that is not taken. */
  'UNSUPPORTED_MEDIA_TYPE',
  /** The idempotency key was used for another request. */
  'IDEMPOTENCY_MISMATCH',
  /** There were too many requests from there. */
  'TOO_MANY_REQUESTS',
  /** There is more to do than can be done soon. */
  'OVERLOADED',
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
