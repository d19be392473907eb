import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { FacedexError } from '../facedex-error.js';
import { whenDone } from './when-done.js';

/** How long answers are kept, if they are not the oldest of too many. */
const KEPT_MS = 24 * 60 * 60 * 1000;
const MAX_BYTES = 16 * 2 ** 20;
/** Of an answer, in characters. */
const MAX_ANSWER_LENGTH = 64 * 2 ** 10;
/** Of an answer besides its texts, about. */
const ANSWER_OVERHEAD_BYTES = 500;
const BYTES_PER_CHARACTER = 2;

interface Answer {
  readonly fingerprint: string;
  readonly gallery: string | undefined;
  readonly status: number;
  readonly type: string;
  readonly payload: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the answer is to be kept. */
    idempotency: { readonly place: string; readonly fingerprint: string } | null;
  }
}

/**
 * Answers of writes with an `Idempotency-Key`, so that a client that lost the answer can ask again
 * without doing it twice. In memory only, since answers have names in them.
 */
export class IdempotentAnswers {
  readonly #underWay = new Set<string>();
  /** As nothing but `peek` reads it, the oldest go first. */
  readonly #answers = new LRUCache<string, Answer>({
    maxSize: MAX_BYTES,
    sizeCalculation: bytesOf,
    ttl: KEPT_MS,
    ttlAutopurge: true,
  });

  /** To be registered after authentication. */
  register(app: FastifyInstance): void {
    app.decorateRequest('idempotency', null);
    app.addHook('preHandler', async (request, reply) => {
      const key = request.headers['idempotency-key'];
      if (typeof key !== 'string' || !isWrite(request)) return;
      const place = placeOf(request, key);
      const fingerprint = fingerprintOf(request);
      const found = this.#answers.peek(place);
      if (found !== undefined) {
        assertSame(found.fingerprint, fingerprint);
        return reply
          .code(found.status)
          .header('idempotency-replayed', 'true')
          .type(found.type)
          .send(found.payload);
      }
      if (this.#underWay.has(place)) {
        throw Object.assign(
          new FacedexError(
            'OVERLOADED',
            'the first request with that Idempotency-Key is under way',
          ),
          { retryAfterSeconds: 1 },
        );
      }
      this.#underWay.add(place);
      whenDone(request, () => this.#underWay.delete(place));
      request.idempotency = { place, fingerprint };
    });
    app.addHook('onSend', async (request, reply, payload) => {
      const { idempotency } = request;
      // What failed may be tried again.
      if (idempotency === null || reply.statusCode >= 400) return payload;
      if (typeof payload === 'string' && payload.length <= MAX_ANSWER_LENGTH) {
        this.#answers.set(idempotency.place, {
          fingerprint: idempotency.fingerprint,
          gallery: galleryOf(request),
          status: reply.statusCode,
          type: String(reply.getHeader('content-type') ?? 'application/json'),
          payload,
        });
      }
      return payload;
    });
  }

  /** Memory that the answers take, at most. */
  get bytes(): number {
    return this.#answers.calculatedSize;
  }

  /** Answers about a gallery may name who was deleted from it. */
  forget(gallery: string): void {
    for (const [place, answer] of this.#answers) {
      if (answer.gallery === gallery) this.#answers.delete(place);
    }
  }
}

/** That of the path, else the one that was made. */
function galleryOf({ params, body }: FastifyRequest): string | undefined {
  const { gallery } = params as { gallery?: string };
  return gallery ?? (body as { name?: string } | undefined)?.name;
}

function bytesOf({ fingerprint, type, payload }: Answer, place: string): number {
  const characters = place.length + fingerprint.length + type.length + payload.length;
  return characters * BYTES_PER_CHARACTER + ANSWER_OVERHEAD_BYTES;
}

/** A form that its handler reads part by part can't be told from another before it is done. */
function isWrite(request: FastifyRequest): boolean {
  const { role = 'read' } = request.routeOptions.config;
  const isStreamed = request.body === undefined && request.isMultipart();
  return role !== 'read' && request.method !== 'GET' && !isStreamed;
}

function placeOf(request: FastifyRequest, key: string): string {
  if (key.length === 0 || key.length > 200) {
    throw new FacedexError('INVALID_ARGUMENT', 'Idempotency-Key: expected 1 to 200 characters');
  }
  return JSON.stringify([request.caller.keyId, key]);
}

function assertSame(a: string, b: string): void {
  if (a !== b) {
    throw new FacedexError(
      'IDEMPOTENCY_MISMATCH',
      'that Idempotency-Key was sent with another request: take a new one',
    );
  }
}

function fingerprintOf(request: FastifyRequest): string {
  const hash = createHash('sha256').update(`${request.method} ${request.url}\n`);
  const body = request.body instanceof Uint8Array ? { '': request.body } : (request.body ?? {});
  for (const [name, value] of Object.entries(body as object)) {
    hash.update(`${name}=`);
    hash.update(value instanceof Uint8Array ? value : (JSON.stringify(value) ?? ''));
  }
  return hash.digest('hex');
}
