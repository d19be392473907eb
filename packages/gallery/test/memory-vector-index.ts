import type {
  IndexHome,
  IndexInfo,
  IndexStamp,
  LoadedIndex,
  Neighbour,
  SearchSettings,
  VectorIndex,
} from '../src/index/vector-index.js';

/** The plainest {@link VectorIndex}: what the contract means, in a few lines. */
export class MemoryVectorIndex implements VectorIndex {
  readonly factory: string;
  readonly isLossless = true;
  readonly isTrained = true;
  readonly sampleSize = 0;
  readonly #dimension: number;
  readonly kept: Map<number, Float32Array>;

  constructor(options: {
    dimension: number;
    factory: string;
    vectors?: Map<number, Float32Array> | undefined;
  }) {
    this.#dimension = options.dimension;
    this.factory = options.factory;
    this.kept = new Map(options.vectors);
  }

  async train(): Promise<boolean> {
    return true;
  }

  async add(ids: readonly number[], vectors: Float32Array): Promise<void> {
    for (const [i, id] of ids.entries()) {
      if (this.kept.has(id)) {
        throw new Error(`${id} is in already`);
      }
      this.kept.set(id, vectors.slice(i * this.#dimension, (i + 1) * this.#dimension));
    }
  }

  async remove(ids: readonly number[]): Promise<void> {
    for (const id of ids) {
      this.kept.delete(id);
    }
  }

  async compact(): Promise<void> {}

  async search(
    queries: Float32Array,
    { k, only }: { k: number; only?: readonly number[] },
  ): Promise<Neighbour[][]> {
    const answers: Neighbour[][] = [];
    for (let start = 0; start < queries.length; start += this.#dimension) {
      const query = queries.subarray(start, start + this.#dimension);
      const all = [...this.kept]
        .filter(([id]) => only === undefined || only.includes(id))
        .map(([id, vector]) => ({
          id,
          squaredDistance: vector.reduce((sum, x, i) => sum + (x - query[i]!) ** 2, 0),
        }));
      answers.push(all.sort((a, b) => a.squaredDistance - b.squaredDistance).slice(0, k));
    }
    return answers;
  }

  async tune(): Promise<SearchSettings> {
    return { parameters: {}, candidates: 1, recall: { k: 10, value: 1, probes: 1 } };
  }

  async use(): Promise<void> {}

  async size(): Promise<number> {
    return this.kept.size;
  }

  async ids(): Promise<number[]> {
    return [...this.kept.keys()];
  }

  async vectors(ids: readonly number[]): Promise<Float32Array> {
    return Float32Array.from(ids.flatMap((id) => [...(this.kept.get(id) ?? [])]));
  }

  async info(): Promise<IndexInfo> {
    return { size: this.kept.size, holes: 0, vectorBytes: this.#dimension * 4 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kept.clear();
  }
}

/** Keeps what is saved in memory. */
export class MemoryIndexHome implements IndexHome {
  readonly #dimension: number;
  saved: { stamp: IndexStamp; vectors: Map<number, Float32Array>; factory: string } | undefined;

  constructor(options: { dimension: number }) {
    this.#dimension = options.dimension;
  }

  create(factory: string): MemoryVectorIndex {
    return new MemoryVectorIndex({ dimension: this.#dimension, factory });
  }

  async save(index: MemoryVectorIndex, stamp: IndexStamp): Promise<void> {
    const { kept, factory } = index;
    this.saved = { stamp: structuredClone(stamp), vectors: new Map(kept), factory };
  }

  async load(): Promise<LoadedIndex> {
    if (this.saved === undefined) {
      return { state: 'missing' };
    }
    const { stamp, vectors, factory } = this.saved;
    const index = this.create(factory);
    for (const [id, vector] of vectors) {
      await index.add([id], vector);
    }
    return { state: 'loaded', index, stamp };
  }

  async discard(): Promise<void> {
    this.saved = undefined;
  }

  async sizeBytes(): Promise<number> {
    return (this.saved?.vectors.size ?? 0) * this.#dimension * 4;
  }
}
