import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkPath, checkPhoto, checkSighting } from './check-photo.js';
import { Clusters } from './cluster/clusters.js';
import { setCalibrationAside } from './decide/calibration.js';
import type { Identification, IdentifyOptions } from './decide/identification.js';
import { checkSameSpace, checkSpace, type EmbeddingSpace } from './embedding-space.js';
import { GalleryError, galleryClosed } from './errors.js';
import { FaceSearch, type PeopleSearchOptions, type SearchOptions } from './face-search.js';
import { GalleryFiles } from './gallery-files.js';
import type { GalleryOptions, GalleryStats } from './gallery-options.js';
import { DerivedIndex } from './index/derived-index.js';
import { FaissIndexHome } from './index/faiss-index-home.js';
import { setIndexKind } from './index/index-kind.js';
import { indexStats } from './index/index-stats.js';
import type { Match } from './match.js';
import { Mutex } from './mutex.js';
import { normalName } from './name.js';
import type { PersonMatch } from './person-match.js';
import type { EnrolOutcome, LinkOutcome, PathState, PhotoInput, PhotoSighting } from './photo.js';
import { PhotoFiles } from './photo-files.js';
import { Reclaimer } from './reclaimer.js';
import { Records } from './records.js';
import type {
  FaceRecord,
  MetadataStore,
  Person,
  Removal,
  StoreCounts,
  TagCount,
} from './store/metadata-store.js';
import { SqliteStore } from './store/sqlite-store.js';
import type { WriterLock } from './writer-lock.js';

const FACES_PER_READ = 500;

/**
 * All enrolled faces, in a directory: a database that is the truth and an index snapshot that is
 * derived from it.
 *
 * ```ts
 * const gallery = await Gallery.open('facedex-data', { space, mode: 'write' });
 * await gallery.enrol(photos);
 * const matches = await gallery.search(embedding, { k: 5, threshold: 1.1 });
 * await gallery[Symbol.asyncDispose]();
 * ```
 *
 * What was acknowledged survives a crash at any instant. Methods may be called concurrently. Every
 * method can throw `CLOSED`, `CORRUPT_DATABASE` and `STORAGE_FAILED`; those that change something
 * throw `READ_ONLY` in a reader. A reader throws `WRONG_SPACE` once the gallery has moved to another
 * model: it has to be opened again ({@link Gallery.isCurrent}).
 *
 * Names of people and tags may be given in any Unicode form, and with white space around them: they are
 * kept, and compared, in one form (NFC, single spaces). What is blank, or has control characters or
 * invisible ones that change nothing but what it equals, is `INVALID_ARGUMENT`. Case counts.
 */
export class Gallery implements AsyncDisposable {
  /** Absolute path. */
  readonly directory: string;
  readonly space: EmbeddingSpace;
  /** Who is in the photos: groups of faces whose person no folder names. */
  readonly clusters: Clusters;
  /** People, photos and faces one by one and page by page. */
  readonly records: Records;
  /** The photo files that the gallery keeps itself. */
  readonly photoFiles: PhotoFiles;
  readonly #store: MetadataStore;
  readonly #index: DerivedIndex;
  readonly #search: FaceSearch;
  /** Only a writer has it. */
  readonly #lock: WriterLock | undefined;
  readonly #onNotice: (message: string) => void;
  readonly #reclaimer: Reclaimer;
  readonly #writes = new Mutex();
  #closed: Promise<void> | undefined;

  private constructor(parts: {
    directory: string;
    space: EmbeddingSpace;
    store: MetadataStore;
    index: DerivedIndex;
    lock: WriterLock | undefined;
    onNotice: (message: string) => void;
  }) {
    this.directory = parts.directory;
    this.space = parts.space;
    this.#store = parts.store;
    this.#index = parts.index;
    this.#search = new FaceSearch(parts);
    this.clusters = new Clusters({
      ...parts,
      dimension: parts.space.dimension,
      read: () => this.#assertOpen(),
      write: (work) => this.#write(work),
    });
    this.photoFiles = new PhotoFiles(new GalleryFiles(parts.directory).photos);
    this.records = new Records({
      store: parts.store,
      read: () => this.#assertOpen(),
      write: (work) => this.#write(work),
      erase: () => this.#erase(),
    });
    this.#lock = parts.lock;
    this.#onNotice = parts.onNotice;
    this.#reclaimer = new Reclaimer({ ...parts, write: (work) => this.#write(work) });
  }

