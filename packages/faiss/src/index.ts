export { FAISS_ERROR_CODES, FaissError, type FaissErrorCode } from './faiss-error.js';
export {
  FaissIndex,
  type FaissIndexOptions,
  type FaissMetric,
  type SearchOptions,
  type SearchResult,
} from './faiss-index.js';
export { faissVersion } from './faiss-version.js';
