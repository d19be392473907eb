export { type CalibrateOptions, calibrate } from './calibrate.js';
export {
  type ClassifierSource,
  classifyPhotos,
  evaluateClassifiers,
  type PhotoPrediction,
  trainClassifierOn,
} from './classify-photos.js';
export { DEFAULT_K, type EmbeddingAnswer, EmbeddingQueries } from './embedding-queries.js';
export { ERROR_TABLE, type ErrorCode, type ErrorEntry } from './error-table.js';
export {
  type AllPairsEvaluation,
  type EvaluateAllPairsOptions,
  evaluateAllPairsOfPhotos,
} from './evaluate-all-pairs.js';
export {
  type EvaluateIdentificationOptions,
  evaluateIdentificationOfPhotos,
  type IdentificationEvaluation,
} from './evaluate-identification.js';
export {
  type EvaluatePairsOptions,
  evaluatePairsOfPhotos,
  type PairsEvaluation,
} from './evaluate-pairs.js';
export {
  DEFAULT_GALLERY,
  Facedex,
  type FacedexOptions,
  type IdentifyPhotoOptions,
  type PeopleSearchResult,
  type PhotoIdentification,
  type PhotoSearch,
  type Probe,
  type RatedMatch,
  type SearchPeopleOptions,
  type SearchPhotoOptions,
  type SearchResult,
  type Verification,
  type VerifyOptions,
  verify,
} from './facedex.js';
export { FACEDEX_ERROR_CODES, FacedexError, type FacedexErrorCode } from './facedex-error.js';
export type {
  IndexOptions,
  IndexProgress,
  IndexSummary,
  SkippedPhoto,
} from './index-folder.js';
export { FACE_RULES, type FaceRule } from './judge-photo.js';
export { renderComparison } from './picture/render-comparison.js';
export { renderFaces } from './picture/render-faces.js';
export {
  type MissingFaces,
  type ReembedOptions,
  type ReembedSummary,
  reembedGallery,
} from './reembed.js';
