import { EF_CONSTRUCTION, GRAPH_LINKS } from './cases.js';
import { requirePeer } from './npm-peers.js';
import { type Peer, serve, type Wanted } from './serve.js';

interface Matches {
  keys: BigUint64Array;
}

interface Usearch {
  Index: new (
    options: object,
  ) => {
    add(keys: BigUint64Array, vectors: Float32Array, threads: number): void;
    search(queries: Float32Array, k: number, threads: number): Matches;
  };
}

class UsearchPeer implements Peer<Float32Array, Matches> {
  readonly #usearch: Usearch;
  #index!: InstanceType<Usearch['Index']>;
  #dimension = 0;
  #threads = 1;

  constructor(usearch: Usearch) {
    this.#usearch = usearch;
  }

  create({ dimension, threads, efSearch }: Wanted): void {
    this.#dimension = dimension;
    this.#threads = threads;
    this.#index = new this.#usearch.Index({
      dimensions: dimension,
      metric: 'l2sq',
      quantization: 'f32',
      connectivity: GRAPH_LINKS,
      expansion_add: EF_CONSTRUCTION,
      expansion_search: efSearch,
    });
  }

  train(): void {}

  add(vectors: Float32Array, firstId: number): void {
    const count = vectors.length / this.#dimension;
    const keys = BigUint64Array.from({ length: count }, (_, i) => BigInt(firstId + i));
    this.#index.add(keys, vectors, this.#threads);
  }

  prepare(queries: Float32Array): Float32Array {
    return queries;
  }

  search(queries: Float32Array, k: number): Matches {
    const single = queries.length === this.#dimension;
    return this.#index.search(queries, k, single ? 1 : this.#threads);
  }

  idsOf({ keys }: Matches): number[] {
    return Array.from(keys, Number);
  }
}

await serve(() => {
  const { module, version } = requirePeer<Usearch>('usearch');
  return { peer: new UsearchPeer(module), version };
});
