import type { Readable } from 'node:stream';
import {
  checkBytes,
  checkFinite,
  checkInteger,
  checkNote,
  checkOptions,
  checkPath,
  checkPaths,
  checkVectors,
  DEFAULT_MAX_RANGE_RESULTS,
  MAX_DIMENSION,
  MAX_K,
  MAX_RESULTS,
  show,
} from './arguments.js';
import { copyBytes, copyVectors } from './copy-vectors.js';
import { checkFactory } from './factory.js';
import { FaissError, toFaissError } from './faiss-error.js';
import { filterSteps, type IdFilter } from './id-filter.js';
import { copyIds, copyNewIds, type Ids, toId } from './ids.js';
import { importFaissFile } from './import-faiss-file.js';
import { type Saving, saveToBuffer } from './index-buffers.js';
import { loadFromStream, spool, streamOf } from './index-streams.js';
import { loadNative } from './load-native.js';
import { checkLoadOptions, type LoadOptions } from './load-options.js';
import { mapIndexFile } from './map-index-file.js';
import { mergeIndexFiles } from './merge-index-files.js';
import { checkMetric, type FaissMetric, METRIC_NUMBERS, metricOfNumber } from './metrics.js';
import type { Description, Handle, Native } from './native.js';
import { asFaissError, awaitedLater } from './native-call.js';
import type { ByteLocation } from './native-containers.js';
import type {
  CommonSearchOptions,
  FaissIndexOptions,
  RangeSearchOptions,
  RangeSearchResult,
  SearchOptions,
  SearchResult,
} from './options.js';
import {
  checkParameters,
  type IndexParameters,
  type ParameterName,
  type SearchParameters,
  searchParametersOf,
} from './parameters.js';
import { ReadWriteQueue } from './read-write-queue.js';
import { checkThreads } from './threads.js';

/**
 * A FAISS index in which every vector has an id of the caller's choice, any signed 64-bit number
 * but -1.
 *
 * Vectors are passed as one `Float32Array`, one after the other. It is copied: up to 4 MiB before a
 * method returns; leave a larger one alone until the promise has settled. Calls take effect in the
 * order in which they are made; searches run beside each other, on threads of the package's own.
 *
 * Every method can throw `DISPOSED`, `OUT_OF_MEMORY` and `FAISS_FAILED` besides its own codes;
 * asynchronous ones reject.
 *
 * @example
 * ```ts
 * import { FaissIndex } from '@facedex/faiss';
 *
 * await using index = FaissIndex.create({ dimension: 2 });
 * await index.add(new Float32Array([0, 0, 1, 1]), [10, 20]);
 * const { ids } = await index.search(new Float32Array([0.9, 0.8]), { k: 1 });
 * console.log(ids); // BigInt64Array(1) [ 20n ]
 * ```
 */
export class FaissIndex implements AsyncDisposable {
  readonly dimension: number;
  readonly metric: FaissMetric;
  /** The p of metric `'lp'`; 0 for others. */
  readonly metricArg: number;
  /** The factory string that the index was made from. */
  readonly factory: string;
  /** The caller's note in the file that the index was loaded from; `''` for a new index. */
  readonly note: string;
  /** The number of inverted lists; 0 for kinds without. */
  readonly listCount: number;

  /** Whether it was loaded to be read only: changes and `has` are `UNSUPPORTED`. */
  readonly isReadOnly: boolean;

  readonly #isMapped: boolean;
  readonly #native: Native;
  readonly #handle: Handle;
  readonly #queue = new ReadWriteQueue();
  #size: number;
  #deletedCount: number;
  #isTrained: boolean;
  /** What calls use that don't say otherwise. */
  #parameters: IndexParameters;
  /** What the index is set to for the calls that are queued last. */
  #applied: SearchParameters;
  #disposal: Promise<void> | undefined;

