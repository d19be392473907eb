import { setImmediate } from 'node:timers/promises';
import type { MetadataStore } from '../store/metadata-store.js';
import type { VectorIndex } from './vector-index.js';

/**
 * Faces taken from the store at a time: 8 MB at 512 dimensions. They have to be more than a writer
 * enrols at a time, since they take turns, and whoever replays has to catch up.
 */
const BATCH = 4096;

/** What {@link replay} did. */
export interface Replayed {
  /** The last change that the index has now. */
  change: number;
  /** How many faces the store had then. */
  faces: number;
  /** How many faces were taken out, or were not in. */
  removals: number;
}

/**
 * Brings an index from one state of the store to the present one.
 *
 * @param options.from the last change that the index has
 * @param options.signal looked at before each batch
 * @param options.onAdded told what goes in, before the next batch is read
 * @throws the signal's reason when it is aborted
 */
export async function replay(
  { store, index }: { store: MetadataStore; index: VectorIndex },
  options: {
    from: number;
    signal?: AbortSignal;
    onAdded?: (added: { ids: number[]; embeddings: Float32Array }) => Promise<void>;
  },
): Promise<Replayed> {
  let change = options.from;
  let removals = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const { removed, added, ...batch } = await store.changesSince(change, BATCH);
    if (removed.length > 0) {
      await index.remove(removed);
      removals += removed.length;
    }
    if (added.ids.length > 0) {
      await index.add(added.ids, added.embeddings);
      await options.onAdded?.(added);
    }
    change = batch.change;
    if (batch.faceCount !== undefined) {
      return { change, faces: batch.faceCount, removals };
    }
    // SQLite works on this thread, so others wait while a batch is read.
    await setImmediate();
  }
}
