export { backupGallery, type GalleryBackup } from './backup/backup-gallery.js';
export { type RestoredGallery, restoreGallery } from './backup/restore-gallery.js';
export { type CheckOptions, checkGallery, type GalleryCheck } from './check/check-gallery.js';
export type { Finding } from './check/finding.js';
export {
  CLASSIFIERS,
  type ClassifierKind,
  type ClassifierModel,
  classify,
  type Prediction,
} from './classify/classifier.js';
export { formatClassifier, parseClassifier, readClassifier } from './classify/classifier-file.js';
export {
  type ClassifierOptions,
  type ClassifierSummary,
  crossValidate,
} from './classify/cross-validate.js';
export { trainClassifier } from './classify/train-classifier.js';
export {
  type ClusterOptions,
  type ClusterRunOptions,
  type ClusterSummary,
  Clusters,
} from './cluster/clusters.js';
export {
  CALIBRATED_RATES,
  CALIBRATION_FILE,
  type CalibratedThreshold,
  type Calibration,
  parseCalibration,
  readCalibration,
} from './decide/calibration.js';
export {
  distanceAtRate,
  type FalseMatchRate,
  falseMatchRate,
  falsePositiveRate,
  type IdentificationThreshold,
  identificationThreshold,
} from './decide/false-match-rate.js';
export {
  type CalibrationData,
  type CalibrationOptions,
  fitCalibration,
  type LabelledPair,
} from './decide/fit-calibration.js';
export {
  type Candidate,
  DEFAULT_MARGIN,
  DEFAULT_TEMPLATES,
  type Identification,
  type IdentifyOptions,
} from './decide/identification.js';
export { countComparisons, TEMPLATES, type Templates } from './decide/templates.js';
export { type Interval, wilsonInterval } from './decide/wilson-interval.js';
export { distanceOfSimilarity, similarityOf } from './distance.js';
export { checkEmbedding, type EmbeddingSpace } from './embedding-space.js';
export { GALLERY_ERROR_CODES, GalleryError, type GalleryErrorCode } from './errors.js';
export {
  type AllPairsSummary,
  evaluateAllPairs,
  type LabelledFace,
} from './evaluate/evaluate-all-pairs.js';
export {
  type Agreement,
  type ClusterFigures,
  evaluateClusters,
} from './evaluate/evaluate-clusters.js';
export {
  evaluateIdentification,
  type IdentificationOptions,
  type IdentificationScores,
  type IdentificationSummary,
  type OpenSetResult,
} from './evaluate/evaluate-identification.js';
export {
  evaluatePairs,
  type PairsOptions,
  type PairsSummary,
  type ScoredPair,
} from './evaluate/evaluate-pairs.js';
export { type FittedThreshold, fitThreshold, type PairScore } from './evaluate/fit-threshold.js';
export { type Pair, type PhotoReference, parsePairs } from './evaluate/parse-pairs.js';
export { type RocPoint, rocCurve } from './evaluate/roc.js';
export type { NamedFace } from './evaluate/visit-pairs.js';
export { exportFaceDb, type FaceDbExport } from './face-db/export-face-db.js';
export type { FaceDbFiles } from './face-db/face-db-files.js';
export { type FaceDbImport, importFaceDb } from './face-db/import-face-db.js';
export type { PeopleSearchOptions, SearchOptions } from './face-search.js';
export { Gallery } from './gallery.js';
export type { GalleryOptions, GalleryStats, IndexStats } from './gallery-options.js';
export type { Match } from './match.js';
export { nameProblem, normalName } from './name.js';
export type { PersonMatch } from './person-match.js';
export {
  type Box,
  type Conflict,
  type EnrolOutcome,
  type FaceInput,
  type LinkOutcome,
  type PathState,
  PHOTO_OUTCOMES,
  type PhotoInput,
  type PhotoOutcome,
  type PhotoSighting,
} from './photo.js';
export { PhotoFiles } from './photo-files.js';
export { Records } from './records.js';
export { type PhotoToReembed, type ReembeddedFace, Reembedding } from './reembed/reembedding.js';
export type { SearchFilter } from './search-filter.js';
export type { Cluster, ClusterFace } from './store/cluster-store.js';
export type {
  FaceRecord,
  Person,
  Removal,
  StoreCounts,
  TagCount,
} from './store/metadata-store.js';
export type {
  ClusterRecord,
  ClustersQuery,
  FaceDetail,
  FacesQuery,
  NewPerson,
  PeopleQuery,
  PersonChange,
  PersonRecord,
  PersonRef,
  PhotoChange,
  PhotoRecord,
  PhotosQuery,
} from './store/record-store.js';