  private constructor(
    native: Native,
    handle: Handle,
    { note = '', isReadOnly = false, isMapped = false } = {},
  ) {
    const description: Description = native.describe(handle);
    this.#native = native;
    this.#handle = handle;
    this.dimension = description.dimension;
    this.metric = metricOfNumber(description.metric);
    this.metricArg = description.metricArg;
    this.factory = description.factory;
    this.note = note;
    this.isReadOnly = isReadOnly;
    this.#isMapped = isMapped;
    this.listCount = description.listCount;
    this.#size = description.size;
    this.#deletedCount = description.holes;
    this.#isTrained = description.isTrained;
    this.#parameters = description.parameters;
    this.#applied = searchParametersOf(description.parameters);
  }

  /**
   * An empty index.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `INVALID_FACTORY`, `ADDON_UNAVAILABLE`
   */
  static create(options: FaissIndexOptions): FaissIndex {
    checkOptions('options', options);
    const { dimension, factory = 'Flat', metric = 'l2', metricArg } = options;
    checkInteger('dimension', dimension, [1, MAX_DIMENSION]);
    checkFactory(factory);
    checkMetric(metric, metricArg);
    const native = loadNative();
    try {
      const handle = native.create(dimension, factory, METRIC_NUMBERS[metric], metricArg ?? 0);
      return new FaissIndex(native, handle);
    } catch (error) {
      throw toFaissError(error);
    }
  }

  /**
   * Reads a file that {@link FaissIndex.save} or {@link FaissIndex.mergeFiles} wrote.
   *
   * Its checksum is verified before FAISS sees it, but not with `memoryMap`, where the structure of the
   * file is checked instead, so that damage can give wrong neighbours but no crash. A mapped file must
   * not be changed or cut off while the index is in use; replacing it, as `save` does, is safe.
   *
   * @throws {FaissError} `FILE_NOT_FOUND`, `CORRUPT_FILE`, `IO_FAILED`, `INVALID_ARGUMENT`,
   * `UNSUPPORTED` (`memoryMap` of a kind without inverted lists, or with fast scan or refinement),
   * `ADDON_UNAVAILABLE`
   */
  static async load(path: string, options: LoadOptions = {}): Promise<FaissIndex> {
    checkPath(path);
    const { memoryMap, readOnly } = checkLoadOptions(options);
    if (!memoryMap) {
      return await FaissIndex.#load(path, readOnly);
    }
    const native = loadNative();
    const { handle, note } = await mapIndexFile(native, path);
    return new FaissIndex(native, handle, { note, isReadOnly: true, isMapped: true });
  }

  /**
   * Merges the files of several indexes into one, list by list: for indexes larger than memory. Only
   * what was learned is held in memory, and 8 bytes for each vector. The parts must be IVF indexes
   * without fast scan or refinement that learned from the same training: train one, and make the
   * others with its {@link FaissIndex.clone} while it is empty. The target is replaced at once when it
   * is complete and on disk; load it with `memoryMap`.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` where the parts don't fit together, `DUPLICATE_ID` where
   * two have an id in common, `UNSUPPORTED`, `FILE_NOT_FOUND`, `CORRUPT_FILE`, `IO_FAILED`
   */
  static async mergeFiles(
    parts: readonly string[],
    target: string,
    options: { note?: string } = {},
  ): Promise<void> {
    checkPaths(parts);
    checkPath(target);
    checkOptions('options', options);
    const { note = '' } = options;
    checkNote(note);
    await mergeIndexFiles(loadNative(), parts, { target, note });
  }

