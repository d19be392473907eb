import { FaissError, type FaissErrorCode } from '@facedex/faiss';
import { GalleryError, type GalleryErrorCode } from '@facedex/gallery';
import { PipelineError, type PipelineErrorCode } from '@facedex/pipeline';
import { FacedexError, type FacedexErrorCode } from './facedex-error.js';

/** Every code that facedex's packages throw. */
export type ErrorCode = FaissErrorCode | GalleryErrorCode | PipelineErrorCode | FacedexErrorCode;

/** What an error means to a caller outside of the process. */
export interface ErrorEntry {
  /** Of the command line: 1 a fault of facedex or the machine, 2 bad input, 3 try again later. */
  readonly exitCode: 1 | 2 | 3;
  /** Of an HTTP answer. */
  readonly status: number;
  readonly meaning: string;
}

const bad = (status: number, meaning: string): ErrorEntry => ({ exitCode: 2, status, meaning });
const fault = (meaning: string): ErrorEntry => ({ exitCode: 1, status: 500, meaning });

/** Every code with its exit code and HTTP status; the type checker keeps it complete. */
export const ERROR_TABLE: Readonly<Record<ErrorCode, ErrorEntry>> = {
  // facedex
  NO_FACE: bad(422, 'No face was found in the query photo.'),
  FOLDER_NOT_FOUND: bad(404, 'The folder to index is not there.'),
  NO_PHOTOS: bad(422, 'The folder to index has no photos.'),
  FILE_NOT_FOUND: bad(404, 'A file that was named is not there.'),
  PHOTO_MISSING: bad(422, 'A photo that a pairs file names is not there.'),
  NO_THRESHOLD: bad(422, 'The model has no threshold at the false match rate that is needed.'),
  UNSUPPORTED_PICTURE_FORMAT: bad(415, 'A picture was asked for in a format that is not written.'),
  CANNOT_WRITE: bad(507, 'A file could not be written.'),
  LOW_QUALITY: bad(422, 'The face is too poor to be enrolled.'),
  SEVERAL_FACES: bad(422, 'The photo shows several faces, and that was to be refused.'),
  ALREADY_ENROLLED: bad(409, 'The same photo is enrolled for somebody else.'),
  UNKNOWN_JOB: bad(404, 'No job has that id.'),
  UNKNOWN_KEY: bad(404, 'No API key has that id.'),
  KEYS_UNREADABLE: bad(500, 'The file of API keys is damaged or unreadable: nobody is let in.'),
  NO_CLASSIFIER: bad(409, 'The gallery has no classifier: start a train job.'),
  NO_PICTURE: bad(404, "The photo's file was not kept, or is gone."),
  UNAUTHENTICATED: bad(401, 'The API key is missing or not valid.'),
  FORBIDDEN: bad(403, 'The key may not do that, or not in that gallery.'),
  NOT_FOUND: bad(404, 'Nothing is at that path.'),
  METHOD_NOT_ALLOWED: bad(405, 'The path has no such method.'),
  BODY_TOO_LARGE: bad(413, 'The request is larger than is taken.'),
  UNSUPPORTED_MEDIA_TYPE: bad(415, "The request's body is of a kind that is not taken."),
  IDEMPOTENCY_MISMATCH: bad(422, 'The idempotency key was used for another request.'),
  TOO_MANY_REQUESTS: { exitCode: 3, status: 429, meaning: 'Too many requests: come again later.' },
  OVERLOADED: { exitCode: 3, status: 503, meaning: 'There is more to do than can be done soon.' },
  // pipeline
  PHOTO_NOT_FOUND: bad(404, 'The photo is not there.'),
  UNREADABLE_PHOTO: bad(422, 'The file is no picture, or a damaged or incomplete one.'),
  PHOTO_TOO_LARGE: bad(413, 'The picture has more pixels than are decoded.'),
  INFERENCE_FAILED: fault('A network or a worker thread failed.'),
  UNKNOWN_MODEL: bad(404, 'No model has that id, or it is of another kind.'),
  MODEL_MISSING: bad(503, 'The model has not been pulled: facedex models pull.'),
  MODEL_CORRUPT: bad(500, "The model's file is not the right one: facedex models pull."),
  INVALID_MODEL: bad(422, "The file or card of a model to be added can't be used."),
  FETCH_FAILED: bad(502, 'A package with weights could not be fetched.'),
  PACKAGE_CORRUPT: bad(502, 'A package with weights is not the one that was pinned.'),
  CACHE_FAILED: bad(507, 'The folder of the models could not be read or written.'),
  CONVERSION_FAILED: fault('A network could not be converted to ONNX.'),
  // gallery
  INVALID_ARGUMENT: bad(400, 'An argument is of the wrong type or out of range.'),
  INVALID_EMBEDDING: bad(400, 'An embedding has the wrong dimension, length or values.'),
  INVALID_FILE: bad(400, 'A file to be read is not in its format.'),
  FILE_EXISTS: bad(409, 'The file that is to be written is there already.'),
  GALLERY_EXISTS: bad(409, 'There is a gallery already.'),
  NO_GALLERY: bad(404, 'There is no such gallery.'),
  NOT_A_DIRECTORY: bad(409, 'The path of the gallery is a file.'),
  WRONG_SPACE: bad(409, 'The gallery was made with another model.'),
  UNSUPPORTED_VERSION: bad(409, 'The gallery was written by another version of facedex.'),
  LOCKED: { exitCode: 3, status: 423, meaning: 'Another process is writing to the gallery.' },
  READ_ONLY: fault('A change was asked of a gallery that was opened for reading.'),
  CLOSED: { exitCode: 3, status: 503, meaning: 'The gallery has been closed, or is opened anew.' },
  CORRUPT_DATABASE: bad(500, 'The database is damaged; nothing was overwritten.'),
  STORAGE_FAILED: bad(507, 'The disk or the operating system refused.'),
  UNKNOWN_PERSON: bad(404, 'No such person is in the gallery.'),
  PERSON_EXISTS: bad(409, 'Somebody in the gallery has that name.'),
  UNKNOWN_PHOTO: bad(404, 'No such photo is in the gallery.'),
  UNKNOWN_FACE: bad(404, 'No face with that id is in the gallery.'),
  UNKNOWN_CLUSTER: bad(404, 'No cluster with that id is in the gallery.'),
  // faiss
  ADDON_UNAVAILABLE: fault('The FAISS addon is missing or cannot be loaded.'),
  INVALID_FACTORY: bad(400, 'FAISS cannot make an index from that factory string.'),
  NOT_FINITE: bad(400, 'A vector has a component that is NaN or infinite.'),
  DUPLICATE_ID: fault('A vector with that id is in the index already.'),
  ID_NOT_FOUND: fault('No vector has that id.'),
  NOT_TRAINED: fault('The index has to be trained first.'),
  TRAINING_SET_TOO_SMALL: bad(422, 'There are too few vectors to train the index.'),
  UNSUPPORTED: bad(422, 'That kind of index cannot do that.'),
  DISPOSED: fault('The index was disposed.'),
  CORRUPT_FILE: fault('An index file is damaged.'),
  IO_FAILED: bad(507, 'The operating system refused to read or write.'),
  OUT_OF_MEMORY: fault('There is not enough memory.'),
  FAISS_FAILED: fault('FAISS failed.'),
};

const CLASSES = [FacedexError, PipelineError, GalleryError, FaissError] as const;

/** An error as it is told to people and programs: unexpected ones come with their stack. */
export function describeError(error: unknown): { code: string; message: string } {
  if (isOurs(error)) return { code: error.code, message: error.message };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: 'UNEXPECTED', message: `a fault of facedex, please report it: ${message}` };
}

/** The code of an error of ours. */
export function errorCodeOf(error: unknown): ErrorCode | undefined {
  return isOurs(error) ? error.code : undefined;
}

/** The exit code of the command line for an error. */
export function exitCodeOf(error: unknown): number {
  return isOurs(error) ? ERROR_TABLE[error.code].exitCode : 1;
}

function isOurs(error: unknown): error is Error & { readonly code: ErrorCode } {
  return CLASSES.some((type) => error instanceof type);
}