  /**
   * @throws GalleryError `NO_GALLERY` when there is none and none is made, `NOT_A_DIRECTORY`, `LOCKED`,
   *   `WRONG_SPACE`, `UNSUPPORTED_VERSION`, `CORRUPT_DATABASE`, `STORAGE_FAILED`, `INVALID_ARGUMENT`
   */
  static async open(directory: string, options: GalleryOptions = {}): Promise<Gallery> {
    const { space, mode = 'read', onNotice = () => undefined } = options;
    if (space !== undefined) {
      checkSpace(space);
    }
    if (mode !== 'read' && mode !== 'write') {
      throw new GalleryError(
        'INVALID_ARGUMENT',
        `expected mode to be "read" or "write" but received ${JSON.stringify(mode)}`,
      );
    }
    const files = new GalleryFiles(directory);
    // Only a writer with a space makes what is missing; the others find it before they lock it.
    const found = mode === 'read' || space === undefined ? await files.ensure() : undefined;
    const lock = mode === 'write' ? await files.lock() : undefined;
    try {
      const record = found ?? (await files.ensure(space));
      if (space !== undefined) {
        checkSameSpace(files.directory, { stored: record.space, wanted: space });
      }
      if (mode === 'read') {
        await files.bringUpToDate();
      }
      const store = await SqliteStore.open(files.database, { mode, record });
      try {
        const home = new FaissIndexHome({ path: files.index, dimension: record.space.dimension });
        if (options.index !== undefined) {
          await setIndexKind(options.index, { store, home, isWriter: lock !== undefined });
        }
        const index = new DerivedIndex({
          store,
          home,
          gallery: record,
          isWriter: lock !== undefined,
          memoryBytes: options.indexMemoryBytes,
          onNotice,
        });
        await index.open();
        const gallery = new Gallery({
          directory: files.directory,
          space: record.space,
          store,
          index,
          lock,
          onNotice,
        });
        if (lock !== undefined) {
          // A process may have been killed when it had moved the gallery to this model.
          const aside = await setCalibrationAside(files.directory, record.space);
          if (aside !== undefined) {
            onNotice(`the calibration was of another model: it is now ${aside}`);
          }
          // Or when it had removed photos: their files, and word of which they were, go now.
          await gallery.photoFiles.keepOnly((hashes) => store.records.knownPhotos(hashes));
          const gone = await store.records.gonePhotos();
          // On a full disk a gallery still opens.
          await store.records.forgetGone(gone).catch(() => undefined);
          await gallery.#reclaimer.begin();
        }
        return gallery;
      } catch (error) {
        await store[Symbol.asyncDispose]();
        throw error;
      }
    } catch (error) {
      lock?.[Symbol.dispose]();
      throw error;
    }
  }

  /**
   * The space that a gallery is tied to; undefined when there is no gallery.
   *
   * @throws GalleryError `NOT_A_DIRECTORY`, `UNSUPPORTED_VERSION`, `CORRUPT_DATABASE`
   */
  static async spaceOf(directory: string): Promise<EmbeddingSpace | undefined> {
    return (await new GalleryFiles(directory).inspect())?.space;
  }

  /**
   * Whether what is open is what lies in the directory: false once another process has moved the gallery
   * to another model, or has removed or replaced its files. Then it is to be closed, and opened again.
   */
  async isCurrent(): Promise<boolean> {
    return this.#closed === undefined && (await this.#store.isCurrent());
  }

  /**
   * What the gallery knows of the files in a directory, at any depth (or of one file, by its path).
   * Compare it with the disk to see which files are new, changed or gone.
   */
  async pathsUnder(directory: string): Promise<Map<string, PathState>> {
    this.#assertOpen();
    const states = await this.#store.pathsUnder(checkPath(resolve(directory)));
    return new Map(states.map((state) => [state.path, state]));
  }

