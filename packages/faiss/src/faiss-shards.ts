import { MAX_RESULTS, show } from './arguments.js';
import { checkFiniteVectors } from './check-finite-vectors.js';
import { FaissError } from './faiss-error.js';
import type { FaissIndex } from './faiss-index.js';
import { fillSmallest } from './fill-smallest.js';
import { checkMember, checkMemberCount, idAfter, withClones } from './group-members.js';
import type { IdFilter } from './id-filter.js';
import { findRepeated } from './id-set.js';
import { inSlices } from './in-slices.js';
import { IndexGroup } from './index-group.js';
import { findTwice, mergeIds } from './merge-ids.js';
import { mergeNearest, mergeRanges } from './merge-results.js';
import type {
  RangeSearchOptions,
  RangeSearchResult,
  SearchOptions,
  SearchResult,
} from './options.js';
import { gatherIds, gatherRows, scatterRows } from './rows.js';
import { settleAll } from './settle-all.js';

/** Ids that are looked up in about a millisecond. */
const LOOKUPS = 2 ** 11;
/** Numbers that are read or written in about a millisecond. */
const NUMBERS = 2 ** 18;

/**
 * Several indexes that hold parts of the vectors, used like one: FAISS's IndexShards. They are
 * searched beside each other, and each can be saved by itself.
 *
 * The methods are those of {@link FaissIndex}, and calls take effect in the order in which they are
 * made. `add` fills the smallest shards first, so that they stay or become equal.
 *
 * @example
 * ```ts
 * import { FaissIndex, FaissShards } from '@facedex/faiss';
 *
 * const empty = FaissIndex.create({ dimension: 2 });
 * await using shards = await FaissShards.split(empty, 2);
 * await shards.add(new Float32Array([0, 0, 1, 1]), [10, 20]);
 * console.log(shards.shards.map(({ size }) => size)); // [ 1, 1 ]
 * const { ids } = await shards.search(new Float32Array([0.9, 0.8]), { k: 2 });
 * console.log(ids); // BigInt64Array(2) [ 20n, 10n ]
 * ```
 */
export class FaissShards extends IndexGroup {
  /**
   * One index out of these, which it takes over: it disposes of them, and nobody else may change
   * them. They can be of different kinds, but not every kind has every parameter.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` where dimension or metric differ, `NOT_TRAINED`,
   * `DUPLICATE_ID` where two have an id in common. The indexes are left as they were.
   */
  static async over(shards: readonly FaissIndex[]): Promise<FaissShards> {
    if (!Array.isArray(shards)) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected an array of FaissIndex, received ${show(shards)}.`,
      );
    }
    const own: readonly FaissIndex[] = [...shards];
    checkMemberCount(own.length);
    for (const shard of own) {
      checkMember(shard);
      checkSameSpace(shard, own[0] as FaissIndex);
    }
    if (new Set(own).size < own.length) {
      throw new FaissError('INVALID_ARGUMENT', 'Expected each index once, received one twice.');
    }
    const ids = await mergeIds(await settleAll(own.map((shard) => shard.ids())));
    const twice = await findTwice(ids);
    if (twice !== undefined) {
      throw new FaissError(
        'DUPLICATE_ID',
        `Expected shards without an id in common, but two have ${twice}. Remove it from one.`,
      );
    }
    return new FaissShards(own, idAfter(ids));
  }

  /**
   * n shards of the same kind and training: an empty index, which is taken over, and copies of it.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` unless n is 1 to 256 and the index is empty,
   * `NOT_TRAINED`
   */
  static async split(index: FaissIndex, n: number): Promise<FaissShards> {
    checkMember(index);
    checkMemberCount(n);
    const members = await withClones(index, n);
    if (members.some(({ size }) => size > 0)) {
      await settleAll(members.slice(1).map((clone) => clone[Symbol.asyncDispose]()));
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected an empty index, received one with ${index.size} vectors. Split it before they ` +
          'are added.',
      );
    }
    return new FaissShards(members, 0n);
  }

  /** The indexes. Save them, look at them, but change them only through this object. */
  get shards(): readonly FaissIndex[] {
    this.checkAlive();
    return [...this.members];
  }

  override get size(): number {
    this.checkAlive();
    return this.members.reduce((sum, { size }) => sum + size, 0);
  }

  override get deletedCount(): number {
    this.checkAlive();
    return this.members.reduce((sum, { deletedCount }) => sum + deletedCount, 0);
  }

  protected override async addToMembers(vectors: Float32Array, ids: BigInt64Array): Promise<void> {
    const { dimension } = this;
    await checkFiniteVectors(vectors, dimension);
    await this.#checkNew(ids);
    let end = 0;
    const parts = fillSmallest(
      this.members.map(({ size }) => size),
      ids.length,
    ).map((count, shard) => {
      const begin = end;
      end += count;
      return { member: this.members[shard] as FaissIndex, begin, end };
    });
    const settled = await Promise.allSettled(
      parts.map(({ member, begin, end }) =>
        member.add(vectors.subarray(begin * dimension, end * dimension), ids.subarray(begin, end)),
      ),
    );
    const failed = settled.find(({ status }) => status === 'rejected');
    if (failed !== undefined) {
      // For want of memory, since all else was checked. What the others took is taken back.
      const done = parts.filter((_, i) => settled[i]?.status === 'fulfilled');
      await settleAll(
        done.map(({ member, begin, end }) => member.remove(ids.subarray(begin, end))),
      );
      throw (failed as PromiseRejectedResult).reason;
    }
  }

  protected override async updateMembers(vectors: Float32Array, ids: BigInt64Array): Promise<void> {
    await checkFiniteVectors(vectors, this.dimension);
    const rows = await this.#locate(ids, 'Use add() for it. Nothing was changed.');
    const twice = await findRepeated(ids);
    if (twice !== undefined) {
      throw new FaissError(
        'DUPLICATE_ID',
        `Expected each id once, received ${twice} twice. Nothing was changed.`,
      );
    }
    await this.#onRows(rows, async (member, part) => {
      const own = await gatherRows(vectors, part, this.dimension);
      await member.update(own, await gatherIds(ids, part));
    });
  }

  protected override async removeFromMembers(
    idsOrFilter: BigInt64Array | IdFilter,
  ): Promise<number> {
    const removed = await this.onAll((member) => member.remove(idsOrFilter));
    return removed.reduce((sum, count) => sum + count, 0);
  }

  protected override async searchMembers(
    queries: Float32Array,
    options: SearchOptions,
  ): Promise<SearchResult> {
    const count = queries.length / this.dimension;
    const calls = this.members.length;
    if (count * options.k * calls > MAX_RESULTS) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected at most ${MAX_RESULTS} results (queries times k times shards), received ` +
          `${count} queries with k = ${options.k} for ${calls} shards. Search in several calls.`,
      );
    }
    const own = this.withThreads(options, { calls, count });
    const parts = await this.onAll((member) => member.search(queries, own));
    return await mergeNearest(parts, this.metric);
  }

