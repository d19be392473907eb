import type { Embedder, EmbedderPart } from './embedder.js';
import type { FusedPart } from './fused-embedder.js';
import type { LandmarkInput } from './landmark-finder.js';
import { DETECTOR, LANDMARKS, LIVENESS, REFINER, VERIFIER } from './models/catalog.js';
import { embedderCard, loadModel, type ModelStoreOptions } from './models/model-store.js';
import type { ChannelScale } from './normalise.js';

/** The files of the networks that a pipeline needs, and what they want to see. */
export interface NetworkFiles {
  readonly detector: { readonly path: string; readonly scale: ChannelScale };
  readonly verifier: { readonly path: string; readonly scale: ChannelScale };
  readonly landmarks: { readonly path: string; readonly input: LandmarkInput };
  /** Absent where landmarks are not refined. */
  readonly refiner: { readonly path: string; readonly scale: ChannelScale } | undefined;
  /** Absent where liveness isn't judged. */
  readonly liveness: { readonly path: string; readonly scale: ChannelScale } | undefined;
  readonly embedder: readonly FusedPart[];
}

/**
 * Finds the files of the networks for an embedder, and checks them.
 *
 * @throws {PipelineError} `MODEL_MISSING`, `MODEL_CORRUPT`, `CACHE_FAILED`
 */
export async function locateNetworks(
  embedder: Embedder,
  { liveness, ...where }: ModelStoreOptions & { readonly liveness: boolean },
): Promise<NetworkFiles> {
  const [detector, verifier, landmarks, refiner, judge, ...parts] = await Promise.all([
    loadModel(DETECTOR, where),
    loadModel(VERIFIER, where),
    loadModel(LANDMARKS, where),
    embedder.effort === 'thorough' ? loadModel(REFINER, where) : undefined,
    liveness ? loadModel(LIVENESS, where) : undefined,
    ...embedder.parts.map((part) => loadPart(part, embedder, where)),
  ]);
  return {
    detector: { path: detector.path, scale: detector.card.input },
    verifier: { path: verifier.path, scale: verifier.card.input },
    landmarks: {
      path: landmarks.path,
      input: { scale: landmarks.card.input, effort: embedder.effort },
    },
    refiner: refiner && { path: refiner.path, scale: refiner.card.input },
    liveness: judge && { path: judge.path, scale: judge.card.input },
    embedder: parts,
  };
}

async function loadPart(
  { model, weight }: EmbedderPart,
  { mirror }: Embedder,
  where: ModelStoreOptions,
): Promise<FusedPart> {
  const { alignment, dimension, input } = await embedderCard(model, where);
  const { path } = await loadModel(model, where);
  const { colourOrder } = input;
  return { path, weight, input: { ...alignment, colourOrder, scale: input, dimension, mirror } };
}
