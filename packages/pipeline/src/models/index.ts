export { defaultCacheDirectory } from './cache-directory.js';
export {
  CATALOG,
  type CatalogEntry,
  catalogEntry,
  DEFAULT_MODEL,
  DETECTOR,
  LANDMARKS,
} from './catalog.js';
export { fetchPackage, type PackageFiles, type PackageRequest } from './fetch-package.js';
export { type EmbedderCard, type ModelCard, modelCardSchema } from './model-card.js';
export {
  type LoadedModel,
  loadModel,
  type PulledModel,
  type PullOptions,
  type PullProgress,
  pullModels,
} from './model-store.js';
