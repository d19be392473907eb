import {
  checkFinite,
  checkInteger,
  checkOptions,
  checkVectors,
  DEFAULT_MAX_RANGE_RESULTS,
  MAX_K,
  MAX_RESULTS,
} from './arguments.js';
import { copyFilter } from './copy-filter.js';
import { copyVectors } from './copy-vectors.js';
import { FaissError } from './faiss-error.js';
import type { FaissIndex } from './faiss-index.js';
import type { IdFilter } from './id-filter.js';
import { fillConsecutive, largestId } from './id-words.js';
import { copyIds, copyNewIds, type Ids, toId } from './ids.js';
import type { FaissMetric } from './metrics.js';
import { awaitedLater } from './native-call.js';
import type {
  CommonSearchOptions,
  RangeSearchOptions,
  RangeSearchResult,
  SearchOptions,
  SearchResult,
} from './options.js';
import { checkParameters, type IndexParameters, type ParameterName } from './parameters.js';
import { ReadWriteQueue } from './read-write-queue.js';
import { settleAll } from './settle-all.js';
import { checkThreads, maxThreads } from './threads.js';

const MAX_ID = 2n ** 63n - 1n;

/**
 * What {@link FaissShards} and {@link FaissReplicas} have in common: several indexes that are used
 * like one, with the methods of {@link FaissIndex}. Calls take effect in the order in which they are
 * made.
 */
export abstract class IndexGroup implements AsyncDisposable {
  readonly dimension: number;
  readonly metric: FaissMetric;
  /** The p of metric `'lp'`; 0 for others. */
  readonly metricArg: number;
  /** The factory string of the first index. */
  readonly factory: string;
  /** The number of inverted lists, the least of all indexes; 0 for kinds without. */
  readonly listCount: number;

  protected members: readonly FaissIndex[];
  readonly #queue = new ReadWriteQueue();
  /** What the next vector without an id gets. */
  #nextId: bigint;
  #disposal: Promise<void> | undefined;

  protected constructor(members: readonly FaissIndex[], nextId: bigint) {
    const [first] = members as readonly [FaissIndex];
    this.members = members;
    this.dimension = first.dimension;
    this.metric = first.metric;
    this.metricArg = first.metricArg;
    this.factory = first.factory;
    this.listCount = Math.min(...members.map(({ listCount }) => listCount));
    this.#nextId = nextId;
  }

  /** How many vectors are in. While a call is running, anything between before and after. */
  abstract get size(): number;

  /** How many removed vectors are still stored, see {@link FaissIndex.deletedCount}. */
  abstract get deletedCount(): number;

  /** The parameters that all indexes have, as the first one is set. */
  get parameters(): Readonly<IndexParameters> {
    this.checkAlive();
    const entries = Object.entries(this.members[0]!.parameters).filter(([name]) =>
      this.members.every(({ parameters }) => parameters[name as ParameterName] !== undefined),
    );
    return Object.fromEntries(entries);
  }

  /**
   * Sets what following calls use that don't say otherwise, on all indexes.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` where a value is out of range, or the parameter is not one
   * of this kind of index
   */
  async setParameters(parameters: IndexParameters): Promise<void> {
    this.checkAlive();
    for (const { factory, listCount, parameters: known } of this.members) {
      checkParameters(parameters, { factory, listCount, known });
    }
    const own = { ...parameters };
    await this.#queue.write(() => this.onAll((member) => member.setParameters(own)));
  }

