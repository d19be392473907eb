import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FacedexError } from '../facedex-error.js';
import { SharedPlaces } from './shared-places.js';
import { whenDone } from './when-done.js';

/** How many requests are taken at a time; more are turned away at once. */
export interface AdmissionLimits {
  /** With a picture: each holds its upload in memory, and waits for the pipeline. */
  readonly pictures: number;
  /** Of all other kinds. */
  readonly queries: number;
}

/** JSON up to so long is a query: an embedding takes some 20 KB. */
const QUERY_BYTES = 64 * 2 ** 10;

type Kind = keyof AdmissionLimits;

declare module 'fastify' {
  interface FastifyRequest {
    /** As what it was taken in. */
    admittedAs: Kind | null;
  }
}

/**
 * Takes in so many requests at a time as memory and the pipeline bear, before their bodies are read. It is
 * better to tell a client to come again than to have all of them wait. Keys share the places.
 */
export class Admission {
  readonly #places: Readonly<Record<Kind, SharedPlaces>>;
  #turnedAway = 0;

  constructor(app: FastifyInstance, limits: AdmissionLimits) {
    this.#places = {
      pictures: new SharedPlaces(limits.pictures),
      queries: new SharedPlaces(limits.queries),
    };
    app.decorateRequest('admittedAs', null);
    app.addHook('onRequest', async (request) => {
      const { role, cost } = request.routeOptions.config;
      if (role === undefined) return;
      this.#enter(request, cost === 'picture' && !isShortJson(request) ? 'pictures' : 'queries');
      whenDone(request, () => this.#leave(request));
    });
  }

  get counts(): Readonly<Record<Kind, number>> {
    return { pictures: this.#places.pictures.taken, queries: this.#places.queries.taken };
  }

  /** How many came in vain. */
  get turnedAway(): number {
    return this.#turnedAway;
  }

  /**
   * To be told that a request has a picture after all.
   *
   * @throws {FacedexError} `OVERLOADED`
   */
  hasPicture(request: FastifyRequest): void {
    if (request.admittedAs !== 'queries') return;
    this.#leave(request);
    this.#enter(request, 'pictures');
  }

  #enter(request: FastifyRequest, kind: Kind): void {
    if (!this.#places[kind].take(request.caller.keyId)) {
      this.#turnedAway++;
      throw Object.assign(
        new FacedexError('OVERLOADED', 'too many requests are being answered: come again'),
        { retryAfterSeconds: 1 },
      );
    }
    request.admittedAs = kind;
  }

  #leave(request: FastifyRequest): void {
    if (request.admittedAs === null) return;
    this.#places[request.admittedAs].leave(request.caller.keyId);
    request.admittedAs = null;
  }
}

function isShortJson({ headers }: FastifyRequest): boolean {
  const isJson = /^application\/json\b/i.test(headers['content-type'] ?? '');
  return isJson && Number(headers['content-length'] ?? Infinity) <= QUERY_BYTES;
}
