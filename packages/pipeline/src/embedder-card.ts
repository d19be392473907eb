import { CATALOG, catalogEntry, DEFAULT_MODEL } from './models/catalog.js';
import type { EmbedderCard } from './models/model-card.js';
import { PipelineError } from './pipeline-error.js';

/**
 * The card of an embedder.
 *
 * @throws {PipelineError} `UNKNOWN_MODEL` also where the id is that of another kind of model
 */
export function embedderCard(id: string): EmbedderCard {
  const { card } = catalogEntry(id);
  if (card.kind === 'embedder') return card;
  const embedders = CATALOG.filter((entry) => entry.card.kind === 'embedder');
  throw new PipelineError(
    'UNKNOWN_MODEL',
    `${id} is a ${card.kind} model: expected an embedder, such as ${DEFAULT_MODEL} (there are ` +
      `${embedders.map((entry) => entry.card.id).join(', ')})`,
  );
}
