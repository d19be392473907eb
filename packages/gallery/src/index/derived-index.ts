import { galleryClosed } from '../errors.js';
import { Mutex } from '../mutex.js';
import type { GalleryRecord, MetadataStore } from '../store/metadata-store.js';
import { type BuiltIndex, buildIndex, RECALL_K } from './build-index.js';
import { chooseIndex, type IndexChoice, isOutgrown } from './choose-index.js';
import { replay } from './replay.js';
import { rerank } from './rerank.js';
import type { IndexBuild, IndexHome, IndexInfo, Neighbour } from './vector-index.js';

/** No snapshot that is of use. */
const NEVER = -1;
/** More candidates for a large k would be read from the store than help. */
const MAX_EXTRA_CANDIDATES = 1000;
/** How long after a removal a snapshot is written anew, at least. */
const SNAPSHOT_DELAY_MS = 5000;

export interface DerivedIndexOptions {
  store: MetadataStore;
  home: IndexHome;
  gallery: GalleryRecord;
  /** Only a writer keeps snapshots and moves to another kind of index. */
  isWriter: boolean;
  /** What the index may take; default half of what is free. */
  memoryBytes?: number | undefined;
  onNotice: (message: string) => void;
}

/**
 * Keeps a vector index equal to the store. The index learns from the store only, by replaying the
 * changes that it has not seen: after an enrolment, on opening, and in a reader when the writer has
 * gone on. So there is one path by which a vector gets in or out, and it is the one that repairs.
 *
 * In a writer, the index moves to another kind in the background when the gallery has outgrown it:
 * the next one is built beside it, catches up, and takes its place at once.
 */
export class DerivedIndex implements AsyncDisposable {
  readonly #options: DerivedIndexOptions;
  readonly #store: MetadataStore;
  readonly #mutex = new Mutex();
  /** Undefined before opening, and after a failure: half a batch may be in it. */
  #current: BuiltIndex | undefined;
  #savedChange = NEVER;
  #wanted = 'auto';
  #move: Promise<void> | undefined;
  /** With so many faces a move failed; it is tried again with twice as many. */
  #failedFaces = 0;
  #snapshotTimer: NodeJS.Timeout | undefined;
  /** How long the last snapshot in the background took. */
  #saveMs = 0;
  readonly #closing = new AbortController();
  readonly #memoryBytes: number;

  constructor(options: DerivedIndexOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#memoryBytes = options.memoryBytes ?? process.availableMemory() / 2;
  }

  /**
   * Loads the snapshot and replays what it lacks, or rebuilds it where it is of no use. When that
   * fails, the index is disposed of.
   *
   * @throws GalleryError `INVALID_ARGUMENT` where the kind that is wanted does not exist
   */
  async open(): Promise<void> {
    try {
      this.#wanted = await this.#store.indexKind();
      const lastChange = await this.#store.lastChange();
      const problem = await this.#load(lastChange);
      if (problem !== undefined) {
        this.#notice(`the index snapshot ${problem}; rebuilding the index from the database`);
      }
      await this.#replay();
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Replays the changes that the index has not seen. Cheap when there are none.
   *
   * @returns the last change that it has
   */
  async catchUp(): Promise<number> {
    // Not behind a snapshot that is being written, unless there is something to do.
    if (this.#current?.change !== (await this.#store.lastChange())) {
      await this.#mutex.run(async () => {
        if (this.#current?.change !== (await this.#store.lastChange())) {
          await this.#replay();
        }
      });
    }
    return this.#present().change;
  }

  /**
   * Writes the snapshot unless the saved one is up to date. What was removed is not in it: an index that
   * still stores it is built anew beside the one in use first.
   *
   * @param options.isLast whether nobody will search any more: the index is then compacted in place,
   *   which is faster
   */
  async save({ isLast = false } = {}): Promise<void> {
    await this.catchUp();
    if (!isLast && (await this.#present().index.info()).holes > 0) {
      await this.#rebuild(await this.#choose());
    }
    await this.#mutex.run(async () => {
      const { index, build, change } = this.#present();
      if (this.#savedChange !== change) {
        if (isLast) {
          await index.compact();
        }
        const { holes } = await index.info();
        if (holes > 0) {
          // Removed meanwhile: the timer that this set brings us back.
          return;
        }
        if (!(await this.#store.isCurrent())) {
          // Whoever has replaced the gallery has an index of their own there.
          return;
        }
        const { id: galleryId, space } = this.#options.gallery;
        await this.#options.home.save(index, { galleryId, spaceId: space.id, change, build });
        this.#savedChange = change;
      }
    });
  }

