import type { IndexStamp, LoadedIndex, Neighbour, VectorIndex } from '../src/index/vector-index.js';

/** The plainest {@link VectorIndex}: what the contract means, in a few lines. */
export class MemoryVectorIndex implements VectorIndex {
  readonly #dimension: number;
  readonly #disk: { saved?: { stamp: IndexStamp; vectors: Map<number, Float32Array> } };
  #vectors = new Map<number, Float32Array>();

  /** `disk` keeps what is saved. */
  constructor(options: { dimension: number; disk: object }) {
    this.#dimension = options.dimension;
    this.#disk = options.disk;
  }

  async load(): Promise<LoadedIndex> {
    const { saved } = this.#disk;
    this.#vectors = new Map(saved?.vectors);
    return saved === undefined ? { state: 'missing' } : { state: 'loaded', stamp: saved.stamp };
  }

  async save(stamp: IndexStamp): Promise<void> {
    this.#disk.saved = { stamp, vectors: new Map(this.#vectors) };
  }

  async clear(): Promise<void> {
    this.#vectors.clear();
  }

  async add(ids: readonly number[], vectors: Float32Array): Promise<void> {
    for (const [i, id] of ids.entries()) {
      if (this.#vectors.has(id)) {
        throw new Error(`${id} is in already`);
      }
      this.#vectors.set(id, vectors.slice(i * this.#dimension, (i + 1) * this.#dimension));
    }
  }

  async remove(ids: readonly number[]): Promise<void> {
    for (const id of ids) {
      this.#vectors.delete(id);
    }
  }

  async search(queries: Float32Array, k: number): Promise<Neighbour[][]> {
    const answers: Neighbour[][] = [];
    for (let start = 0; start < queries.length; start += this.#dimension) {
      const query = queries.subarray(start, start + this.#dimension);
      const all = [...this.#vectors].map(([id, vector]) => ({
        id,
        squaredDistance: vector.reduce((sum, x, i) => sum + (x - query[i]!) ** 2, 0),
      }));
      answers.push(all.sort((a, b) => a.squaredDistance - b.squaredDistance).slice(0, k));
    }
    return answers;
  }

  async size(): Promise<number> {
    return this.#vectors.size;
  }

  async info(): Promise<{ factory: string; size: number; fileBytes: number }> {
    const bytes = (this.#disk.saved?.vectors.size ?? 0) * this.#dimension * 4;
    return { factory: 'memory', size: this.#vectors.size, fileBytes: bytes };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#vectors.clear();
  }
}
