/** Every code that a {@link PipelineError} can carry. */
export const PIPELINE_ERROR_CODES = [
  /** There is no file at the photo's path. */
  'PHOTO_NOT_FOUND',
  /** The file is no picture, or a damaged or incomplete one. */
  'UNREADABLE_PHOTO',
  /** The picture has more pixels than are decoded. */
  'PHOTO_TOO_LARGE',
  /** An option is of the wrong type or out of range, or two contradict each other. */
  'INVALID_ARGUMENT',
  /** A network or a worker thread failed; not the photo's fault. */
  'INFERENCE_FAILED',
  /** No model has that id, or it is of another kind. */
  'UNKNOWN_MODEL',
  /** The model has not been pulled yet. */
  'MODEL_MISSING',
  /** The model's file is not the one that its card names. */
  'MODEL_CORRUPT',
  /** The file or card of a model to be added can't be used. */
  'INVALID_MODEL',
  /** A package with weights could not be had: npm is missing, or the registry out of reach. */
  'FETCH_FAILED',
  /** A package with weights is not the one that was pinned, or lacks a file. */
  'PACKAGE_CORRUPT',
  /** A network is damaged, or built in a way that can't be converted to ONNX. */
  'CONVERSION_FAILED',
  /** The cache folder can't be read or written. */
  'CACHE_FAILED',
] as const;

/** What went wrong; branch on this, never on the message. */
export type PipelineErrorCode = (typeof PIPELINE_ERROR_CODES)[number];

/** Every error that this package throws on purpose. */
export class PipelineError extends Error {
  readonly code: PipelineErrorCode;

  constructor(code: PipelineErrorCode, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.name = 'PipelineError';
    this.code = code;
  }
}
