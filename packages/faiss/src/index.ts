export type {
  BinaryRangeSearchOptions,
  BinaryRangeSearchResult,
  BinarySearchOptions,
  BinarySearchParameters,
  BinarySearchResult,
  FaissBinaryIndexOptions,
} from './binary-options.js';
export { FaissBinaryIndex } from './faiss-binary-index.js';
export { FAISS_ERROR_CODES, FaissError, type FaissErrorCode } from './faiss-error.js';
export { FaissIndex } from './faiss-index.js';
export { faissVersion } from './faiss-version.js';
export type { FaissIndexOptions, FaissMetric, SearchOptions, SearchResult } from './options.js';