  /**
   * Attaches a path to content that is in already, so that it need not be looked at again. When the
   * content belongs to another person and its other files are gone, the photo has moved: its faces
   * get the new name.
   *
   * @throws GalleryError `INVALID_ARGUMENT`
   */
  async link(photo: PhotoSighting): Promise<LinkOutcome> {
    return this.#write(async () => {
      const sighting = checkSighting(photo);
      const gonePaths = await this.#gonePaths([sighting]);
      const outcome = await this.#store.link(sighting, { gonePaths });
      await this.#index.catchUp();
      return outcome;
    });
  }

  /**
   * Enrols photos with their faces in one transaction: all of them, or none when it throws. Photos
   * without faces are remembered too, so that nobody looks at them twice. A path that had other
   * content, and content that was enrolled by another recipe, are replaced.
   *
   * @returns for each photo what happened
   * @throws GalleryError `INVALID_ARGUMENT` | `INVALID_EMBEDDING`
   */
  async enrol(photos: readonly PhotoInput[]): Promise<EnrolOutcome[]> {
    return this.#write(async () => {
      const checked = photos.map((photo) => checkPhoto(photo, this.space.dimension));
      const gonePaths = await this.#gonePaths(checked);
      const outcomes = await this.#store.enrol(checked, { gonePaths });
      await this.#index.catchUp();
      return outcomes;
    });
  }

  /**
   * The faces nearest to a probe, nearest first.
   *
   * @throws GalleryError `INVALID_EMBEDDING` | `INVALID_ARGUMENT`
   */
  async search(embedding: Float32Array, options: SearchOptions): Promise<Match[]> {
    this.#assertOpen();
    return this.#search.one(embedding, options);
  }

  /**
   * As {@link search}, for many probes that lie one after the other.
   *
   * @returns for each probe its matches
   */
  async searchBatch(embeddings: Float32Array, options: SearchOptions): Promise<Match[][]> {
    this.#assertOpen();
    return this.#search.many(embeddings, options);
  }

  /**
   * The people nearest to a probe, nearest first: `k` counts people, not faces. Faces that carry no
   * name are passed over.
   *
   * @throws GalleryError `INVALID_EMBEDDING` | `INVALID_ARGUMENT`
   */
  async searchPeople(
    embedding: Float32Array,
    options: PeopleSearchOptions,
  ): Promise<PersonMatch[]> {
    this.#assertOpen();
    return this.#search.people(embedding, options);
  }

  /**
   * Says who a probe is: a known person, nobody known, or one of two people who are too alike. People
   * are looked for among the 50,000 nearest faces.
   *
   * @throws GalleryError `INVALID_EMBEDDING` | `INVALID_ARGUMENT`
   */
  async identify(embedding: Float32Array, options: IdentifyOptions): Promise<Identification> {
    this.#assertOpen();
    return this.#search.identify(embedding, options);
  }

  /** Everybody whom a path or a cluster names, ordered by name. */
  async people(): Promise<Person[]> {
    this.#assertOpen();
    return this.#store.people();
  }

  /**
   * Gives tags, words of one's own, to the photos that a file shows or the files in a directory, at any
   * depth, and takes tags away.
   *
   * @returns how many photos there are
   * @throws GalleryError `INVALID_ARGUMENT`
   */
  async tag(
    path: string,
    { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] },
  ): Promise<number> {
    const normalized = checkPath(path);
    const tags = {
      add: add.map((tag) => normalName(tag, 'tag')),
      remove: remove.map((tag) => normalName(tag, 'tag')),
    };
    return this.#write(() => this.#store.tag(normalized, tags));
  }

  /** Every tag that a photo or a person has, ordered by name. */
  async tags(): Promise<TagCount[]> {
    this.#assertOpen();
    return this.#store.tags();
  }

  /** How many there are; asking again costs nothing as long as nothing changes. */
  async counts(): Promise<StoreCounts> {
    this.#assertOpen();
    return this.#store.counts();
  }

  async stats(): Promise<GalleryStats> {
    this.#assertOpen();
    await this.#index.catchUp();
    const [counts, record, lastChange, index, databaseBytes] = await Promise.all([
      this.#store.counts(),
      this.#store.gallery(),
      this.#store.lastChange(),
      this.#index.info(),
      this.#store.sizeBytes(),
    ]);
    const bytesPerFace =
      counts.faces === 0 ? null : (databaseBytes + index.fileBytes) / counts.faces;
    return {
      ...counts,
      space: record.space,
      createdAt: record.createdAt,
      index: indexStats(index),
      databaseBytes,
      bytesPerFace,
      lastChange,
    };
  }

  /**
   * Erases a person: every photo in folders of that name, the faces that a cluster gave that name, and
   * photos that show nobody else; their rows, embeddings and index entries. When it returns they are in
   * no file of the gallery any more.
   *
   * @throws GalleryError `UNKNOWN_PERSON`
   */
  async removePerson(name: string): Promise<Removal> {
    const normalized = normalName(name);
    return this.#write(async () => {
      const removal = await this.#store.removePerson(normalized);
      if (removal === undefined) {
        throw new GalleryError(
          'UNKNOWN_PERSON',
          `nobody in the gallery is called ${JSON.stringify(name)} (see: facedex people)`,
        );
      }
      await this.#erase();
      return removal;
    });
  }

  /**
   * Erases a photo, unless another path shows the same content: then only this path is forgotten.
   *
   * @throws GalleryError `UNKNOWN_PHOTO`
   */
  async removePhoto(path: string): Promise<Removal> {
    const normalized = checkPath(path);
    return this.#write(async () => {
      const known = await this.#store.pathsUnder(normalized);
      if (!known.some((state) => state.path === normalized)) {
        throw new GalleryError('UNKNOWN_PHOTO', `${JSON.stringify(path)} is not in the gallery`);
      }
      return this.#removePaths([normalized]);
    });
  }

  /** As {@link removePhoto} for many at once, such as files that are gone; unknown paths are passed over. */
  async removePhotos(paths: readonly string[]): Promise<Removal> {
    const normalized = paths.map(checkPath);
    return this.#write(() => this.#removePaths(normalized));
  }

  /** Every face, or one person's, ordered by id. */
  async *faces({ person }: { person?: string } = {}): AsyncGenerator<FaceRecord, void, undefined> {
    const options = person === undefined ? {} : { person: normalName(person) };
    let lastId = 0;
    for (;;) {
      this.#assertOpen();
      const faces = await this.#store.facesAfter(lastId, { ...options, limit: FACES_PER_READ });
      yield* faces;
      if (faces.length < FACES_PER_READ) {
        return;
      }
      lastId = faces.at(-1)?.id ?? lastId;
    }
  }

  /**
   * Waits until the index has moved to another kind, if the gallery has outgrown it, and writes the
   * index snapshot, so that the next one to open the gallery need not build it.
   */
  async flush(): Promise<void> {
    await this.#write(() => this.#index.catchUp());
    await this.#index.settle();
    await this.#write(() => this.#index.save());
  }

  /**
   * Waits for writes under way, flushes (a writer), and lets go of the files. A question under way may
   * meet `CLOSED`.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed ??= this.#writes.run(() => this.#close());
    await this.#closed;
  }

  /** Of the files that show the same content, those that no longer exist; these here were just read. */
  async #gonePaths(photos: readonly PhotoSighting[]): Promise<string[]> {
    const here = new Set(photos.map(({ path }) => path));
    const paths = await this.#store.pathsShowing(photos.map(({ contentHash }) => contentHash));
    return paths.filter((path) => !here.has(path) && !existsSync(path));
  }

  async #removePaths(paths: readonly string[]): Promise<Removal> {
    const removal = await this.#store.removePaths(paths);
    await this.#erase();
    return removal;
  }

  /** Leaves nothing of what was removed from the store in any file. */
  async #erase(): Promise<void> {
    await this.#index.catchUp();
    const gone = await this.#store.records.gonePhotos();
    await this.photoFiles.remove(gone);
    await this.#store.records.forgetGone(gone);
    await this.#reclaimer.reclaim();
  }

  async #close(): Promise<void> {
    try {
      if (this.#lock !== undefined) {
        await this.#reclaimer.end();
        await this.#index.save({ isLast: true });
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#onNotice(
        `the index snapshot could not be written (${reason}); the next to open the gallery rebuilds it`,
      );
    } finally {
      await this.#index[Symbol.asyncDispose]();
      await this.#store[Symbol.asyncDispose]();
      this.#lock?.[Symbol.dispose]();
    }
  }

  async #write<T>(work: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    if (this.#lock === undefined) {
      throw new GalleryError(
        'READ_ONLY',
        `${this.directory} was opened for reading; open it with mode: 'write' to change it`,
      );
    }
    return this.#writes.run(async () => {
      if (!(await this.#store.isCurrent())) {
        throw new GalleryError(
          'STORAGE_FAILED',
          `the files in ${this.directory} were moved or replaced while it was open: open it again`,
        );
      }
      return work();
    });
  }

  #assertOpen(): void {
    if (this.#closed !== undefined) {
      throw galleryClosed();
    }
  }
}
