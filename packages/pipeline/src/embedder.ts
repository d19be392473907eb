import type { Effort } from './effort.js';
import type { EmbedderCard } from './models/model-card.js';
import { embedderCard, type ModelStoreOptions } from './models/model-store.js';
import { PRESET_EMBEDDERS } from './preset-embedders.js';

/** A network of an embedder. */
export interface EmbedderPart {
  /** Id of its model. */
  readonly model: string;
  /** Its share of the squared distances, above 0; only the proportions of the weights count. */
  readonly weight: number;
}

/**
 * What makes the embeddings of a pipeline: one network, or several whose embeddings are fused, and
 * how closely they look.
 */
export interface Embedder
  extends Pick<EmbedderCard, 'id' | 'title' | 'space' | 'dimension' | 'thresholds'> {
  /**
   * Their embeddings, each scaled to the square root of its weight, lie one after the other, and
   * the whole has unit length.
   */
  readonly parts: readonly EmbedderPart[];
  /** Whether every network also looks at the face's mirror image and takes the mean. */
  readonly mirror: boolean;
  /** How closely the pipeline looks for faces and their landmarks. */
  readonly effort: Effort;
}

const DEFAULT_LOOK = { mirror: false, effort: 'steady' } as const;

/**
 * An embedder by its id: that of a preset, or a model by itself.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL` also where the id is that of another kind of model;
 * `MODEL_CORRUPT`, `CACHE_FAILED`
 */
export async function findEmbedder(id: string, options: ModelStoreOptions = {}): Promise<Embedder> {
  const own = PRESET_EMBEDDERS.find((each) => each.id === id);
  if (own) return own;
  const { title, space, dimension, thresholds } = await embedderCard(id, options);
  const parts = [{ model: id, weight: 1 }];
  return { id, title, space, dimension, thresholds, parts, ...DEFAULT_LOOK };
}
