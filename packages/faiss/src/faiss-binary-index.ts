import type { Readable } from 'node:stream';
import {
  checkBytes,
  checkInteger,
  checkNote,
  checkOptions,
  checkPath,
  MAX_K,
  MAX_RESULTS,
} from './arguments.js';
import { checkBinaryFactory } from './binary-factory.js';
import type {
  BinaryRangeSearchOptions,
  BinaryRangeSearchResult,
  BinarySearchOptions,
  BinarySearchParameters,
  BinarySearchResult,
  FaissBinaryIndexOptions,
} from './binary-options.js';
import { completeSearchParameters } from './binary-search-parameters.js';
import { checkCodes } from './codes.js';
import { copyBytes } from './copy-vectors.js';
import { FaissError, toFaissError } from './faiss-error.js';
import { copyIds, copyNewIds, type Ids, toId } from './ids.js';
import { type Saving, saveToBuffer } from './index-buffers.js';
import { loadFromStream, spool, streamOf } from './index-streams.js';
import { loadNative } from './load-native.js';
import type { Native } from './native.js';
import type { BinaryDescription, BinaryHandle } from './native-binary.js';
import { asFaissError, awaitedLater } from './native-call.js';
import type { ByteLocation } from './native-containers.js';
import { ReadWriteQueue } from './read-write-queue.js';

/** Bits of a code: 8 to this many. */
const MAX_BITS = 65_536 * 8;

/**
 * A FAISS index of binary codes, such as hashes of pictures or binarised embeddings. How near two
 * codes are is their Hamming distance: in how many bits they differ.
 *
 * Codes are passed as one `Uint8Array`, `bits / 8` bytes each, one after the other. It is copied: up
 * to 4 MiB before a method returns; leave a larger one alone until the promise has settled. Calls
 * take effect in the order in which they are made; searches run beside each other.
 *
 * Every method can throw `DISPOSED`, `OUT_OF_MEMORY` and `FAISS_FAILED` besides its own codes;
 * asynchronous ones reject.
 *
 * @example
 * ```ts
 * import { FaissBinaryIndex } from '@facedex/faiss';
 *
 * await using index = FaissBinaryIndex.create({ bits: 16 });
 * await index.add(new Uint8Array([0xff, 0x00, 0x0f, 0x0f]), new BigInt64Array([10n, 20n]));
 * const { ids, distances } = await index.search(new Uint8Array([0xff, 0x01]), { k: 2 });
 * console.log(ids, distances); // BigInt64Array(2) [ 10n, 20n ] Int32Array(2) [ 1, 7 ]
 * ```
 */
export class FaissBinaryIndex implements AsyncDisposable {
  /** Bits of each code. */
  readonly bits: number;
  /** The kind of index. */
  readonly factory: string;
  /** The caller's note where the index was loaded from; `''` for a new index. */
  readonly note: string;

  readonly #native: Native;
  readonly #handle: BinaryHandle;
  readonly #queue = new ReadWriteQueue();
  #description: BinaryDescription;
  #parameters: Required<BinarySearchParameters> = { nprobe: 0, efSearch: 0, nflip: -1 };
  #disposal: Promise<void> | undefined;

  private constructor(native: Native, handle: BinaryHandle, note: string) {
    this.#native = native;
    this.#handle = handle;
    this.#description = native.binaryDescribe(handle);
    this.bits = this.#description.bits;
    this.factory = this.#description.factory;
    this.note = note;
  }

