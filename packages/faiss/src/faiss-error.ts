/** Every code that a {@link FaissError} can carry. */
export const FAISS_ERROR_CODES = [
  /** The compiled addon is missing or can't be loaded on this machine. */
  'ADDON_UNAVAILABLE',
  /** An argument is of the wrong type or out of range, or an array was transferred away. */
  'INVALID_ARGUMENT',
  /** FAISS can't make an index from this factory string, or not a safe one. */
  'INVALID_FACTORY',
  /** A component is NaN, infinite, or so large (beyond 1e15) that distances would be infinite. */
  'NOT_FINITE',
  /** An id is in the index already, or twice in one batch. */
  'DUPLICATE_ID',
  /** No vector has this id. */
  'ID_NOT_FOUND',
  /** The index has to be trained before this call. */
  'NOT_TRAINED',
  /** There are fewer training vectors than clusters to find. */
  'TRAINING_SET_TOO_SMALL',
  /** This kind of index can't do that. */
  'UNSUPPORTED',
  /** The index was disposed. */
  'DISPOSED',
  /** The file, or the folder to save into, doesn't exist. */
  'FILE_NOT_FOUND',
  /** The file is damaged, incomplete, or not one of ours. */
  'CORRUPT_FILE',
  /** The operating system refused to read or write: disk full, no permission, a folder. */
  'IO_FAILED',
  /** There is not enough memory. */
  'OUT_OF_MEMORY',
  /** FAISS failed for another reason, which the message has. */
  'FAISS_FAILED',
] as const;

/** What went wrong; branch on this, never on the message. */
export type FaissErrorCode = (typeof FAISS_ERROR_CODES)[number];

/** Every error that this package throws. */
export class FaissError extends Error {
  readonly code: FaissErrorCode;

  constructor(code: FaissErrorCode, message: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = 'FaissError';
    this.code = code;
  }
}

/** The error for what the addon threw: with its code where it is one of ours. */
export function toFaissError(error: unknown): FaissError {
  if (error instanceof FaissError) {
    return error;
  }
  const code = FAISS_ERROR_CODES.find((known) => known === (error as { code?: unknown })?.code);
  const message = error instanceof Error ? error.message : String(error);
  return new FaissError(code ?? 'FAISS_FAILED', message, { cause: error });
}
