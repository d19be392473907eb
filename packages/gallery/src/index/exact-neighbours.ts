import { knn } from '@facedex/faiss';

/**
 * The true nearest neighbours of some probes, from vectors that pass by in batches. A probe that
 * passes by itself is not counted among its neighbours.
 */
export class ExactNeighbours {
  readonly #probes: Float32Array;
  readonly #probeIds: readonly number[];
  readonly #dimension: number;
  readonly #k: number;
  /** For each probe its nearest so far, nearest first. */
  readonly #nearest: { id: number; squaredDistance: number }[][];

  constructor(
    probes: { ids: readonly number[]; embeddings: Float32Array },
    options: { dimension: number; k: number },
  ) {
    this.#probes = probes.embeddings;
    this.#probeIds = probes.ids;
    this.#dimension = options.dimension;
    this.#k = options.k;
    this.#nearest = probes.ids.map(() => []);
  }

  async add(ids: readonly number[], vectors: Float32Array): Promise<void> {
    if (this.#probeIds.length === 0) {
      return;
    }
    const dimension = this.#dimension;
    const k = this.#k + 1;
    const found = await knn(vectors, this.#probes, { dimension, k });
    for (const [probe, own] of this.#probeIds.entries()) {
      const all = this.#nearest[probe]!;
      for (let i = probe * k; i < (probe + 1) * k; i++) {
        const id = ids[Number(found.ids[i]!)];
        if (id !== undefined && id !== own) {
          all.push({ id, squaredDistance: found.distances[i]! });
        }
      }
      all.sort((a, b) => a.squaredDistance - b.squaredDistance);
      all.length = Math.min(all.length, this.#k);
    }
  }

  /** k ids for each probe, one list after the other; -1 where there are not so many. */
  ids(): number[] {
    return this.#nearest.flatMap((all) =>
      Array.from({ length: this.#k }, (_, i) => all[i]?.id ?? -1),
    );
  }
}
