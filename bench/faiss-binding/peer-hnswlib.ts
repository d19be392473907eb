import { EF_CONSTRUCTION, GRAPH_LINKS } from './cases.js';
import { requirePeer } from './npm-peers.js';
import { type Peer, serve, type Wanted } from './serve.js';

interface Result {
  neighbors: number[];
}

interface Hnswlib {
  HierarchicalNSW: new (
    space: 'l2',
    dimension: number,
  ) => {
    initIndex(options: object): void;
    addPoint(vector: number[], label: number): void;
    setEf(ef: number): void;
    searchKnn(query: number[], k: number): Result;
  };
}

/** It has neither batches nor threads, and takes arrays of numbers only. */
class HnswlibPeer implements Peer<number[][], Result[]> {
  readonly #hnswlib: Hnswlib;
  #index!: InstanceType<Hnswlib['HierarchicalNSW']>;
  #dimension = 0;

  constructor(hnswlib: Hnswlib) {
    this.#hnswlib = hnswlib;
  }

  create({ dimension, total, efSearch = 0 }: Wanted): void {
    this.#dimension = dimension;
    this.#index = new this.#hnswlib.HierarchicalNSW('l2', dimension);
    this.#index.initIndex({
      maxElements: total,
      m: GRAPH_LINKS,
      efConstruction: EF_CONSTRUCTION,
      randomSeed: 1,
    });
    this.#index.setEf(efSearch);
  }

  train(): void {}

  add(vectors: Float32Array, firstId: number): void {
    for (const [i, vector] of this.prepare(vectors, this.#dimension).entries()) {
      this.#index.addPoint(vector, firstId + i);
    }
  }

  prepare(vectors: Float32Array, dimension: number): number[][] {
    return Array.from({ length: vectors.length / dimension }, (_, i) =>
      Array.from(vectors.subarray(i * dimension, (i + 1) * dimension)),
    );
  }

  search(queries: number[][], k: number): Result[] {
    return queries.map((query) => this.#index.searchKnn(query, k));
  }

  idsOf(results: Result[]): number[] {
    return results.flatMap(({ neighbors }) => neighbors);
  }
}

await serve(() => {
  const { module, version } = requirePeer<Hnswlib>('hnswlib-node');
  return { peer: new HnswlibPeer(module), version };
});