  /**
   * An index from bytes that {@link FaissIndex.toBuffer} or a saved file had. They are copied, and
   * verified before FAISS sees them.
   *
   * @throws {FaissError} `CORRUPT_FILE`, `INVALID_ARGUMENT`, `ADDON_UNAVAILABLE`
   *
   * @example
   * ```ts
   * import { FaissIndex } from '@facedex/faiss';
   *
   * await using index = FaissIndex.create({ dimension: 2 });
   * const bytes = await index.toBuffer({ note: 'empty' });
   * await using copy = await FaissIndex.fromBuffer(bytes);
   * console.log(copy.note); // empty
   * ```
   */
  static async fromBuffer(bytes: Uint8Array): Promise<FaissIndex> {
    checkBytes('bytes', bytes);
    return await FaissIndex.#load(await copyBytes(bytes));
  }

  /**
   * An index from a stream of what {@link FaissIndex.toStream} gave or a saved file has, in chunks of
   * any size: a `Readable`, a web stream, or another async iterable of `Uint8Array`s. It is collected
   * in a private temporary file and verified before FAISS sees it.
   *
   * @throws {FaissError} `CORRUPT_FILE`, `INVALID_ARGUMENT`, `ADDON_UNAVAILABLE`, `IO_FAILED` where
   * the stream fails (its error is the `cause`) or the temporary file
   */
  static async fromStream(source: AsyncIterable<Uint8Array>): Promise<FaissIndex> {
    const native = loadNative();
    return await loadFromStream(source, {
      native,
      load: (descriptor) => FaissIndex.#load(descriptor),
    });
  }

