import { checkEmbedding, type EmbeddingSpace } from './embedding-space.js';
import { GalleryError } from './errors.js';
import type { DerivedIndex } from './index/derived-index.js';
import { type Identification, type Match, toMatches } from './match.js';
import type { MetadataStore } from './store/metadata-store.js';

/** The largest `k` of a search. */
const MAX_K = 10_000;
/** Unit-length embeddings are at most this far apart. */
const MAX_DISTANCE = 2;
/** Neighbours asked of the index at a time, so that a large batch needs no large memory. */
const NEIGHBOURS_PER_SEARCH = 500_000;
/** How many neighbours to look at for one with a name, if there is none among fewer. */
const IDENTIFY_K = [10, 1000, 50_000];

/** Answers probes: neighbours from the index, what is known of them from the store. */
export class FaceSearch {
  readonly #store: MetadataStore;
  readonly #index: DerivedIndex;
  readonly #dimension: number;

  constructor(parts: { store: MetadataStore; index: DerivedIndex; space: EmbeddingSpace }) {
    this.#store = parts.store;
    this.#index = parts.index;
    this.#dimension = parts.space.dimension;
  }

  async one(embedding: Float32Array, options: { k: number; threshold: number }): Promise<Match[]> {
    checkEmbedding(embedding, { dimension: this.#dimension, what: 'probe' });
    const [matches = []] = await this.many(embedding, options);
    return matches;
  }

  async many(
    embeddings: Float32Array,
    options: { k: number; threshold: number },
  ): Promise<Match[][]> {
    checkThreshold(options.threshold);
    checkCount(options.k);
    const dimension = this.#dimension;
    for (let start = 0; start < embeddings.length; start += dimension) {
      const what = `probe ${start / dimension}`;
      checkEmbedding(embeddings.subarray(start, start + dimension), { dimension, what });
    }
    return this.#nearest(embeddings, options);
  }

  async identify(
    embedding: Float32Array,
    { threshold }: { threshold: number },
  ): Promise<Identification> {
    checkThreshold(threshold);
    checkEmbedding(embedding, { dimension: this.#dimension, what: 'probe' });
    const nearest = await this.#nearestNamed(embedding, threshold);
    return {
      person: nearest?.known ? nearest.person : null,
      distance: nearest?.distance ?? null,
      similarity: nearest?.similarity ?? null,
      threshold,
      nearest: nearest ?? null,
    };
  }

  async #nearest(
    probes: Float32Array,
    { k, threshold }: { k: number; threshold: number },
  ): Promise<Match[][]> {
    await this.#index.catchUp();
    const size = await this.#index.size();
    if (size === 0) {
      return Array.from({ length: probes.length / this.#dimension }, () => []);
    }
    const count = Math.min(k, size);
    const step = Math.max(1, Math.floor(NEIGHBOURS_PER_SEARCH / count)) * this.#dimension;
    const matches: Match[][] = [];
    for (let start = 0; start < probes.length; start += step) {
      const some = probes.subarray(start, start + step);
      matches.push(...(await this.#matches(some, { k: count, threshold })));
    }
    return matches;
  }

  async #matches(
    probes: Float32Array,
    { k, threshold }: { k: number; threshold: number },
  ): Promise<Match[][]> {
    for (;;) {
      const change = await this.#store.lastChange();
      await this.#index.catchUp();
      const neighbours = await this.#index.search(probes, { k });
      const ids = new Set(neighbours.flat().map(({ id }) => id));
      const described = await this.#store.describeFaces([...ids]);
      const summaries = new Map(described.map((face) => [face.id, face]));
      const matches = neighbours.map((list) => toMatches(list, { summaries, threshold }));
      if (!matches.includes(undefined) || change === (await this.#store.lastChange())) {
        return matches.map((list) => list ?? []);
      }
      // A face was removed between the search and the look-up: ask again.
    }
  }

  /** Unnamed faces may crowd around a probe, so the search widens until a named one is found. */
  async #nearestNamed(probe: Float32Array, threshold: number): Promise<Match | undefined> {
    for (const k of IDENTIFY_K) {
      const [matches = []] = await this.#nearest(probe, { k, threshold });
      const nearest = matches.find(({ person }) => person !== null);
      if (nearest !== undefined || matches.length < k) {
        return nearest;
      }
    }
    return undefined;
  }
}

function checkThreshold(threshold: number): void {
  if (!(threshold >= 0 && threshold <= MAX_DISTANCE)) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected threshold to be a distance from 0 to ${MAX_DISTANCE} but received ${threshold}`,
    );
  }
}

function checkCount(k: number): void {
  if (!Number.isInteger(k) || k < 1 || k > MAX_K) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected k to be an integer from 1 to ${MAX_K} but received ${k}`,
    );
  }
}
