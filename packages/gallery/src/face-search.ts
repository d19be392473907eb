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
import { type PersonMatch, rankPeople } from './person-match.js';
import { checkFilter, type SearchFilter } from './search-filter.js';
import type { MetadataStore } from './store/metadata-store.js';

/** How to search. */
export interface SearchOptions {
  /** How many, 1…10000; fewer come back when the gallery has fewer. */
  k: number;
  /** The largest distance, 0…2, at which a face is the same person's. */
  threshold: number;
  /** Only among these faces; default all. */
  filter?: SearchFilter | undefined;
}

/** How to search for people. */
export interface PeopleSearchOptions extends SearchOptions {
  /** A person's distance is the mean of so many of their nearest faces, 1…100; default 1. */
  topFaces?: number | undefined;
}

/** The largest `k` of a search. */
const MAX_K = 10_000;
const MAX_TOP_FACES = 100;
/** Unit-length embeddings are at most this far apart. */
const MAX_DISTANCE = 2;
/** Neighbours asked of the index at a time, so that a large batch needs no large memory. */
const NEIGHBOURS_PER_SEARCH = 500_000;
/** The most neighbours of a probe to look at for people. */
const MAX_NEIGHBOURS = 50_000;
/** How many neighbours to look at for people with a name, if there are too few among fewer. */
const IDENTIFY_K = [10, 100, 1000, 10_000, MAX_NEIGHBOURS];
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

  async one(embedding: Float32Array, options: SearchOptions): Promise<Match[]> {
    checkEmbedding(embedding, { dimension: this.#dimension, what: 'probe' });
    const [matches = []] = await this.many(embedding, options);
    return matches;
  }

  async many(embeddings: Float32Array, options: SearchOptions): Promise<Match[][]> {
    checkThreshold(options.threshold);
    checkCount('k', options.k, MAX_K);
    const filter = options.filter && checkFilter(options.filter);
    const dimension = this.#dimension;
    for (let start = 0; start < embeddings.length; start += dimension) {
      const what = `probe ${start / dimension}`;
      checkEmbedding(embeddings.subarray(start, start + dimension), { dimension, what });
    }
    return this.#nearest(embeddings, { ...options, filter });
  }

  /**
   * The nearest people: candidates are those with the nearest faces, and twice as many as wanted
   * where a mean of several faces can change their order.
   */
  async people(embedding: Float32Array, options: PeopleSearchOptions): Promise<PersonMatch[]> {
    const { k, threshold, topFaces = 1 } = options;
    checkThreshold(threshold);
    checkCount('k', k, MAX_K);
    checkCount('topFaces', topFaces, MAX_TOP_FACES);
    checkEmbedding(embedding, { dimension: this.#dimension, what: 'probe' });
    const filter = options.filter && checkFilter(options.filter);
    const wanted = topFaces === 1 ? k : 2 * k;
    let people: string[] = [];
    let matches: Match[] = [];
    for (
      let count = Math.min(4 * wanted, MAX_NEIGHBOURS);
      ;
      count = Math.min(8 * count, MAX_NEIGHBOURS)
    ) {
      [matches = []] = await this.#nearest(embedding, { k: count, threshold, filter });
      people = [...new Set(matches.flatMap(({ person }) => person ?? []))];
      if (people.length >= wanted || matches.length < count || count === MAX_NEIGHBOURS) {
        break;
      }
    }
    if (topFaces > 1 && people.length > 0) {
      const candidates = people.slice(0, wanted);
      const theirs = { ...filter, people: candidates };
      // All faces of the candidates, since the nearest of one can come after all those of another.
      [matches = []] = await this.#nearest(embedding, { k: MAX_K, threshold, filter: theirs });
    }
    return rankPeople(matches, { k, topFaces, threshold });
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

  async #nearest(probes: Float32Array, { k, ...options }: SearchOptions): Promise<Match[][]> {
    await this.#index.catchUp();
    const count = Math.min(k, await this.#index.size());
    if (count === 0) {
      return Array.from({ length: probes.length / this.#dimension }, () => []);
    }
    const step = Math.max(1, Math.floor(NEIGHBOURS_PER_SEARCH / count)) * this.#dimension;
    const matches: Match[][] = [];
    for (let start = 0; start < probes.length; start += step) {
      const some = probes.subarray(start, start + step);
      matches.push(...(await this.#matches(some, { k: count, ...options })));
    }
    return matches;
  }

  async #matches(
    probes: Float32Array,
    { k, threshold, filter }: SearchOptions,
  ): Promise<Match[][]> {
    for (;;) {
      const change = await this.#index.catchUp();
      const only = filter && (await this.#store.facesMatching(filter));
      const neighbours = await this.#index.search(probes, {
        k: Math.min(k, only?.length || k),
        ...(only && { only }),
      });
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

/** @throws GalleryError `INVALID_ARGUMENT` */
export function checkThreshold(threshold: number): void {
  if (!(threshold >= 0 && threshold <= MAX_DISTANCE)) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected threshold to be a distance from 0 to ${MAX_DISTANCE} but received ${threshold}`,
    );
  }
}

function checkCount(name: string, value: number, largest: number): void {
  if (!Number.isInteger(value) || value < 1 || value > largest) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected ${name} to be an integer from 1 to ${largest} but received ${value}`,
    );
  }
}