  static async #load(source: ByteLocation, isReadOnly = false): Promise<FaissIndex> {
    const native = loadNative();
    const { handle, note } = await asFaissError(native.load(source, isReadOnly));
    return new FaissIndex(native, handle, { note, isReadOnly });
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
    return new FaissIndex(native, await importFaissFile(native, path));
  }

  /** How many vectors are in, after the last finished call. */
  get size(): number {
    this.#checkAlive();
    return this.#size;
  }

  /**
   * How many removed vectors are still stored, since this kind of index can't take them out: until
   * {@link FaissIndex.compact}.
   */
  get deletedCount(): number {
    this.#checkAlive();
    return this.#deletedCount;
  }

  /** Whether vectors can be added. True from the start for kinds that need no training. */
  get isTrained(): boolean {
    this.#checkAlive();
    return this.#isTrained;
  }

  /** The parameters that this kind of index has, with what calls use that don't say otherwise. */
  get parameters(): Readonly<IndexParameters> {
    this.#checkAlive();
    return { ...this.#parameters };
  }

  /**
   * Sets what following calls use that don't say otherwise.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` where a value is out of range, or the parameter is not one
   * of this kind of index
   */
  async setParameters(parameters: IndexParameters): Promise<void> {
    this.#checkAlive();
    const given = checkParameters(parameters, this.#known());
    this.#parameters = { ...this.#parameters, ...given };
    const { efConstruction } = given;
    if (efConstruction !== undefined) {
      await this.#queue.write(() => this.#set('efConstruction', efConstruction));
    }
  }

  /**
   * Lets the index learn from vectors like those to come. IVF wants at least 39 vectors a list, PQ
   * and SQ some 10,000. A no-op for kinds that need no training.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `TRAINING_SET_TOO_SMALL`, `UNSUPPORTED`
   * where the index holds vectors already
   */
  async train(vectors: Float32Array, options: { threads?: number } = {}): Promise<void> {
    this.#checkWritable();
    checkVectors('vectors', vectors, this.dimension);
    const threads = checkThreads(options);
    if (vectors.length === 0) {
      throw new FaissError('TRAINING_SET_TOO_SMALL', 'Expected vectors to train with, received 0.');
    }
    const copying = awaitedLater(copyVectors(vectors));
    await this.#write(async () => {
      if (this.#size > 0) {
        throw new FaissError(
          'UNSUPPORTED',
          `An index that holds vectors (${this.#size} here) can't be trained again, since they ` +
            'were encoded by what it had learned. Train a new index and add them to it.',
        );
      }
      await this.#native.train(this.#handle, await copying, threads);
    });
  }

  /**
   * Adds vectors, each with its id: all of them, or none where it throws. Without ids, they get the
   * numbers that follow the largest id so far, from 0; a clone and a saved index go on there, too, so
   * that the id of a removed vector doesn't come back. `reset` begins again.
   *
   * @returns the ids of the vectors
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `DUPLICATE_ID`, `NOT_TRAINED`
   */
  async add(vectors: Float32Array, ids?: Ids): Promise<BigInt64Array> {
    this.#checkWritable();
    checkVectors('vectors', vectors, this.dimension);
    const count = vectors.length / this.dimension;
    const ownIds = ids === undefined ? new BigInt64Array(count) : copyNewIds(ids, count);
    const copying = awaitedLater(copyVectors(vectors));
    await this.#write(async () => {
      this.#checkTrained();
      const own = await copying;
      if (count > 0) {
        await this.#native.add(this.#handle, own, ownIds, ids === undefined);
      }
    });
    return ownIds;
  }

  /**
   * Gives new vectors to ids that are in: all of them, or none where it throws (but for want of
   * memory).
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `ID_NOT_FOUND`, `DUPLICATE_ID`,
   * `NOT_TRAINED`
   */
  async update(vectors: Float32Array, ids: Ids): Promise<void> {
    this.#checkWritable();
    checkVectors('vectors', vectors, this.dimension);
    const ownIds = copyNewIds(ids, vectors.length / this.dimension);
    const copying = awaitedLater(copyVectors(vectors));
    await this.#write(async () => {
      this.#checkTrained();
      await this.#native.update(this.#handle, await copying, ownIds);
    });
  }

  /**
   * The k nearest vectors for each query.
   *
   * A search with other parameters (`nprobe`, `efSearch`, …) than the one before waits until that
   * has finished, since FAISS keeps them in the index.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `NOT_TRAINED`
   */
  async search(queries: Float32Array, options: SearchOptions): Promise<SearchResult> {
    const { count, filter, threads } = this.#checkSearch(queries, options);
    const { k } = options;
    checkInteger('k', k, [1, MAX_K]);
    this.#checkResults(count, k, options);
    this.#apply(options);
    const copying = awaitedLater(copyVectors(queries));
    return await this.#queue.read(async () => {
      this.#checkTrained();
      const own = await copying;
      const distances = new Float32Array(count * k);
      const ids = new BigInt64Array(count * k);
      if (count > 0) {
        await asFaissError(
          this.#native.search(this.#handle, own, k, filter, threads, distances, ids),
        );
      }
      return { ids, distances, k };
    });
  }

  /**
   * All vectors within a radius of each query. Kinds for which FAISS has no range search (HNSW, SQ,
   * PQ, refinement, fast scan) compare the query with every vector.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` (also for too many results), `NOT_FINITE`, `NOT_TRAINED`,
   * `UNSUPPORTED` for LSH
   */
  async rangeSearch(
    queries: Float32Array,
    options: RangeSearchOptions,
  ): Promise<RangeSearchResult> {
    const { count, filter, threads } = this.#checkSearch(queries, options);
    const { radius, maxResults = DEFAULT_MAX_RANGE_RESULTS } = options;
    checkFinite('radius', radius);
    checkInteger('maxResults', maxResults, [1, MAX_RESULTS]);
    this.#apply(options);
    const copying = awaitedLater(copyVectors(queries));
    return await this.#queue.read(async () => {
      this.#checkTrained();
      const own = await copying;
      const offsets = new Uint32Array(count + 1);
      const found = await asFaissError(
        this.#native.rangeSearch(this.#handle, own, radius, maxResults, filter, threads, offsets),
      );
      const total = offsets[count] as number;
      const distances = new Float32Array(total);
      const ids = new BigInt64Array(total);
      await this.#native.takeHits(found, distances, ids);
      return { offsets, ids, distances };
    });
  }

  /**
   * Removes vectors by id or by filter, and says how many there were; ids that are not in are passed
   * over.
   *
   * Kinds that can't take vectors out (HNSW, refinement, fast scan) keep them stored, but never find
   * them again; see {@link FaissIndex.compact}.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`
   */
  async remove(idsOrFilter: Ids | IdFilter): Promise<number> {
    this.#checkWritable();
    if (ArrayBuffer.isView(idsOrFilter) || Array.isArray(idsOrFilter)) {
      const ids = copyIds(idsOrFilter as Ids);
      return await this.#write(() => this.#native.remove(this.#handle, ids));
    }
    const filter = filterSteps(idsOrFilter as IdFilter);
    return await this.#write(() => this.#native.removeMatching(this.#handle, filter));
  }

  /**
   * Frees what removed vectors still occupy (`deletedCount`), by building the index anew from what
   * is stored, without a new training. Takes as long as adding the vectors did, and as much memory
   * again. A no-op where there are none.
   *
   * @throws {FaissError} `UNSUPPORTED` for kinds that can't decode their vectors
   */
  async compact(): Promise<void> {
    this.#checkWritable();
    await this.#write(() => this.#native.compact(this.#handle));
  }

  /** Removes all vectors, but keeps what was learned in training. */
  async reset(): Promise<void> {
    this.#checkWritable();
    await this.#write(() => this.#native.reset(this.#handle));
  }

  /**
   * Moves all vectors of another index into this one, and leaves that one empty. Inverted lists that
   * learned from the same training ({@link FaissIndex.clone} makes such indexes) are moved as they
   * are; in all other cases vectors are decoded and added anew, where kinds that compress lose a
   * little.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` where dimension, metric or transforms differ,
   * `DUPLICATE_ID` where both have an id, `UNSUPPORTED` for kinds that can't decode their vectors
   */
  async mergeFrom(other: FaissIndex): Promise<void> {
    this.#checkWritable();
    if (!(other instanceof FaissIndex) || other === this) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected another FaissIndex to merge, received ${other === this ? 'this one' : show(other)}.`,
      );
    }
    other.#checkWritable();
    // Both queues are entered now, so that two indexes that merge each other can't wait forever.
    let finish = (): void => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let others: Promise<void> = Promise.resolve();
    const othersTurn = new Promise<void>((enter) => {
      others = other.#write(() => {
        enter();
        return finished;
      });
    });
    try {
      await this.#write(async () => {
        await othersTurn;
        await this.#native.mergeFrom(this.#handle, other.#handle);
      });
    } finally {
      finish();
      await others;
    }
  }

  /** An independent copy, also of what was learned in training. */
  async clone(): Promise<FaissIndex> {
    this.#checkAlive();
    this.#checkNotMapped();
    this.#apply({});
    const handle = await this.#queue.read(() => asFaissError(this.#native.clone(this.#handle)));
    return new FaissIndex(this.#native, handle, { note: this.note, isReadOnly: this.isReadOnly });
  }

  /**
   * The vector with this id as the index stores it: exactly for `Flat`, nearly for kinds that
   * compress.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `ID_NOT_FOUND`, `UNSUPPORTED` for kinds that can't
   */
  async reconstruct(id: bigint | number): Promise<Float32Array> {
    return await this.reconstructMany([id]);
  }

  /**
   * The vectors with these ids, one after the other.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `ID_NOT_FOUND`, `UNSUPPORTED` for kinds that can't
   */
  async reconstructMany(ids: Ids): Promise<Float32Array> {
    this.#checkAlive();
    const own = copyIds(ids);
    return await this.#queue.read(async () => {
      const vectors = new Float32Array(own.length * this.dimension);
      await asFaissError(this.#native.reconstruct(this.#handle, own, vectors));
      return vectors;
    });
  }

  /**
   * Whether a vector has this id. While an `add` or `remove` of this id is running, either answer is
   * possible.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`
   */
  has(id: bigint | number): boolean {
    this.#checkWritable();
    return this.#native.has(this.#handle, toId(id));
  }

  /** The ids of all vectors, in ascending order. */
  async ids(): Promise<BigInt64Array> {
    this.#checkAlive();
    return await this.#queue.read(async () => {
      const ids = new BigInt64Array(this.#size);
      await asFaissError(this.#native.ids(this.#handle, ids));
      return ids;
    });
  }

  /**
   * The inverted lists whose centroids are nearest to each vector: n × k numbers from 0, nearest
   * first.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `NOT_TRAINED`, `UNSUPPORTED` for kinds
   * without lists
   */
  async assign(vectors: Float32Array, options: { k?: number } = {}): Promise<Int32Array> {
    this.#checkAlive();
    checkVectors('vectors', vectors, this.dimension);
    checkOptions('options', options);
    const { k = 1 } = options;
    checkInteger('k', k, [1, Math.max(this.listCount, 1)]);
    const count = vectors.length / this.dimension;
    this.#checkResults(count, k, {});
    const copying = awaitedLater(copyVectors(vectors));
    return await this.#queue.read(async () => {
      const lists = new Int32Array(count * k);
      await asFaissError(this.#native.assign(this.#handle, await copying, k, lists));
      return lists;
    });
  }

  /**
   * How many bytes {@link FaissIndex.encode} makes of a vector.
   *
   * @throws {FaissError} `UNSUPPORTED` for kinds that have no codes of their own (HNSW)
   */
  get codeSize(): number {
    this.#checkAlive();
    try {
      return this.#native.codeSize(this.#handle);
    } catch (error) {
      throw toFaissError(error);
    }
  }

  /**
   * Compresses vectors as the index would store them, without adding them: n × `codeSize` bytes.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `NOT_TRAINED`, `UNSUPPORTED`
   */
  async encode(vectors: Float32Array): Promise<Uint8Array> {
    this.#checkAlive();
    checkVectors('vectors', vectors, this.dimension);
    const { codeSize } = this;
    const copying = awaitedLater(copyVectors(vectors));
    return await this.#queue.read(async () => {
      this.#checkTrained();
      const codes = new Uint8Array((vectors.length / this.dimension) * codeSize);
      await asFaissError(this.#native.encode(this.#handle, await copying, codes));
      return codes;
    });
  }

  /**
   * The vectors that codes of this index, or one with the same training, stand for.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_TRAINED`, `UNSUPPORTED`
   */
  async decode(codes: Uint8Array): Promise<Float32Array> {
    this.#checkAlive();
    const { codeSize } = this;
    checkBytes('codes', codes);
    if (codes.length % codeSize !== 0) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected codes of ${codeSize} bytes each, received ${codes.length} bytes, which is no multiple.`,
      );
    }
    const copying = awaitedLater(copyBytes(codes));
    return await this.#queue.read(async () => {
      this.#checkTrained();
      const vectors = new Float32Array((codes.length / codeSize) * this.dimension);
      await asFaissError(this.#native.decode(this.#handle, await copying, vectors));
      return vectors;
    });
  }

  /**
   * Writes the index to a file, with a note of the caller's (up to 1 MiB). The file is replaced at
   * once when the new one is complete and on disk; whatever happens, there is the old or the new
   * one. It is written beside, as `path` + `.tmp`.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `FILE_NOT_FOUND` (no such folder), `IO_FAILED`
   */
  async save(path: string, options: { note?: string } = {}): Promise<void> {
    checkPath(path);
    const { save } = this.#saving(options);
    await this.#queue.read(() => asFaissError(save(path)));
  }

  /**
   * What {@link FaissIndex.save} writes, in memory of its own.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`
   */
  async toBuffer(options: { note?: string } = {}): Promise<Uint8Array<ArrayBuffer>> {
    const saving = this.#saving(options);
    return await this.#queue.read(() => asFaissError(saveToBuffer(saving)));
  }

  /**
   * What {@link FaissIndex.save} writes, as a stream: of the index as it is at this call, whenever
   * the stream is read. It passes through a private temporary file in `os.tmpdir()`, which is freed
   * when the stream ends or is destroyed. Failures are `error` events.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`; the stream can fail with `IO_FAILED`
   */
  toStream(options: { note?: string } = {}): Readable {
    const { save } = this.#saving(options);
    return streamOf(this.#queue.read(() => spool(save)));
  }

  #saving(options: { note?: string }): Saving {
    this.#checkAlive();
    this.#checkNotMapped();
    checkOptions('options', options);
    const { note = '' } = options;
    checkNote(note);
    this.#apply({});
    return {
      size: () => this.#native.savedSize(this.#handle, note),
      save: (sink) => this.#native.save(this.#handle, sink, note),
    };
  }

  /**
   * Writes the index in FAISS's own format, for `faiss.read_index` in Python, with its ids: in the
   * inverted lists of IVF kinds, else in an `IndexIDMap2` around the index. Replaces the file as
   * {@link FaissIndex.save} does. There is no checksum and no note, so prefer `save` for yourself.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `FILE_NOT_FOUND` (no such folder), `IO_FAILED`, `UNSUPPORTED`
   * while removed vectors are stored (`deletedCount`)
   */
  async exportFaiss(path: string): Promise<void> {
    this.#checkAlive();
    this.#checkNotMapped();
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
        const { size, holes, isTrained } = this.#native.describe(this.#handle);
        this.#size = size;
        this.#deletedCount = holes;
        this.#isTrained = isTrained;
      }
    });
  }

  #checkSearch(queries: Float32Array, options: CommonSearchOptions) {
    this.#checkAlive();
    checkVectors('queries', queries, this.dimension);
    checkOptions('options', options);
    return {
      count: queries.length / this.dimension,
      filter: options.filter === undefined ? undefined : filterSteps(options.filter),
      threads: checkThreads(options),
    };
  }

  #checkResults(count: number, k: number, { kFactor = this.#parameters.kFactor ?? 1 }): void {
    if (count * k * kFactor > MAX_RESULTS) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected at most ${MAX_RESULTS} results (queries times k times kFactor), received ` +
          `${count} queries with k = ${k}. Search in several calls.`,
      );
    }
  }

  /** Searches that are queued from now on use these parameters. */
  #apply(options: SearchParameters): void {
    const given = checkParameters(searchParametersOf(options), this.#known());
    const wanted = { ...searchParametersOf(this.#parameters), ...given };
    const changed = Object.entries(wanted).filter(
      ([name, value]) => this.#applied[name as keyof SearchParameters] !== value,
    );
    if (changed.length > 0) {
      this.#applied = wanted;
      void this.#queue.write(() => {
        for (const [name, value] of changed) {
          this.#set(name as ParameterName, value);
        }
      });
    }
  }

  #set(name: ParameterName, value: number): void {
    this.#native.setParameter(this.#handle, name, value);
  }

  #known() {
    return { factory: this.factory, listCount: this.listCount, known: this.#parameters };
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

  #checkWritable(): void {
    this.#checkAlive();
    if (this.isReadOnly) {
      throw new FaissError(
        'UNSUPPORTED',
        'This index was loaded to be read only, so it can neither be changed nor look up an id at ' +
          'once. Load it without readOnly and memoryMap, or ask ids() or reconstruct().',
      );
    }
  }

  #checkNotMapped(): void {
    if (this.#isMapped) {
      throw new FaissError(
        'UNSUPPORTED',
        'The vectors of this index are in its file: copy the file, or load it without memoryMap.',
      );
    }
  }

  #checkAlive(): void {
    if (this.#disposal !== undefined) {
      throw new FaissError('DISPOSED', 'This index was disposed. Create or load another one.');
    }
  }
}
