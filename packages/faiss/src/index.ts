export { type AutoTuneOptions, autoTune, type TunableIndex } from './auto-tune.js';
export { FAISS_ERROR_CODES, FaissError, type FaissErrorCode } from './faiss-error.js';
export { FaissIndex } from './faiss-index.js';
export { FaissReplicas } from './faiss-replicas.js';
export { FaissShards } from './faiss-shards.js';
export { faissVersion } from './faiss-version.js';
export type { IdFilter } from './id-filter.js';
export type { Ids } from './ids.js';
export type { FaissMetric } from './metrics.js';
export type { OperatingPoint, ParameterGrid } from './operating-points.js';
export type {
  CommonSearchOptions,
  FaissIndexOptions,
  RangeSearchOptions,
  RangeSearchResult,
  SearchOptions,
  SearchResult,
} from './options.js';
export type { IndexParameters, SearchParameters } from './parameters.js';
export { maxThreads, setMaxThreads } from './threads.js';
