import * as faiss from '@facedex/faiss';
import { type Peer, serve, type Wanted } from './serve.js';

class Facedex implements Peer<Float32Array, faiss.SearchResult> {
  #index!: faiss.FaissIndex;
  #parameters: { nprobe?: number; kFactor?: number; efSearch?: number } = {};

  create({ dimension, factory, threads, nprobe, kFactor, efSearch }: Wanted): void {
    faiss.setMaxThreads(threads);
    this.#index = faiss.FaissIndex.create({ dimension, factory });
    this.#parameters = {
      ...(nprobe === undefined ? {} : { nprobe }),
      ...(kFactor === undefined ? {} : { kFactor }),
      ...(efSearch === undefined ? {} : { efSearch }),
    };
  }

  train(vectors: Float32Array): Promise<void> {
    return this.#index.train(vectors);
  }

  async add(vectors: Float32Array): Promise<void> {
    await this.#index.add(vectors);
  }

  async load(path: string): Promise<void> {
    await this.#index[Symbol.asyncDispose]();
    this.#index = await faiss.FaissIndex.importFaiss(path);
  }

  prepare(queries: Float32Array): Float32Array {
    return queries;
  }

  search(queries: Float32Array, k: number): Promise<faiss.SearchResult> {
    return this.#index.search(queries, { k, ...this.#parameters });
  }

  idsOf({ ids }: faiss.SearchResult): number[] {
    return Array.from(ids, Number);
  }
}

await serve(async () => {
  const wanted = process.env.FACEDEX_FAISS_SIMD ?? 'baseline';
  // Before builds had names, there was the baseline only.
  const simd = 'faissSimd' in faiss ? (faiss.faissSimd as () => string)() : 'baseline';
  if (simd !== wanted) throw new Error(`there is no ${wanted} build; see npm run faiss:optimize`);
  // A large addition gives back what starting left of free memory, too, which is not to be counted.
  await faiss.FaissIndex.create({ dimension: 1 }).add(new Float32Array(2 ** 18));
  return { peer: new Facedex(), version: `FAISS ${faiss.faissVersion()}, ${simd}` };
});
