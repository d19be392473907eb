import {
  checkId,
  checkIds,
  checkInteger,
  checkNote,
  checkOptions,
  checkPath,
  checkVectors,
  MAX_DIMENSION,
  MAX_K,
  MAX_RESULTS,
  show,
} from './arguments.js';
import { copyVectors } from './copy-vectors.js';
import { checkFactory } from './factory.js';
import { FaissError, toFaissError } from './faiss-error.js';
import { importFaissFile } from './import-faiss-file.js';
import { loadNative } from './load-native.js';
import type { Description, Handle, Native } from './native.js';
import type { FaissIndexOptions, FaissMetric, SearchOptions, SearchResult } from './options.js';
import { ReadWriteQueue } from './read-write-queue.js';

/** FAISS's MetricType. */
const METRIC_NUMBERS = { inner_product: 0, l2: 1 } as const;
/** FAISS's own defaults. */
const DEFAULT_SEARCH = { nprobe: 1, efSearch: 16 } as const;
const MAX_EF_SEARCH = 65_536;

/**
 * A FAISS index in which every vector has an id of the caller's choice, any signed 64-bit number
 * but -1.
 *
 * Vectors are passed as one `Float32Array`, one after the other. It is copied: up to 4 MiB before a
 * method returns; leave a larger one alone until the promise has settled. Calls take effect in the
 * order in which they are made; searches run beside each other, on threads of libuv's pool.
 *
 * Every method can throw `DISPOSED`, `OUT_OF_MEMORY` and `FAISS_FAILED` besides its own codes;
 * asynchronous ones reject.
 *
 * @example
 * ```ts
 * await using index = FaissIndex.create({ dimension: 2 });
 * await index.add(new Float32Array([0, 0, 1, 1]), new BigInt64Array([10n, 20n]));
 * const { ids } = await index.search(new Float32Array([0.9, 0.8]), { k: 1 });
 * console.log(ids); // BigInt64Array(1) [ 20n ]
 * ```
 */
export class FaissIndex implements AsyncDisposable {
  readonly dimension: number;
  readonly metric: FaissMetric;
  /** The factory string that the index was made from. */
  readonly factory: string;
  /** The caller's note in the file that the index was loaded from; `''` for a new index. */
  readonly note: string;

  readonly #native: Native;
  readonly #handle: Handle;
  readonly #listCount: number;
  readonly #hasGraph: boolean;
  readonly #queue = new ReadWriteQueue();
  #size: number;
  #isTrained: boolean;
  #search = { nprobe: 0, efSearch: 0 };
  #disposal: Promise<void> | undefined;

  private constructor(native: Native, handle: Handle, note: string) {
    const description: Description = native.describe(handle);
    this.#native = native;
    this.#handle = handle;
    this.dimension = description.dimension;
    this.metric = description.metric === METRIC_NUMBERS.l2 ? 'l2' : 'inner_product';
    this.factory = description.factory;
    this.note = note;
    this.#listCount = description.listCount;
    this.#hasGraph = description.hasGraph;
    this.#size = description.size;
    this.#isTrained = description.isTrained;
  }

