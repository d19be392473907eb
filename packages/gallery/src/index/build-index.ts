import type { MetadataStore } from '../store/metadata-store.js';
import type { IndexChoice } from './choose-index.js';
import { ExactNeighbours } from './exact-neighbours.js';
import { replay } from './replay.js';
import type { IndexBuild, IndexHome, SearchSettings, VectorIndex } from './vector-index.js';

/** An index with what is known of it. */
export interface BuiltIndex {
  index: VectorIndex;
  build: IndexBuild;
  /** The last change of the store that it has. */
  change: number;
  /** How many faces the store had then. */
  faces: number;
}

/** The share of the true ten nearest faces that a search should find. */
const RECALL_TARGET = 0.99;
/** Recall is measured with so many neighbours; with fewer, no fewer candidates are looked at. */
export const RECALL_K = 10;
/** The standard error of a recall of 0.99 is then about 0.002. */
const PROBES = 256;
const EXACT: SearchSettings = { parameters: {}, candidates: 1, recall: undefined };

/**
 * Makes an index of all faces of the store, beside the one in use: learns from a sample, adds them
 * batch by batch, and tunes it until it finds {@link RECALL_TARGET} of what an exact search finds.
 * Where there are too few faces to learn from it compares all. Changes that are made meanwhile are
 * in as well, but for the last ones.
 *
 * @throws GalleryError `INVALID_ARGUMENT` where there is no such kind of index
 * @throws the signal's reason when it is aborted
 */
export async function buildIndex(
  parts: { store: MetadataStore; home: IndexHome; dimension: number },
  { choice, signal }: { choice: IndexChoice; signal: AbortSignal },
): Promise<BuiltIndex> {
  const { store, home } = parts;
  const learner = home.create(choice.factory);
  if (!(await learned(learner, store))) {
    await learner[Symbol.asyncDispose]();
    const why = `too few faces to learn ${choice.factory} from (${choice.why})`;
    return fill(home.create('Flat'), parts, { choice: { ...choice, why }, signal });
  }
  return fill(learner, parts, { choice, signal });
}

/** The index is disposed of when this throws. */
async function fill(
  index: VectorIndex,
  { store, dimension }: { store: MetadataStore; dimension: number },
  { choice, signal }: { choice: IndexChoice; signal: AbortSignal },
): Promise<BuiltIndex> {
  try {
    const isExact = index.factory === 'Flat';
    const probes = await store.sampleFaces(isExact ? 0 : PROBES);
    const truth = new ExactNeighbours(probes, { dimension, k: RECALL_K });
    const { change, faces } = await replay(
      { store, index },
      { from: 0, signal, onAdded: ({ ids, embeddings }) => truth.add(ids, embeddings) },
    );
    const ids = truth.ids();
    const search = ids.some((id) => id >= 0)
      ? await index.tune(
          { probes: probes.embeddings, truth: ids },
          { target: RECALL_TARGET, signal },
        )
      : EXACT;
    const build = { wanted: choice.factory, why: choice.why, faces, search };
    return { index, build, change, faces };
  } catch (error) {
    await index[Symbol.asyncDispose]();
    throw error;
  }
}

async function learned(index: VectorIndex, store: MetadataStore): Promise<boolean> {
  if (index.isTrained) {
    return true;
  }
  const sample = await store.sampleFaces(index.sampleSize);
  return sample.ids.length > 0 && index.train(sample.embeddings);
}
