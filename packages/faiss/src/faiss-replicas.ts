import type { FaissIndex } from './faiss-index.js';
import { checkMember, checkMemberCount, idAfter, withClones } from './group-members.js';
import type { IdFilter } from './id-filter.js';
import { IndexGroup } from './index-group.js';
import { joinRanges, joinResults } from './join-results.js';
import type {
  CommonSearchOptions,
  RangeSearchOptions,
  RangeSearchResult,
  SearchOptions,
  SearchResult,
} from './options.js';
import { settleAll } from './settle-all.js';

/**
 * Several indexes that all hold the same vectors: FAISS's IndexReplicas. The queries of a search are
 * split among them, and a single query goes to the one that has the least to do. Searches with
 * different parameters (`nprobe`, `efSearch`, …) wait for each other in one {@link FaissIndex}, but
 * not in different replicas.
 *
 * The methods are those of {@link FaissIndex}, and calls take effect in the order in which they are
 * made. Where a change fails in one replica and not in all, for want of memory, that one is dropped;
 * `replicaCount` says how many there are.
 *
 * @example
 * ```ts
 * import { FaissIndex, FaissReplicas } from '@facedex/faiss';
 *
 * const index = FaissIndex.create({ dimension: 2 });
 * await using replicas = await FaissReplicas.of(index, 2);
 * await replicas.add(new Float32Array([0, 0, 1, 1]), [10, 20]);
 * const { ids } = await replicas.search(new Float32Array([0.9, 0.8]), { k: 2 });
 * console.log(ids); // BigInt64Array(2) [ 20n, 10n ]
 * ```
 */
export class FaissReplicas extends IndexGroup {
  /** Queries that each replica is busy with. */
  readonly #load = new Map<FaissIndex, number>();

  /**
   * n replicas: the index, which is taken over (this object disposes of it, and nobody else may
   * change it), and n - 1 copies of it.
   *
   * @throws {FaissError} `INVALID_ARGUMENT` unless n is 1 to 256, `NOT_TRAINED`
   */
  static async of(index: FaissIndex, n: number): Promise<FaissReplicas> {
    checkMember(index);
    checkMemberCount(n);
    const [ids, members] = await Promise.all([index.ids(), withClones(index, n)]);
    return new FaissReplicas(members, idAfter(ids));
  }

  /** How many replicas there are. */
  get replicaCount(): number {
    this.checkAlive();
    return this.members.length;
  }

  override get size(): number {
    this.checkAlive();
    return this.#first.size;
  }

  override get deletedCount(): number {
    this.checkAlive();
    return this.#first.deletedCount;
  }

  /**
   * Writes one of the replicas to a file, see {@link FaissIndex.save}.
   *
   * @throws {FaissError} `INVALID_ARGUMENT`, `FILE_NOT_FOUND` (no such folder), `IO_FAILED`
   */
  async save(path: string, options: { note?: string } = {}): Promise<void> {
    this.checkAlive();
    await this.read(() => this.#leastBusy(1)[0].save(path, options));
  }

  protected override async addToMembers(vectors: Float32Array, ids: BigInt64Array): Promise<void> {
    await this.#change((member) => member.add(vectors, ids));
  }

  protected override async updateMembers(vectors: Float32Array, ids: BigInt64Array): Promise<void> {
    await this.#change((member) => member.update(vectors, ids));
  }

  protected override async removeFromMembers(
    idsOrFilter: BigInt64Array | IdFilter,
  ): Promise<number> {
    return await this.#change((member) => member.remove(idsOrFilter));
  }

  protected override async searchMembers(
    queries: Float32Array,
    options: SearchOptions,
  ): Promise<SearchResult> {
    const parts = await this.#spread(queries, options, (member, part, own) =>
      member.search(part, own),
    );
    return await joinResults(parts);
  }

  protected override async rangeSearchMembers(
    queries: Float32Array,
    options: RangeSearchOptions & { maxResults: number },
  ): Promise<RangeSearchResult> {
    const parts = await this.#spread(queries, options, (member, part, own) =>
      member.rangeSearch(part, own),
    );
    this.checkFound(parts, options.maxResults);
    return await joinRanges(parts);
  }

  protected override async reconstructFromMembers(ids: BigInt64Array): Promise<Float32Array> {
    return await this.#leastBusy(1)[0].reconstructMany(ids);
  }

  protected override async idsOfMembers(): Promise<BigInt64Array> {
    return await this.#leastBusy(1)[0].ids();
  }

  get #first(): FaissIndex {
    return this.members[0] as FaissIndex;
  }

  #leastBusy(count: number): [FaissIndex, ...FaissIndex[]] {
    const load = (member: FaissIndex) => this.#load.get(member) ?? 0;
    const sorted = [...this.members].sort((a, b) => load(a) - load(b));
    return sorted.slice(0, count) as [FaissIndex, ...FaissIndex[]];
  }

  /** Makes the same change to all, and drops those that didn't manage what others did. */
  async #change<T>(change: (member: FaissIndex) => Promise<T>): Promise<T> {
    const calls = this.members.map((member) => ({ member, call: change(member) }));
    const settled = await Promise.allSettled(calls.map(({ call }) => call));
    const done = calls.filter((_, i) => settled[i]?.status === 'fulfilled');
    if (done.length > 0 && done.length < calls.length) {
      this.members = done.map(({ member }) => member);
      const dropped = calls.filter((call) => !done.includes(call));
      await settleAll(dropped.map(({ member }) => member[Symbol.asyncDispose]()));
    }
    return await (done[0] ?? (calls[0] as (typeof calls)[number])).call;
  }

  /** Gives equal parts of the queries to the replicas that have the least to do. */
  async #spread<Options extends CommonSearchOptions, Result>(
    queries: Float32Array,
    options: Options,
    search: (member: FaissIndex, part: Float32Array, options: Options) => Promise<Result>,
  ): Promise<Result[]> {
    const count = queries.length / this.dimension;
    const members = this.#leastBusy(Math.max(count, 1)); // also without queries, for the checks
    const calls = members.length;
    const own = this.withThreads(options, { calls, count: Math.ceil(count / calls) });
    const searches = members.map(async (member, i) => {
      const begin = Math.floor((count * i) / calls);
      const end = Math.floor((count * (i + 1)) / calls);
      const part = queries.subarray(begin * this.dimension, end * this.dimension);
      this.#addLoad(member, end - begin);
      try {
        return await search(member, part, own);
      } finally {
        this.#addLoad(member, begin - end);
      }
    });
    return await settleAll(searches);
  }

  #addLoad(member: FaissIndex, queries: number): void {
    this.#load.set(member, (this.#load.get(member) ?? 0) + queries);
  }
}
