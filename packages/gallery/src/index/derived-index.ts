import type { EmbeddingSpace } from '../embedding-space.js';
import { Mutex } from '../mutex.js';
import type { GalleryRecord, MetadataStore } from '../store/metadata-store.js';
import type { Neighbour, VectorIndex } from './vector-index.js';

/** Faces taken from the store at a time: 8 MB at 512 dimensions. */
const REPLAY_FACES = 4096;
/** No state of the store: the index has to be built from nothing. */
const UNKNOWN_CHANGE = -1;

/**
 * Keeps a vector index equal to the store. The index learns from the store only, by replaying the
 * changes that it has not seen: after an enrolment, on opening, and in a reader when the writer has
 * gone on. So there is one path by which a vector gets in or out, and it is the one that repairs.
 */
export class DerivedIndex implements AsyncDisposable {
  readonly #store: MetadataStore;
  readonly #index: VectorIndex;
  readonly #galleryId: string;
  readonly #space: EmbeddingSpace;
  readonly #onNotice: (message: string) => void;
  readonly #mutex = new Mutex();
  #change = UNKNOWN_CHANGE;
  #savedChange = UNKNOWN_CHANGE;

  constructor(options: {
    store: MetadataStore;
    index: VectorIndex;
    gallery: GalleryRecord;
    onNotice: (message: string) => void;
  }) {
    this.#store = options.store;
    this.#index = options.index;
    this.#galleryId = options.gallery.id;
    this.#space = options.gallery.space;
    this.#onNotice = options.onNotice;
  }

  /**
   * Loads the snapshot and replays what it lacks, or rebuilds it where it is of no use. When that
   * fails, the index is disposed of.
   */
  async open(): Promise<void> {
    try {
      const lastChange = await this.#store.lastChange();
      const problem = await this.#load(lastChange);
      if (problem !== undefined && lastChange > 0) {
        this.#onNotice(`the index snapshot ${problem}; rebuilding the index from the database`);
      }
      await this.#replay();
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Replays the changes that the index has not seen. Cheap when there are none. */
  async catchUp(): Promise<void> {
    await this.#mutex.run(async () => {
      if (this.#change !== (await this.#store.lastChange())) {
        await this.#replay();
      }
    });
  }

  /** Writes the snapshot unless the saved one is up to date. */
  async save(): Promise<void> {
    await this.catchUp();
    await this.#mutex.run(async () => {
      if (this.#savedChange !== this.#change) {
        const change = this.#change;
        await this.#index.save({ galleryId: this.#galleryId, spaceId: this.#space.id, change });
        this.#savedChange = change;
      }
    });
  }

  async search(queries: Float32Array, k: number): Promise<Neighbour[][]> {
    return this.#index.search(queries, k);
  }

  async size(): Promise<number> {
    return this.#index.size();
  }

  async info(): Promise<{ factory: string; size: number; fileBytes: number }> {
    return this.#index.info();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#mutex.run(async () => this.#index[Symbol.asyncDispose]());
  }

  /** @returns what is wrong with the snapshot */
  async #load(lastChange: number): Promise<string | undefined> {
    const loaded = await this.#index.load();
    if (loaded.state !== 'loaded') {
      return loaded.state === 'missing' ? 'is missing' : `cannot be used (${loaded.reason})`;
    }
    const { galleryId, spaceId, change } = loaded.stamp;
    if (galleryId !== this.#galleryId || spaceId !== this.#space.id) {
      return 'belongs to another gallery';
    }
    if (change > lastChange) {
      return `is newer than the database (change ${change}, not ${lastChange})`;
    }
    this.#change = change;
    this.#savedChange = change;
    return undefined;
  }

  async #replay(): Promise<void> {
    try {
      const size = await this.#replayFrom(this.#change);
      const indexed = await this.#index.size();
      if (size !== indexed) {
        this.#onNotice(
          `the index holds ${indexed} faces but the database ${size}; rebuilding the index`,
        );
        await this.#replayFrom(UNKNOWN_CHANGE);
      }
    } catch (error) {
      // Half a batch may be in: only a fresh start is certain to be right.
      this.#change = UNKNOWN_CHANGE;
      throw error;
    }
  }

  /** @returns how many faces the store has */
  async #replayFrom(start: number): Promise<number> {
    if (start === UNKNOWN_CHANGE) {
      await this.#index.clear();
    }
    let change = Math.max(start, 0);
    for (;;) {
      const batch = await this.#store.changesSince(change, REPLAY_FACES);
      if (batch.removed.length > 0) {
        await this.#index.remove(batch.removed);
      }
      if (batch.added.ids.length > 0) {
        await this.#index.add(batch.added.ids, batch.added.embeddings);
      }
      change = batch.change;
      if (batch.faceCount !== undefined) {
        this.#change = change;
        return batch.faceCount;
      }
    }
  }
}
