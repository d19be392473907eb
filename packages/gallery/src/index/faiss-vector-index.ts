import { FaissError, FaissIndex, type IdFilter } from '@facedex/faiss';
import { GalleryError } from '../errors.js';
import { type TuneOptions, tuneSearch } from './tune-search.js';
import type {
  IndexInfo,
  Neighbour,
  SearchSample,
  SearchSettings,
  VectorIndex,
} from './vector-index.js';

const METRIC = 'l2';
const FLOAT_BYTES = 4;
/** k-means and its like learn little from more than this many vectors a list. */
const SAMPLES_PER_LIST = 40;
/** Enough for PCA, scalar and product quantizers. */
const LEAST_SAMPLE = 20_000;
const BITS = 8;

/** FAISS inside this process. Ids are face ids: non-negative safe integers. */
export class FaissVectorIndex implements VectorIndex {
  readonly #index: FaissIndex;

  constructor(index: FaissIndex) {
    this.#index = index;
  }

  /** @throws GalleryError `INVALID_ARGUMENT` where FAISS knows no such kind */
  static create(options: { dimension: number; factory: string }): FaissVectorIndex {
    try {
      return new FaissVectorIndex(FaissIndex.create({ ...options, metric: METRIC }));
    } catch (error) {
      if (!(error instanceof FaissError) || error.code === 'OUT_OF_MEMORY') {
        throw error;
      }
      throw new GalleryError(
        'INVALID_ARGUMENT',
        `expected a kind of index in FAISS's words, such as "IVF1024,SQ8", but received ${JSON.stringify(options.factory)}: ${error.message}`,
        { cause: error },
      );
    }
  }

  get factory(): string {
    return this.#index.factory;
  }

  get isLossless(): boolean {
    return /^(IVF\d+(_HNSW\d+)?,)?Flat$|^HNSW\d*(,Flat)?$/.test(this.factory);
  }

  get isTrained(): boolean {
    return this.#index.isTrained;
  }

  get sampleSize(): number {
    return Math.max(LEAST_SAMPLE, this.#index.listCount * SAMPLES_PER_LIST);
  }

  async size(): Promise<number> {
    return this.#index.size;
  }

  async ids(): Promise<number[]> {
    return Array.from(await this.#index.ids(), Number);
  }

  async vectors(ids: readonly number[]): Promise<Float32Array> {
    return this.#index.reconstructMany(BigInt64Array.from(ids, BigInt));
  }

  async info(): Promise<IndexInfo> {
    const { size, deletedCount } = this.#index;
    return { size, holes: deletedCount, vectorBytes: this.#vectorBytes() };
  }

  async train(sample: Float32Array): Promise<boolean> {
    try {
      await this.#index.train(sample);
      return true;
    } catch (error) {
      if (error instanceof FaissError && error.code === 'TRAINING_SET_TOO_SMALL') {
        return false;
      }
      throw error;
    }
  }

  async add(ids: readonly number[], vectors: Float32Array): Promise<void> {
    await this.#index.add(vectors, BigInt64Array.from(ids, BigInt));
  }

  async remove(ids: readonly number[]): Promise<void> {
    await this.#index.remove(BigInt64Array.from(ids, BigInt));
  }

  async compact(): Promise<void> {
    await this.#index.compact();
  }

  async search(
    queries: Float32Array,
    { k, only }: { k: number; only?: readonly number[] },
  ): Promise<Neighbour[][]> {
    const filter = only === undefined ? {} : { filter: filterOf(only) };
    const found = await this.#index.search(queries, { k, ...filter });
    const answers: Neighbour[][] = [];
    for (let start = 0; start < found.ids.length; start += k) {
      const neighbours: Neighbour[] = [];
      for (let i = start; i < start + k; i++) {
        const id = Number(found.ids[i]!);
        if (id >= 0) {
          neighbours.push({ id, squaredDistance: found.distances[i]! });
        }
      }
      answers.push(neighbours);
    }
    return answers;
  }

  async tune(sample: SearchSample, options: TuneOptions): Promise<SearchSettings> {
    const { isLossless } = this;
    const settings = await tuneSearch(this.#index, sample, { ...options, isLossless });
    await this.use(settings);
    return settings;
  }

  async use(settings: SearchSettings): Promise<void> {
    await this.#index.setParameters(settings.parameters);
  }

  /** For {@link FaissIndexHome}. */
  async saveTo(path: string, note: string): Promise<void> {
    await this.#index.save(path, { note });
  }

  #vectorBytes(): number {
    try {
      return this.#index.codeSize - listNumberBytes(this.#index.listCount);
    } catch (error) {
      if (error instanceof FaissError && error.code === 'UNSUPPORTED') {
        // Graphs keep whole vectors.
        return this.#index.dimension * FLOAT_BYTES;
      }
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#index[Symbol.asyncDispose]();
  }
}

/** A code by itself also says which list it belongs to; in the list it need not. */
function listNumberBytes(lists: number): number {
  return lists <= 1 ? 0 : Math.ceil(Math.log2(lists) / BITS);
}

/** A bit for every id up to the last, or a list where that is shorter. */
function filterOf(ids: readonly number[]): IdFilter {
  const last = ids.at(-1) ?? 0;
  if (ids.length * 64 < last) {
    return { ids: BigInt64Array.from(ids, BigInt) };
  }
  const bitmap = new Uint8Array(Math.floor(last / BITS) + 1);
  for (const id of ids) {
    bitmap[Math.floor(id / BITS)]! |= 1 << (id % BITS);
  }
  return { bitmap };
}