  /** Waits until the index has moved to another kind, if that is under way or due. */
  async settle(): Promise<void> {
    await this.catchUp();
    await this.#considerMove();
    await this.#move;
  }

  /** For each query the nearest `k`, nearest first; of `only` these ids (ascending), if given. */
  async search(
    queries: Float32Array,
    { k, only }: { k: number; only?: readonly number[] },
  ): Promise<Neighbour[][]> {
    const { index, build } = this.#present();
    const filter = only === undefined ? {} : { only };
    if (index.isLossless) {
      return index.search(queries, { k, ...filter });
    }
    const wanted = Math.max(k, RECALL_K) * build.search.candidates;
    const candidates = await index.search(queries, {
      k: Math.min(wanted, k + MAX_EXTRA_CANDIDATES),
      ...filter,
    });
    const { dimension } = this.#options.gallery.space;
    return rerank(this.#store, candidates, { queries, dimension, k });
  }

  async size(): Promise<number> {
    return this.#present().index.size();
  }

  async info(): Promise<IndexInfo & { factory: string; build: IndexBuild; fileBytes: number }> {
    const { index, build, faces } = this.#present();
    const [info, fileBytes, choice] = await Promise.all([
      index.info(),
      this.#options.home.sizeBytes(),
      this.#choose(),
    ]);
    const { wanted } = build;
    const isRight =
      index.factory === wanted &&
      !isOutgrown({ wanted, builtFaces: build.faces, faces, holes: info.holes }, choice);
    // Of a kind that is right, today's reason; else the one for which it was built.
    const why = isRight ? choice.why : build.why;
    return { ...info, factory: index.factory, build: { ...build, why }, fileBytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#snapshotTimer);
    await this.#move;
    await this.#mutex.run(() => this.#drop());
  }

  /** @returns what is wrong with the snapshot */
  async #load(lastChange: number): Promise<string | undefined> {
    const loaded = await this.#options.home.load();
    if (loaded.state === 'missing') {
      if (this.#options.isWriter) {
        // Half of one may be there, of a process that was killed: with who was removed since.
        await this.#options.home.discard();
      }
      return lastChange === 0 ? undefined : 'is missing';
    }
    if (loaded.state === 'unusable') {
      return `cannot be used (${loaded.reason})`;
    }
    const { index, stamp } = loaded;
    const { galleryId, spaceId, change, build } = stamp;
    const { id, space } = this.#options.gallery;
    const isOurs = galleryId === id && spaceId === space.id;
    if (!isOurs || change > lastChange) {
      await index[Symbol.asyncDispose]();
      return isOurs
        ? `is newer than the database (change ${change}, not ${lastChange})`
        : 'belongs to another gallery';
    }
    this.#current = { index, build, change, faces: build.faces };
    this.#savedChange = change;
    return undefined;
  }

  async #replay(): Promise<void> {
    try {
      this.#current ??= await this.#buildAnew();
      const removals = await this.#replayInto(this.#current);
      const { index, faces } = this.#current;
      const indexed = await index.size();
      if (indexed !== faces) {
        this.#notice(
          `the index holds ${indexed} faces but the database ${faces}; rebuilding the index`,
        );
        await this.#drop();
        this.#current = await this.#buildAnew();
      }
      if (removals > 0) {
        await this.#forgetSnapshot();
      }
    } catch (error) {
      // Half a batch may be in: only a fresh start is certain to be right.
      await this.#drop();
      throw error;
    }
    await this.#considerMove();
  }

  /** @returns how many faces were removed */
  async #replayInto(current: BuiltIndex): Promise<number> {
    const { index } = current;
    const done = await replay({ store: this.#store, index }, { from: current.change });
    current.change = done.change;
    current.faces = done.faces;
    return done.removals;
  }

  async #buildAnew(choice?: IndexChoice): Promise<BuiltIndex> {
    const { store, home, gallery } = this.#options;
    return buildIndex(
      { store, home, dimension: gallery.space.dimension },
      { choice: choice ?? (await this.#choose()), signal: this.#closing.signal },
    );
  }

  async #choose(): Promise<IndexChoice> {
    const current = this.#current;
    const faces = current?.faces ?? (await this.#store.faceCount());
    const change = current?.change ?? (await this.#store.lastChange());
    return chooseIndex({
      faces,
      // Every face that is in, and every one that was removed, took a change to add.
      removed: (change - faces) / 2,
      dimension: this.#options.gallery.space.dimension,
      memoryBytes: this.#memoryBytes,
      wanted: this.#wanted,
      current: current?.index.factory,
    });
  }

  /** Starts to move to another kind of index, if the gallery has outgrown this one. */
  async #considerMove(): Promise<void> {
    const current = this.#current;
    if (current === undefined || !this.#options.isWriter || this.#move !== undefined) {
      return;
    }
    const { build, faces, index } = current;
    if (faces === 0 || faces < 2 * this.#failedFaces || this.#closing.signal.aborted) {
      return;
    }
    const choice = await this.#choose();
    const { holes } = await index.info();
    const { wanted, faces: builtFaces } = build;
    if (isOutgrown({ wanted, builtFaces, faces, holes }, choice)) {
      this.#move ??= this.#moveTo(choice).finally(() => {
        this.#move = undefined;
      });
    }
  }

  async #moveTo(choice: IndexChoice): Promise<void> {
    const { faces = 0 } = this.#current ?? {};
    try {
      await this.#rebuild(choice);
      await this.save();
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#failedFaces = faces;
        this.#notice(`the index could not move to ${choice.factory} (${messageOf(error)})`);
      }
    }
  }

  /** Builds an index beside the one in use and puts it in its place. */
  async #rebuild(choice: IndexChoice): Promise<void> {
    const built = await this.#buildAnew(choice);
    let previous: BuiltIndex | undefined = built;
    try {
      await this.#mutex.run(async () => {
        const removals = await this.#replayInto(built);
        this.#closing.signal.throwIfAborted();
        previous = this.#current;
        this.#current = built;
        if (removals > 0) {
          await this.#forgetSnapshot();
        }
        // Of the previous kind; it serves whoever opens the gallery until the next one is written.
        this.#savedChange = NEVER;
      });
    } finally {
      await previous?.index[Symbol.asyncDispose]();
    }
  }

  /** A snapshot must not hold what was removed. The next one is written when there is time. */
  async #forgetSnapshot(): Promise<void> {
    if (!this.#options.isWriter) {
      return;
    }
    this.#savedChange = NEVER;
    await this.#options.home.discard();
    this.#saveLater();
  }

  /** Not at once, since more may be removed, and so that it takes but a tenth of the time. */
  #saveLater(): void {
    this.#snapshotTimer ??= setTimeout(
      async () => {
        const started = performance.now();
        try {
          await this.save();
        } catch (error) {
          if (!this.#closing.signal.aborted) {
            this.#notice(`the index snapshot could not be written (${messageOf(error)})`);
          }
        }
        this.#saveMs = performance.now() - started;
        this.#snapshotTimer = undefined;
        if (this.#savedChange === NEVER && !this.#closing.signal.aborted) {
          this.#saveLater();
        }
      },
      Math.max(SNAPSHOT_DELAY_MS, 10 * this.#saveMs),
    ).unref();
  }

  async #drop(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    await current?.index[Symbol.asyncDispose]();
  }

  #present(): BuiltIndex {
    if (this.#current === undefined) {
      throw galleryClosed();
    }
    return this.#current;
  }

  #notice(message: string): void {
    this.#options.onNotice(message);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
