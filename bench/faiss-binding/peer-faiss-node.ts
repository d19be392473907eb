import { requirePeer } from './npm-peers.js';
import { type Peer, serve, type Wanted } from './serve.js';

interface Result {
  labels: number[];
}

interface Index {
  add(vectors: number[]): void;
  search(queries: number[], k: number): Result;
}

interface FaissNode {
  Index: { fromFactory(dimension: number, factory: string): Index };
}

/** Flat only, since it can set neither nprobe nor efSearch. It takes arrays of numbers only. */
class FaissNodePeer implements Peer<number[], Result> {
  readonly #faissNode: FaissNode;
  #index!: Index;

  constructor(faissNode: FaissNode) {
    this.#faissNode = faissNode;
  }

  create({ dimension, factory }: Wanted): void {
    this.#index = this.#faissNode.Index.fromFactory(dimension, factory);
  }

  train(): void {}

  add(vectors: Float32Array): void {
    this.#index.add(Array.from(vectors));
  }

  prepare(queries: Float32Array): number[] {
    return Array.from(queries);
  }

  search(queries: number[], k: number): Result {
    return this.#index.search(queries, k);
  }

  idsOf({ labels }: Result): number[] {
    return labels;
  }
}

await serve(() => {
  const { module, version } = requirePeer<FaissNode>('faiss-node');
  return { peer: new FaissNodePeer(module), version };
});
