export { type AutoTuneOptions, autoTune, type TunableIndex } from './auto-tune.js';
export type {
  BinaryRangeSearchOptions,
  BinaryRangeSearchResult,
  BinarySearchOptions,
  BinarySearchParameters,
  BinarySearchResult,
  FaissBinaryIndexOptions,
} from './binary-options.js';
export type { DistanceOptions } from './distance-options.js';
export { FaissBinaryIndex } from './faiss-binary-index.js';
export { FAISS_ERROR_CODES, FaissError, type FaissErrorCode } from './faiss-error.js';
export { FaissIndex } from './faiss-index.js';
export { FaissReplicas } from './faiss-replicas.js';
export { FaissShards } from './faiss-shards.js';
export { faissSimd } from './faiss-simd.js';
export { faissVersion } from './faiss-version.js';
export type { IdFilter } from './id-filter.js';
export type { Ids } from './ids.js';
export { kmeans } from './kmeans.js';
export type { KmeansOptions, KmeansResult } from './kmeans-options.js';
export { type KnnOptions, knn } from './knn.js';
export type { LoadOptions } from './load-options.js';
export { type FaissMetric, largerIsCloser } from './metrics.js';
export type { OperatingPoint, ParameterGrid } from './operating-points.js';
export type {
  CommonSearchOptions,
  FaissIndexOptions,
  RangeSearchOptions,
  RangeSearchResult,
  SearchOptions,
  SearchResult,
} from './options.js';
export { pairwiseDistances } from './pairwise-distances.js';
export type { IndexParameters, SearchParameters } from './parameters.js';
export type { FaissSimd } from './simd.js';
export { maxThreads, setMaxThreads } from './threads.js';
export { VectorTransform, type VectorTransformOptions } from './vector-transform.js';