  /**
   * An empty index.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `INVALID_FACTORY`, `ADDON_UNAVAILABLE`
   */
  static create(options: FaissBinaryIndexOptions): FaissBinaryIndex {
    checkOptions('options', options);
    const { bits, factory = 'BFlat' } = options;
    checkInteger('bits', bits, [8, MAX_BITS]);
    if (bits % 8 !== 0) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected bits to be a multiple of 8, received ${bits}. Fill codes up with zeros.`,
      );
    }
    checkBinaryFactory(factory, bits);
    const native = loadNative();
    try {
      return new FaissBinaryIndex(native, native.binaryCreate(bits, factory), '');
    } catch (error) {
      throw toFaissError(error);
    }
  }

  /**
   * Reads a file that {@link FaissBinaryIndex.save} wrote. Its checksum is verified before FAISS sees
   * it.
   *
   * @throws {FaissError} `FILE_NOT_FOUND`, `CORRUPT_FILE`, `IO_FAILED`, `INVALID_ARGUMENT`,
   * `ADDON_UNAVAILABLE`
   */
  static async load(path: string): Promise<FaissBinaryIndex> {
    checkPath(path);
    return await FaissBinaryIndex.#load(path);
  }

  /**
   * An index from bytes that {@link FaissBinaryIndex.toBuffer} or a saved file had. They are copied.
   *
   * @throws {FaissError} `CORRUPT_FILE`, `INVALID_ARGUMENT`, `ADDON_UNAVAILABLE`
   */
  static async fromBuffer(bytes: Uint8Array): Promise<FaissBinaryIndex> {
    checkBytes('bytes', bytes);
    return await FaissBinaryIndex.#load(await copyBytes(bytes));
  }

  /**
   * An index from a stream of what {@link FaissBinaryIndex.toStream} gave or a saved file has: a
   * `Readable` or another async iterable of `Uint8Array`s. It passes through a private temporary file.
   *
   * @throws {FaissError} `CORRUPT_FILE`, `INVALID_ARGUMENT`, `ADDON_UNAVAILABLE`, `IO_FAILED` where
   * the stream fails (its error is the `cause`) or the temporary file
   */
  static async fromStream(source: AsyncIterable<Uint8Array>): Promise<FaissBinaryIndex> {
    const native = loadNative();
    return await loadFromStream(source, { native, load: FaissBinaryIndex.#load });
  }

  static async #load(source: ByteLocation): Promise<FaissBinaryIndex> {
    const native = loadNative();
    try {
      const { handle, note } = await native.binaryLoad(source);
      return new FaissBinaryIndex(native, handle, note);
    } catch (error) {
      throw toFaissError(error);
    }
  }

  /** How many codes are in, after the last finished call. */
  get size(): number {
    this.#checkAlive();
    return this.#description.size;
  }

  /** Whether codes can be added. True from the start for kinds that need no training. */
  get isTrained(): boolean {
    this.#checkAlive();
    return this.#description.isTrained;
  }

  /**
   * Lets a BIVF index find its lists in codes like those to come: at least one for each list, better
   * 39 or more. A no-op for the other kinds.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `TRAINING_SET_TOO_SMALL`, `UNSUPPORTED` where the index
   * holds codes already
   */
  async train(codes: Uint8Array): Promise<void> {
    this.#checkAlive();
    checkCodes('codes', codes, this.bits);
    if (codes.length === 0) {
      throw new FaissError('TRAINING_SET_TOO_SMALL', 'Expected codes to train with, received 0.');
    }
    const copying = awaitedLater(copyBytes(codes));
    await this.#write(async () => {
      if (this.#description.size > 0) {
        throw new FaissError(
          'UNSUPPORTED',
          `An index that holds codes (${this.#description.size} here) can't be trained again, since ` +
            'they are in the lists that it had found. Reset it, or train a new index.',
        );
      }
      await this.#native.binaryTrain(this.#handle, await copying);
    });
  }

  /**
   * Adds codes, each with its id: all of them, or none where it throws. Without ids, they get the
   * numbers that follow the largest id so far, from 0.
   *
   * @returns the ids of the codes
   * @throws {FaissError} `INVALID_ARGUMENT`, `DUPLICATE_ID`, `NOT_TRAINED`
   */
  async add(codes: Uint8Array, ids?: Ids): Promise<BigInt64Array> {
    this.#checkAlive();
    const count = checkCodes('codes', codes, this.bits);
    const ownIds = ids === undefined ? new BigInt64Array(count) : copyNewIds(ids, count);
    const copying = awaitedLater(copyBytes(codes));
    await this.#write(async () => {
      this.#checkTrained();
      const own = await copying;
      if (count > 0) {
        await this.#native.binaryAdd(this.#handle, own, ownIds, ids === undefined);
      }
    });
    return ownIds;
  }

  /**
   * The k nearest codes for each query. A search with other parameters than the one before waits
   * until that has finished, since FAISS keeps them in the index.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_TRAINED`
   */
  async search(queries: Uint8Array, options: BinarySearchOptions): Promise<BinarySearchResult> {
    this.#checkAlive();
    const count = checkCodes('queries', queries, this.bits);
    checkOptions('options', options);
    const { k } = options;
    checkInteger('k', k, [1, MAX_K]);
    if (count * k > MAX_RESULTS) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected at most ${MAX_RESULTS} results (queries times k), received ${count} queries ` +
          `with k = ${k}. Search in several calls.`,
      );
    }
    return await this.#searchWith(options, awaitedLater(copyBytes(queries)), async (own) => {
      const distances = new Int32Array(count * k);
      const ids = new BigInt64Array(count * k);
      if (count > 0) {
        await this.#native.binarySearch(this.#handle, own, k, distances, ids);
      }
      return { ids, distances, k };
    });
  }

  /**
   * All codes whose distance to the query is below the radius (of those that the kind of index looks
   * at), at most 2^25 in all.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` also where there are more, `NOT_TRAINED`, `UNSUPPORTED`
   * for BHNSW
   */
  async rangeSearch(
    queries: Uint8Array,
    options: BinaryRangeSearchOptions,
  ): Promise<BinaryRangeSearchResult> {
    this.#checkAlive();
    const queryCount = checkCodes('queries', queries, this.bits);
    checkOptions('options', options);
    const { radius } = options;
    checkInteger('radius', radius, [0, this.bits + 1]);
    return await this.#searchWith(options, awaitedLater(copyBytes(queries)), async (own) => {
      const { found, count } = await this.#native.binaryRangeSearch(this.#handle, own, radius);
      const offsets = new Uint32Array(queryCount + 1);
      const distances = new Int32Array(count);
      const ids = new BigInt64Array(count);
      await this.#native.binaryTakeRange(found, offsets, distances, ids);
      return { offsets, ids, distances };
    });
  }

  /**
   * Removes the codes with these ids, and says how many there were; ids that are not in are passed
   * over.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `UNSUPPORTED` for BHNSW
   */
  async remove(ids: Ids): Promise<number> {
    this.#checkAlive();
    const own = copyIds(ids);
    return await this.#write(() => this.#native.binaryRemove(this.#handle, own));
  }

  /** Removes all codes, whatever the kind; the index stays trained. */
  async reset(): Promise<void> {
    this.#checkAlive();
    await this.#write(() => this.#native.binaryReset(this.#handle));
  }

  /**
   * The code with this id.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `ID_NOT_FOUND`
   */
  async reconstruct(id: bigint | number): Promise<Uint8Array> {
    this.#checkAlive();
    const own = toId(id);
    return await this.#read(async () => {
      const code = new Uint8Array(this.bits / 8);
      await this.#native.binaryReconstruct(this.#handle, own, code);
      return code;
    });
  }

  /**
   * Whether a code has this id. While an `add` or `remove` of this id is running, either answer is
   * possible.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`
   */
  has(id: bigint | number): boolean {
    this.#checkAlive();
    return this.#native.binaryHas(this.#handle, toId(id));
  }

  /**
   * Writes the index to a file, with a note of the caller's (up to 1 MiB). The file is replaced at
   * once when the new one, `path` + `.tmp` until then, is complete and on disk.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `FILE_NOT_FOUND` (no such folder), `IO_FAILED`
   */
  async save(path: string, options: { note?: string } = {}): Promise<void> {
    checkPath(path);
    const { save } = this.#saving(options);
    await this.#read(() => save(path));
  }

  /**
   * What {@link FaissBinaryIndex.save} writes, in memory of its own.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`
   */
  async toBuffer(options: { note?: string } = {}): Promise<Uint8Array<ArrayBuffer>> {
    const saving = this.#saving(options);
    return await this.#read(() => saveToBuffer(saving));
  }

  /**
   * What {@link FaissBinaryIndex.save} writes, as a stream: of the index as it is at this call. It
   * passes through a private temporary file. Failures are `error` events.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`; the stream can fail with `IO_FAILED`
   */
  toStream(options: { note?: string } = {}): Readable {
    const { save } = this.#saving(options);
    return streamOf(this.#queue.read(() => spool(save)));
  }

  /**
   * Waits for calls that were made before, then frees the memory. Later calls throw `DISPOSED`,
   * but this one can be repeated.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#queue.write(() => this.#native.binaryRelease(this.#handle));
    return this.#disposal;
  }

  #read<T>(call: () => Promise<T>): Promise<T> {
    return this.#queue.read(() => asFaissError(call()));
  }

  /** Runs a change alone, then takes note of what it changed, even where it failed. */
  #write<T>(change: () => Promise<T>): Promise<T> {
    return this.#queue.write(async () => {
      try {
        return await asFaissError(change());
      } finally {
        this.#description = this.#native.binaryDescribe(this.#handle);
      }
    });
  }

  /** Runs a search when the index has these parameters, and before it gets others. */
  #searchWith<T>(
    options: BinarySearchParameters,
    copying: Promise<Uint8Array>,
    search: (queries: Uint8Array) => Promise<T>,
  ): Promise<T> {
    const wanted = completeSearchParameters(options, this.#description);
    const { nprobe, efSearch, nflip } = wanted;
    const current = this.#parameters;
    if (nprobe !== current.nprobe || efSearch !== current.efSearch || nflip !== current.nflip) {
      this.#parameters = wanted;
      void this.#queue.write(() =>
        this.#native.binarySetSearchParameters(this.#handle, nprobe, efSearch, nflip),
      );
    }
    return this.#read(async () => {
      this.#checkTrained();
      return await search(await copying);
    });
  }

  #saving(options: { note?: string }): Saving {
    this.#checkAlive();
    checkOptions('options', options);
    const { note = '' } = options;
    checkNote(note);
    return {
      size: () => this.#native.binarySavedSize(this.#handle, note),
      save: (sink) => this.#native.binarySave(this.#handle, sink, note),
    };
  }

  #checkTrained(): void {
    if (!this.#description.isTrained) {
      throw new FaissError(
        'NOT_TRAINED',
        `A binary index of kind '${this.factory}' has to be trained first: call train() with ` +
          'codes like those that you will add.',
      );
    }
  }

  #checkAlive(): void {
    if (this.#disposal !== undefined) {
      throw new FaissError('DISPOSED', 'This index was disposed. Create or load another one.');
    }
  }
}
