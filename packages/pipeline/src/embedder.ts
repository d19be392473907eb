import { FUSIONS } from './models/fusions.js';
import type { EmbedderCard } from './models/model-card.js';
import { embedderCard, type ModelStoreOptions } from './models/model-store.js';

/** A network of an embedder. */
export interface EmbedderPart {
  /** Id of its model. */
  readonly model: string;
  /** Its share of the embedding, above 0: a part's distances count by the square of its weight. */
  readonly weight: number;
}

/**
 * What makes the embeddings of a pipeline: one network, or several whose embeddings are fused, and
 * how closely they look.
 */
export interface Embedder
  extends Pick<EmbedderCard, 'id' | 'title' | 'space' | 'dimension' | 'thresholds' | 'figures'> {
  /**
   * The embedding is their embeddings, each of unit length and times its weight, one after the
   * other, scaled to unit length.
   */
  readonly parts: readonly EmbedderPart[];
  /** Whether every network also looks at the face's mirror image and takes the mean. */
  readonly mirror: boolean;
}

/**
 * An embedder by its id: a fusion, or a model by itself.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL` also where the id is that of another kind of model;
 * `MODEL_CORRUPT`, `CACHE_FAILED`
 */
export async function findEmbedder(id: string, options: ModelStoreOptions = {}): Promise<Embedder> {
  const fusion = FUSIONS.find((each) => each.id === id);
  if (fusion) return fusion;
  const { title, space, dimension, thresholds, figures } = await embedderCard(id, options);
  const parts = [{ model: id, weight: 1 }];
  return { id, title, space, dimension, thresholds, figures, parts, mirror: false };
}
