export { FAISS_ERROR_CODES, FaissError, type FaissErrorCode } from './faiss-error.js';
export { FaissIndex } from './faiss-index.js';
export { faissSimd } from './faiss-simd.js';
export { faissVersion } from './faiss-version.js';
export type { FaissIndexOptions, FaissMetric, SearchOptions, SearchResult } from './options.js';
export type { FaissSimd } from './simd.js';
