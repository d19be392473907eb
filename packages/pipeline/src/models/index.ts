export { type AddOptions, addModel } from './add-model.js';
export { ALIGNMENTS, type AlignmentName, alignmentOf } from './alignments.js';
export { defaultCacheDirectory } from './cache-directory.js';
export {
  CATALOG,
  type CatalogEntry,
  catalogEntry,
  DEFAULT_MODEL,
  DETECTOR,
  LANDMARKS,
} from './catalog.js';
export { type EmbedderVariant, embedVariants, type FaceInFile } from './embed-variants.js';
export { fetchSource, type PackageFiles, type SourceRequest } from './fetch-source.js';
export {
  type EmbedderCard,
  type ModelCard,
  modelCardSchema,
  type PackageSource,
} from './model-card.js';
export {
  embedderCard,
  findModel,
  type KnownModel,
  type LoadedModel,
  listModels,
  loadModel,
  type ModelStoreOptions,
  removeModel,
} from './model-store.js';
export type { NewCard } from './new-card.js';
export {
  type PulledModel,
  type PullOptions,
  type PullProgress,
  pullModels,
} from './pull-models.js';
export { type ModelCheck, verifyModel } from './verify-model.js';
