import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FacedexError } from '../facedex-error.js';

/** How many requests are taken at a time; more are turned away at once. */
export interface AdmissionLimits {
  /** With a picture: each holds its upload in memory, and waits for the pipeline. */
  readonly pictures: number;
  /** Of all other kinds. */
  readonly queries: number;
}

/**
 * Takes in so many requests at a time as memory and the pipeline bear, before their bodies are read. It is
 * better to tell a client to come again than to have all of them wait.
 */
export function limitAdmission(app: FastifyInstance, limits: AdmissionLimits): Admission {
  const admission = new Admission(limits);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.config.role !== undefined) admission.enter(request);
  });
  app.addHook('onResponse', async (request) => admission.leave(request));
  app.addHook('onRequestAbort', async (request) => admission.leave(request));
  return admission;
}

/** Who is in. */
export class Admission {
  readonly #limits: AdmissionLimits;
  readonly #inside = new Map<FastifyRequest, 'pictures' | 'queries'>();
  readonly #counts = { pictures: 0, queries: 0 };
  rejected = 0;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  get counts(): Readonly<Record<'pictures' | 'queries', number>> {
    return this.#counts;
  }

  /** @throws {FacedexError} `OVERLOADED` */
  enter(request: FastifyRequest): void {
    const kind = request.routeOptions.config.cost === 'picture' ? 'pictures' : 'queries';
    if (this.#counts[kind] >= this.#limits[kind]) {
      this.rejected++;
      throw Object.assign(
        new FacedexError('OVERLOADED', 'too many requests are being answered: come again'),
        { retryAfterSeconds: 1 },
      );
    }
    this.#counts[kind]++;
    this.#inside.set(request, kind);
  }

  leave(request: FastifyRequest): void {
    const kind = this.#inside.get(request);
    if (kind === undefined) return;
    this.#inside.delete(request);
    this.#counts[kind]--;
  }
}