  protected override async rangeSearchMembers(
    queries: Float32Array,
    options: RangeSearchOptions & { maxResults: number },
  ): Promise<RangeSearchResult> {
    const count = queries.length / this.dimension;
    const own = this.withThreads(options, { calls: this.members.length, count });
    const parts = await this.onAll((member) => member.rangeSearch(queries, own));
    this.checkFound(parts, options.maxResults);
    return await mergeRanges(parts, this.metric);
  }

  protected override async reconstructFromMembers(ids: BigInt64Array): Promise<Float32Array> {
    const { dimension } = this;
    const rows = await this.#locate(ids, '');
    const vectors = new Float32Array(ids.length * dimension);
    await this.#onRows(rows, async (member, part) => {
      const own = await member.reconstructMany(await gatherIds(ids, part));
      await scatterRows(own, part, { into: vectors, dimension });
    });
    return vectors;
  }

  protected override async idsOfMembers(): Promise<BigInt64Array> {
    return await mergeIds(await this.onAll((member) => member.ids()));
  }

  async #checkNew(ids: BigInt64Array): Promise<void> {
    let known = await findRepeated(ids);
    await inSlices({ count: ids.length, size: LOOKUPS / this.members.length }, (begin, end) => {
      for (let i = begin; i < end && known === undefined; i++) {
        const id = ids[i] as bigint;
        known = this.members.some((member) => member.has(id)) ? id : undefined;
      }
    });
    if (known !== undefined) {
      throw new FaissError(
        'DUPLICATE_ID',
        `Expected ids that are not in the index yet, each once. Id ${known} is in already, or ` +
          'twice in this batch. Use update() for it, or remove it first. Nothing was added.',
      );
    }
  }

  /** For each shard, which of the ids it has. */
  async #locate(ids: BigInt64Array, advice: string): Promise<Uint32Array[]> {
    const shards = new Uint8Array(ids.length);
    const counts = new Uint32Array(this.members.length);
    await inSlices({ count: ids.length, size: LOOKUPS / this.members.length }, (begin, end) => {
      for (let i = begin; i < end; i++) {
        const id = ids[i] as bigint;
        const shard = this.members.findIndex((member) => member.has(id));
        if (shard === -1) {
          throw new FaissError(
            'ID_NOT_FOUND',
            `There is no vector with id ${id}. ${advice}`.trim(),
          );
        }
        shards[i] = shard;
        counts[shard]!++;
      }
    });
    const rows = Array.from(counts, (count) => new Uint32Array(count));
    counts.fill(0);
    await inSlices({ count: ids.length, size: NUMBERS }, (begin, end) => {
      for (let i = begin; i < end; i++) {
        const shard = shards[i]!;
        rows[shard]![counts[shard]!++] = i;
      }
    });
    return rows;
  }

  /** Calls a function for each shard that has rows, beside each other. */
  async #onRows(
    rows: readonly Uint32Array[],
    call: (member: FaissIndex, rows: Uint32Array) => Promise<void>,
  ): Promise<void> {
    const calls = this.members.map(async (member, shard) => {
      const part = rows[shard] as Uint32Array;
      if (part.length > 0) {
        await call(member, part);
      }
    });
    await settleAll(calls);
  }
}

function checkSameSpace(a: FaissIndex, b: FaissIndex): void {
  for (const property of ['dimension', 'metric', 'metricArg'] as const) {
    if (a[property] !== b[property]) {
      throw new FaissError(
        'INVALID_ARGUMENT',
        `Expected shards of the same ${property}, received ${b[property]} and ${a[property]}.`,
      );
    }
  }
}
