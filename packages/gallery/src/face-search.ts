import {
  atDistance,
  type Candidate,
  candidateOf,
  checkIdentifyOptions,
  decide,
  type Identification,
  type IdentifyOptions,
} from './decide/identification.js';
import { dot, type Templates, templatesOf } from './decide/templates.js';
import { distanceOfSimilarity } from './distance.js';
import { checkEmbedding, type EmbeddingSpace } from './embedding-space.js';
import { GalleryError } from './errors.js';
import type { DerivedIndex } from './index/derived-index.js';
import { type Match, toMatches } from './match.js';
import type { MetadataStore } from './store/metadata-store.js';

/** The largest `k` of a search. */
const MAX_K = 10_000;
/** Unit-length embeddings are at most this far apart. */
const MAX_DISTANCE = 2;
/** Neighbours asked of the index at a time, so that a large batch needs no large memory. */
const NEIGHBOURS_PER_SEARCH = 500_000;
/** How many neighbours to look at for people with a name, if there are too few among fewer. */
const IDENTIFY_K = [10, 100, 1000, 10_000, 50_000];
/** The nearest people by their faces, whose other templates are looked at. */
const CANDIDATES = 10;
/** Faces of a candidate that templates are made of; the oldest. */
const FACES_PER_CANDIDATE = 100;

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

  async identify(embedding: Float32Array, options: IdentifyOptions): Promise<Identification> {
    const checked = checkIdentifyOptions(options);
    checkEmbedding(embedding, { dimension: this.#dimension, what: 'probe' });
    const { templates, threshold } = checked;
    if (templates === 'faces') {
      return decide(await this.#nearestPeople(embedding, { count: 2, threshold }), checked);
    }
    const candidates = await this.#nearestPeople(embedding, { count: CANDIDATES, threshold });
    const compared: Candidate[] = [];
    for (const candidate of candidates) {
      compared.push(await this.#byTemplates(candidate, { embedding, templates }));
    }
    return decide(compared, checked);
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
      const neighbours = await this.#index.search(probes, k);
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

  /**
   * The people nearest to a probe by their faces, nearest first. Faces without a name, or many of one
   * person, may crowd around it, so the search widens until enough people are found.
   */
  async #nearestPeople(
    probe: Float32Array,
    { count, threshold }: { count: number; threshold: number },
  ): Promise<Candidate[]> {
    const people = new Map<string, Candidate>();
    for (const k of IDENTIFY_K) {
      const [matches = []] = await this.#nearest(probe, { k, threshold });
      people.clear();
      for (const match of matches) {
        const { person } = match;
        if (person !== null && !people.has(person)) {
          people.set(person, candidateOf({ ...match, person }));
        }
      }
      if (people.size >= count || matches.length < k) {
        break;
      }
    }
    return [...people.values()].slice(0, count);
  }

  async #byTemplates(
    candidate: Candidate,
    { embedding, templates }: { embedding: Float32Array; templates: Templates },
  ): Promise<Candidate> {
    const faces = await this.#store.facesAfter(0, {
      person: candidate.person,
      limit: FACES_PER_CANDIDATE,
    });
    if (faces.length === 0) {
      // Removed since the search: what was found then is still an answer.
      return candidate;
    }
    const vectors = templatesOf(
      faces.map((face) => face.embedding),
      templates,
    );
    const similarity = Math.max(...vectors.map((vector) => dot(embedding, vector)));
    return atDistance(candidate, distanceOfSimilarity(similarity));
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