  /**
   * An empty index.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `INVALID_FACTORY`, `ADDON_UNAVAILABLE`
   */
  static create(options: FaissIndexOptions): FaissIndex {
    checkOptions('options', options);
    const { dimension, factory = 'Flat', metric = 'l2' } = options;
    checkInteger('dimension', dimension, [1, MAX_DIMENSION]);
    checkFactory(factory);
    if (!Object.hasOwn(METRIC_NUMBERS, metric)) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected metric to be 'l2' or 'inner_product', received ${show(metric)}.`,
      );
    }
    const native = loadNative();
    try {
      const handle = native.create(dimension, factory, METRIC_NUMBERS[metric]);
      return new FaissIndex(native, handle, '');
    } catch (error) {
      throw toFaissError(error);
    }
  }

  /**
   * Reads a file that {@link FaissIndex.save} wrote. Its checksum is verified before FAISS sees it.
   *
   * @throws {FaissError} `FILE_NOT_FOUND`, `CORRUPT_FILE`, `IO_FAILED`, `INVALID_ARGUMENT`,
   * `ADDON_UNAVAILABLE`
   */
  static async load(path: string): Promise<FaissIndex> {
    checkPath(path);
    const native = loadNative();
    try {
      const { handle, note } = await native.load(path);
      return new FaissIndex(native, handle, note);
    } catch (error) {
      throw toFaissError(error);
    }
  }

  /**
   * Reads a file in FAISS's own format, as `faiss.write_index` writes it in Python, with the ids of
   * its IDMap or inverted lists, or else 0n, 1n, … The whole structure is checked before FAISS sees
   * it. Leave the file alone until the promise has settled.
   *
   * @throws {FaissError} `FILE_NOT_FOUND`, `CORRUPT_FILE`, `UNSUPPORTED` (a kind that is not read
   * here), `DUPLICATE_ID` (an id twice in the file), `IO_FAILED`, `INVALID_ARGUMENT`,
   * `ADDON_UNAVAILABLE`
   */
  static async importFaiss(path: string): Promise<FaissIndex> {
    checkPath(path);
    const native = loadNative();
    return new FaissIndex(native, await importFaissFile(native, path), '');
  }

  /** How many vectors are in, after the last finished call. */
  get size(): number {
    this.#checkAlive();
    return this.#size;
  }

  /** Whether vectors can be added. True from the start for kinds that need no training. */
  get isTrained(): boolean {
    this.#checkAlive();
    return this.#isTrained;
  }

  /**
   * Lets the index learn from vectors like those to come. IVF wants at least 39 vectors a list, PQ
   * and SQ some 10,000. A no-op for kinds that need no training.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `TRAINING_SET_TOO_SMALL`, `UNSUPPORTED`
   * where the index holds vectors already
   */
  async train(vectors: Float32Array): Promise<void> {
    this.#checkAlive();
    checkVectors('vectors', vectors, this.dimension);
    if (vectors.length === 0) {
      throw new FaissError('TRAINING_SET_TOO_SMALL', 'Expected vectors to train with, received 0.');
    }
    const copying = startCopy(vectors);
    await this.#write(async () => {
      if (this.#size > 0) {
        throw new FaissError(
          'UNSUPPORTED',
          `An index that holds vectors (${this.#size} here) can't be trained again, since they ` +
            'were encoded by what it had learned. Train a new index and add them to it.',
        );
      }
      await this.#native.train(this.#handle, await copying);
    });
  }

  /**
   * Adds vectors, each with its id: all of them, or none where it throws.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `DUPLICATE_ID`, `NOT_TRAINED`
   */
  async add(vectors: Float32Array, ids: BigInt64Array): Promise<void> {
    this.#checkAlive();
    checkVectors('vectors', vectors, this.dimension);
    checkIds(ids);
    const count = vectors.length / this.dimension;
    if (ids.length !== count) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected one id for each vector, received ${ids.length} ids for ${count} vectors.`,
      );
    }
    if (ids.includes(-1n)) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        'The id -1 is reserved: it stands for "none" in the results of a search.',
      );
    }
    const ownIds = new BigInt64Array(ids);
    const copying = startCopy(vectors);
    await this.#write(async () => {
      this.#checkTrained();
      const own = await copying;
      if (count > 0) {
        await this.#native.add(this.#handle, own, ownIds);
      }
    });
  }

  /**
   * The k nearest vectors for each query.
   *
   * A search with another `nprobe` or `efSearch` than the one before waits until that has finished,
   * since FAISS keeps both in the index.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `NOT_TRAINED`
   */
  async search(queries: Float32Array, options: SearchOptions): Promise<SearchResult> {
    this.#checkAlive();
    checkVectors('queries', queries, this.dimension);
    checkOptions('options', options);
    const { k } = options;
    checkInteger('k', k, [1, MAX_K]);
    const count = queries.length / this.dimension;
    if (count * k > MAX_RESULTS) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected at most ${MAX_RESULTS} results (queries times k), received ${count} queries ` +
          `with k = ${k}. Search in several calls.`,
      );
    }
    this.#useSearchParameters(options);
    const copying = startCopy(queries);
    return await this.#queue.read(async () => {
      this.#checkTrained();
      const own = await copying;
      const distances = new Float32Array(count * k);
      const ids = new BigInt64Array(count * k);
      if (count > 0) {
        await asFaissError(this.#native.search(this.#handle, own, k, distances, ids));
      }
      return { ids, distances, k };
    });
  }

  /**
   * Removes the vectors with these ids, and says how many there were; ids that are not in are passed
   * over.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `UNSUPPORTED` for kinds that can't (HNSW, refinement,
   * fast scan)
   */
  async remove(ids: BigInt64Array): Promise<number> {
    this.#checkAlive();
    checkIds(ids);
    const own = new BigInt64Array(ids);
    return await this.#write(() => this.#native.remove(this.#handle, own));
  }

  /**
   * The vector with this id as the index stores it: exactly for `Flat`, nearly for kinds that
   * compress.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `ID_NOT_FOUND`, `UNSUPPORTED` for kinds that can't
   */
  async reconstruct(id: bigint): Promise<Float32Array> {
    this.#checkAlive();
    checkId(id);
    return await this.#queue.read(async () => {
      const vector = new Float32Array(this.dimension);
      await asFaissError(this.#native.reconstruct(this.#handle, id, vector));
      return vector;
    });
  }

  /**
   * Whether a vector has this id. While an `add` or `remove` of this id is running, either answer is
   * possible.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`
   */
  has(id: bigint): boolean {
    this.#checkAlive();
    checkId(id);
    return this.#native.has(this.#handle, id);
  }

  /**
   * Writes the index to a file, with a note of the caller's (up to 1 MiB). The file is replaced at
   * once when the new one is complete and on disk; whatever happens, there is the old or the new
   * one. It is written beside, as `path` + `.tmp`.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `FILE_NOT_FOUND` (no such folder), `IO_FAILED`
   */
  async save(path: string, options: { note?: string } = {}): Promise<void> {
    this.#checkAlive();
    checkPath(path);
    checkOptions('options', options);
    const { note = '' } = options;
    checkNote(note);
    await this.#queue.read(() => asFaissError(this.#native.save(this.#handle, path, note)));
  }

  /**
   * Writes the index in FAISS's own format, for `faiss.read_index` in Python, with its ids: in the
   * inverted lists of IVF kinds, else in an `IndexIDMap2` around the index. Replaces the file as
   * {@link FaissIndex.save} does. There is no checksum and no note, so prefer `save` for yourself.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `FILE_NOT_FOUND` (no such folder), `IO_FAILED`
   */
  async exportFaiss(path: string): Promise<void> {
    this.#checkAlive();
    checkPath(path);
    await this.#queue.read(() => asFaissError(this.#native.exportFaiss(this.#handle, path)));
  }

  /**
   * Waits for calls that were made before, then frees the memory. Later calls throw `DISPOSED`,
   * but this one can be repeated.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#queue.write(() => this.#native.release(this.#handle));
    return this.#disposal;
  }

  /** Runs a change alone, then takes note of what it changed, even where it failed. */
  #write<T>(change: () => Promise<T>): Promise<T> {
    return this.#queue.write(async () => {
      try {
        return await asFaissError(change());
      } finally {
        const { size, isTrained } = this.#native.describe(this.#handle);
        this.#size = size;
        this.#isTrained = isTrained;
      }
    });
  }

  /** Searches that are queued from now on use these parameters. */
  #useSearchParameters({ nprobe, efSearch }: SearchOptions): void {
    if (nprobe !== undefined) {
      if (this.#listCount === 0) {
        throw parameterError('nprobe', 'IVF', this.factory);
      }
      checkInteger('nprobe', nprobe, [1, this.#listCount]);
    }
    if (efSearch !== undefined) {
      if (!this.#hasGraph) {
        throw parameterError('efSearch', 'HNSW', this.factory);
      }
      checkInteger('efSearch', efSearch, [1, MAX_EF_SEARCH]);
    }
    const wanted = {
      nprobe: nprobe ?? DEFAULT_SEARCH.nprobe,
      efSearch: efSearch ?? DEFAULT_SEARCH.efSearch,
    };
    if (wanted.nprobe !== this.#search.nprobe || wanted.efSearch !== this.#search.efSearch) {
      this.#search = wanted;
      void this.#queue.write(() =>
        this.#native.setSearchParameters(this.#handle, wanted.nprobe, wanted.efSearch),
      );
    }
  }

  #checkTrained(): void {
    if (!this.#isTrained) {
      throw new FaissError(
        'NOT_TRAINED',
        `An index of kind '${this.factory}' has to be trained first: call train() with vectors ` +
          'like those that you will add.',
      );
    }
  }

  #checkAlive(): void {
    if (this.#disposal !== undefined) {
      throw new FaissError('DISPOSED', 'This index was disposed. Create or load another one.');
    }
  }
}

/** Copies now as much as can be copied at once; a failure shows where the copy is awaited. */
function startCopy(vectors: Float32Array): Promise<Float32Array> {
  const copying = copyVectors(vectors);
  copying.catch(() => {}); // else a failure would count as unhandled while the call is queued
  return copying;
}

async function asFaissError<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw toFaissError(error);
  }
}

function parameterError(parameter: string, kind: string, factory: string): FaissError {
  return new FaissError(
    'INVALID_ARGUMENT',
    `${parameter} is for kinds of index with ${kind}, this one is '${factory}'. Leave it out.`,
  );
}
