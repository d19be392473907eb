import { stat } from 'node:fs/promises';
import { FaissError, FaissIndex } from '@facedex/faiss';
import type { IndexStamp, LoadedIndex, Neighbour, VectorIndex } from './vector-index.js';

const METRIC = 'l2';

/** FAISS inside this process, saved to one file. Ids are face ids: non-negative safe integers. */
export class FaissVectorIndex implements VectorIndex {
  readonly #path: string;
  readonly #dimension: number;
  #index: FaissIndex;

  constructor(options: { path: string; dimension: number }) {
    this.#path = options.path;
    this.#dimension = options.dimension;
    this.#index = this.#empty();
  }

  async load(): Promise<LoadedIndex> {
    const bytes = await this.#fileBytes();
    if (bytes === 0) {
      await this.clear();
      return { state: 'missing' };
    }
    let loaded: FaissIndex;
    try {
      loaded = await FaissIndex.load(this.#path);
    } catch (error) {
      if (!(error instanceof FaissError) || error.code === 'OUT_OF_MEMORY') {
        throw error;
      }
      await this.clear();
      return { state: 'unusable', reason: error.message };
    }
    const stamp = parseStamp(loaded.note);
    if (stamp === undefined || loaded.dimension !== this.#dimension || loaded.metric !== METRIC) {
      await loaded[Symbol.asyncDispose]();
      await this.clear();
      return { state: 'unusable', reason: 'it is not the index of a gallery like this one' };
    }
    await this.#replace(loaded);
    return { state: 'loaded', stamp };
  }

  async save(stamp: IndexStamp): Promise<void> {
    await this.#index.save(this.#path, { note: JSON.stringify(stamp) });
  }

  async clear(): Promise<void> {
    await this.#replace(this.#empty());
  }

  async add(ids: readonly number[], vectors: Float32Array): Promise<void> {
    await this.#index.add(vectors, BigInt64Array.from(ids, BigInt));
  }

  async remove(ids: readonly number[]): Promise<void> {
    await this.#index.remove(BigInt64Array.from(ids, BigInt));
  }

  async search(queries: Float32Array, k: number): Promise<Neighbour[][]> {
    const queryCount = queries.length / this.#dimension;
    const found = await this.#index.search(queries, { k });
    const answers: Neighbour[][] = [];
    for (let query = 0; query < queryCount; query++) {
      const neighbours: Neighbour[] = [];
      for (let i = query * found.k; i < (query + 1) * found.k; i++) {
        const id = Number(found.ids[i]!);
        if (id >= 0) {
          neighbours.push({ id, squaredDistance: found.distances[i]! });
        }
      }
      answers.push(neighbours);
    }
    return answers;
  }

  async size(): Promise<number> {
    return this.#index.size;
  }

  async info(): Promise<{ factory: string; size: number; fileBytes: number }> {
    const { factory, size } = this.#index;
    return { factory, size, fileBytes: await this.#fileBytes() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#index[Symbol.asyncDispose]();
  }

  #empty(): FaissIndex {
    return FaissIndex.create({ dimension: this.#dimension, metric: METRIC });
  }

  async #replace(index: FaissIndex): Promise<void> {
    const previous = this.#index;
    this.#index = index;
    await previous[Symbol.asyncDispose]();
  }

  async #fileBytes(): Promise<number> {
    return (await stat(this.#path).catch(() => undefined))?.size ?? 0;
  }
}

function parseStamp(note: string): IndexStamp | undefined {
  let value: unknown;
  try {
    value = JSON.parse(note);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const { galleryId, spaceId, change } = value as Record<string, unknown>;
  return typeof galleryId === 'string' && typeof spaceId === 'string' && Number.isInteger(change)
    ? { galleryId, spaceId, change: Number(change) }
    : undefined;
}