  /**
   * Adds vectors, each with its id: all of them, or none where it throws. Without ids, they get the
   * numbers that follow the largest id so far, from 0.
   *
   * @returns the ids of the vectors
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `DUPLICATE_ID`
   */
  async add(vectors: Float32Array, ids?: Ids): Promise<BigInt64Array> {
    this.checkAlive();
    checkVectors('vectors', vectors, this.dimension);
    const count = vectors.length / this.dimension;
    const ownIds = ids === undefined ? new BigInt64Array(count) : copyNewIds(ids, count);
    const copying = awaitedLater(copyVectors(vectors));
    return await this.#queue.write(async () => {
      const own = await copying;
      if (ids === undefined) {
        await this.#assignIds(ownIds);
      }
      if (count > 0) {
        await this.addToMembers(own, ownIds);
        const largest = await largestId(ownIds);
        this.#nextId = largest < this.#nextId ? this.#nextId : largest + 1n;
      }
      return ownIds;
    });
  }

  /**
   * Gives new vectors to ids that are in: all of them, or none where it throws (but for want of
   * memory).
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`, `ID_NOT_FOUND`, `DUPLICATE_ID`
   */
  async update(vectors: Float32Array, ids: Ids): Promise<void> {
    this.checkAlive();
    checkVectors('vectors', vectors, this.dimension);
    const ownIds = copyNewIds(ids, vectors.length / this.dimension);
    const copying = awaitedLater(copyVectors(vectors));
    await this.#queue.write(async () => this.updateMembers(await copying, ownIds));
  }

  /**
   * The k nearest vectors for each query, see {@link FaissIndex.search}. `threads` are those of all
   * indexes together, at least one each.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `NOT_FINITE`
   */
  async search(queries: Float32Array, options: SearchOptions): Promise<SearchResult> {
    const own = this.#ownOptions(queries, options);
    checkInteger('k', own.k, [1, MAX_K]);
    const copying = awaitedLater(copyVectors(queries));
    return await this.#queue.read(async () => this.searchMembers(await copying, own));
  }

  /**
   * All vectors within a radius of each query, see {@link FaissIndex.rangeSearch}.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` (also for too many results), `NOT_FINITE`, `UNSUPPORTED`
   * for LSH
   */
  async rangeSearch(
    queries: Float32Array,
    options: RangeSearchOptions,
  ): Promise<RangeSearchResult> {
    const { maxResults = DEFAULT_MAX_RANGE_RESULTS } = options ?? {};
    const own = { ...this.#ownOptions(queries, options), maxResults };
    checkFinite('radius', own.radius);
    checkInteger('maxResults', maxResults, [1, MAX_RESULTS]);
    const copying = awaitedLater(copyVectors(queries));
    return await this.#queue.read(async () => this.rangeSearchMembers(await copying, own));
  }

  /**
   * Removes vectors by id or by filter, and says how many there were; ids that are not in are passed
   * over.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`
   */
  async remove(idsOrFilter: Ids | IdFilter): Promise<number> {
    this.checkAlive();
    const own =
      ArrayBuffer.isView(idsOrFilter) || Array.isArray(idsOrFilter)
        ? copyIds(idsOrFilter as Ids)
        : copyFilter(idsOrFilter as IdFilter);
    return await this.#queue.write(() => this.removeFromMembers(own));
  }

  /**
   * Frees what removed vectors still occupy, see {@link FaissIndex.compact}.
   *
   * @throws {FaissError} `UNSUPPORTED` for kinds that can't decode their vectors
   */
  async compact(): Promise<void> {
    this.checkAlive();
    await this.#queue.write(() => this.onAll((member) => member.compact()));
  }

  /** Removes all vectors, but keeps what was learned in training. */
  async reset(): Promise<void> {
    this.checkAlive();
    await this.#queue.write(async () => {
      await this.onAll((member) => member.reset());
      this.#nextId = 0n;
    });
  }

  /**
   * The vector with this id as the index stores it.
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
    this.checkAlive();
    const own = copyIds(ids);
    return await this.#queue.read(() => this.reconstructFromMembers(own));
  }

  /**
   * Whether a vector has this id. While an `add` or `remove` of this id is running, either answer is
   * possible.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`
   */
  has(id: bigint | number): boolean {
    this.checkAlive();
    const own = toId(id);
    return this.members.some((member) => member.has(own));
  }

  /** The ids of all vectors, in ascending order. */
  async ids(): Promise<BigInt64Array> {
    this.checkAlive();
    return await this.#queue.read(() => this.idsOfMembers());
  }

  /**
   * Waits for calls that were made before, then frees the memory of all indexes. Later calls throw
   * `DISPOSED`, but this one can be repeated.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#queue.write(async () => {
      await settleAll(this.members.map((member) => member[Symbol.asyncDispose]()));
    });
    return this.#disposal;
  }

  // What follows is called in its turn, with arguments of our own that have been checked.

  protected abstract addToMembers(vectors: Float32Array, ids: BigInt64Array): Promise<void>;
  protected abstract updateMembers(vectors: Float32Array, ids: BigInt64Array): Promise<void>;
  protected abstract removeFromMembers(idsOrFilter: BigInt64Array | IdFilter): Promise<number>;
  protected abstract searchMembers(
    queries: Float32Array,
    options: SearchOptions,
  ): Promise<SearchResult>;
  protected abstract rangeSearchMembers(
    queries: Float32Array,
    options: RangeSearchOptions & { maxResults: number },
  ): Promise<RangeSearchResult>;
  protected abstract reconstructFromMembers(ids: BigInt64Array): Promise<Float32Array>;
  protected abstract idsOfMembers(): Promise<BigInt64Array>;

  /** Does the same with all members, beside each other. */
  protected onAll<T>(call: (member: FaissIndex) => Promise<T>): Promise<T[]> {
    return settleAll(this.members.map(call));
  }

  /** Runs something in the order of calls, beside other searches. */
  protected read<T>(task: () => Promise<T>): Promise<T> {
    return this.#queue.read(task);
  }

  protected checkAlive(): void {
    if (this.#disposal !== undefined) {
      throw new FaissError('DISPOSED', 'These indexes were disposed. Create or load others.');
    }
  }

  /** @throws {FaissError} `INVALID_ARGUMENT` where the indexes found more than was asked for. */
  protected checkFound(parts: readonly RangeSearchResult[], maxResults: number): void {
    if (parts.reduce((sum, { ids }) => sum + ids.length, 0) > maxResults) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected a radius with at most ${maxResults} results for all queries together, there ` +
          'are more. Use a smaller radius, or fewer queries at a time.',
      );
    }
  }

  /** The options, with an equal part of the threads for each of so many calls beside each other. */
  protected withThreads<Options extends CommonSearchOptions>(
    options: Options,
    { calls, count }: { calls: number; count: number },
  ): Options {
    const all = Math.min(options.threads ?? Number.POSITIVE_INFINITY, maxThreads());
    const each = Math.max(1, Math.floor(all / calls));
    const threads = options.threads === undefined ? Math.min(each, Math.max(count, 1)) : each;
    return { ...options, threads };
  }

  #ownOptions<Options extends CommonSearchOptions>(
    queries: Float32Array,
    options: Options,
  ): Options {
    this.checkAlive();
    checkVectors('queries', queries, this.dimension);
    checkOptions('options', options);
    checkThreads(options);
    return {
      ...options,
      ...(options.filter !== undefined && { filter: copyFilter(options.filter) }),
    };
  }

  async #assignIds(ids: BigInt64Array): Promise<void> {
    if (this.#nextId + BigInt(ids.length) > MAX_ID) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        'Expected ids, as no number is left after the largest id in the index.',
      );
    }
    await fillConsecutive(ids, this.#nextId);
  }
}
