import type { FastifyInstance, FastifyRequest } from 'fastify';
import { FacedexError } from '../../facedex-error.js';
import type { KeyFile } from './key-file.js';
import { allows, type Role } from './roles.js';

/** Who asks, and what they may do. */
export interface Caller {
  /** Null: nobody made keys, and it came over loopback. */
  readonly keyId: string | null;
  readonly role: Role;
  /** Null: all. */
  readonly galleries: readonly string[] | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Undefined where anybody may ask. */
    caller: Caller;
  }
}

const LOCAL: Caller = { keyId: null, role: 'admin', galleries: null };

/**
 * Wrong keys of one address in a minute, after which it waits. Right ones are let in all the same: others
 * may share the address, and a secret of 256 bits is not guessed.
 */
const FAILURES_PER_MINUTE = 20;
const MINUTE_MS = 60_000;
/** Addresses that are remembered; more means that somebody has very many. */
const MAX_ADDRESSES = 10_000;

/**
 * Lets a request in by its key, role and gallery. As long as no key was made, whoever reaches the
 * loopback address is let in, but not the pages of others in their browser.
 */
export function authenticate(app: FastifyInstance, keys: KeyFile): void {
  const failures = new Failures();
  app.decorateRequest('caller');
  app.addHook('onRequest', async (request, reply) => {
    const { role } = request.routeOptions.config;
    if (role === undefined) return;
    // It is for who asks: a cache in between doesn't know of X-Api-Key. Routes may say otherwise.
    reply.header('cache-control', 'no-store');
    request.caller = keys.areNeeded() ? callerOf(request, keys, failures) : localCaller(request);
    assertRole(request.caller, role);
    const { gallery } = request.params as { gallery?: string };
    if (gallery !== undefined) assertMayUse(request.caller, gallery);
  });
}

/** @throws {FacedexError} `FORBIDDEN` */
export function assertRole(caller: Caller, role: Role): void {
  if (!allows(caller.role, role)) {
    throw new FacedexError('FORBIDDEN', `that takes a key with the role ${role}`);
  }
}

export function mayUse({ galleries }: Caller, gallery: string): boolean {
  return galleries === null || galleries.includes(gallery);
}

/** @throws {FacedexError} `FORBIDDEN`, also where there is no such gallery */
export function assertMayUse(caller: Caller, gallery: string): void {
  if (!mayUse(caller, gallery)) {
    throw new FacedexError('FORBIDDEN', 'the key is for other galleries');
  }
}

function callerOf(request: FastifyRequest, keys: KeyFile, failures: Failures): Caller {
  const key = keyOf(request);
  const record = key === undefined ? undefined : keys.find(key);
  if (record === undefined) {
    if (key !== undefined) failures.add(request.ip);
    throw new FacedexError(
      'UNAUTHENTICATED',
      key === undefined
        ? 'send an API key: Authorization: Bearer fdx_…; facedex keys create makes one'
        : 'the API key is not valid: it is mistyped or was revoked',
    );
  }
  return { keyId: record.id, role: record.role, galleries: record.galleries };
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const [scheme = '', key] = (headers.authorization ?? '').split(' ');
  if (scheme.toLowerCase() === 'bearer') return key ?? '';
  const own = headers['x-api-key'];
  return typeof own === 'string' ? own : undefined;
}

/** What proxies add: who asks is somebody else than the connection says. */
const PROXY_HEADER = /^(forwarded|via|x-real-ip|x-forwarded-.*)$/;

/**
 * A page of somebody else's could send forms to a server on the same machine (cross-site requests), or
 * have its own name lead there (DNS rebinding): the browser tells both. A proxy on this machine would bring
 * everybody in.
 */
function localCaller({ headers, socket }: FastifyRequest): Caller {
  if (Object.keys(headers).some((header) => PROXY_HEADER.test(header))) {
    throw new FacedexError(
      'UNAUTHENTICATED',
      'it came through a proxy, which takes an API key: facedex keys create makes one',
    );
  }
  const isLoopback = ['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(socket.remoteAddress ?? '');
  const isCrossSite = !['same-origin', 'none', undefined].includes(
    headers['sec-fetch-site'] as string | undefined,
  );
  const isForeign = headers.origin !== undefined && !isLocalName(hostOf(headers.origin));
  if (!isLoopback || !isLocalName(headers.host ?? '') || isCrossSite || isForeign) {
    throw new FacedexError(
      'UNAUTHENTICATED',
      'without a key only this machine may ask, by localhost or 127.0.0.1, and no page of another site',
    );
  }
  return LOCAL;
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}

function isLocalName(host: string): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host);
}

/** Who tried keys that are none. */
class Failures {
  readonly #byAddress = new Map<string, { since: number; count: number }>();

  /** @throws {FacedexError} `TOO_MANY_REQUESTS` */
  add(address: string): void {
    const now = Date.now();
    if (this.#byAddress.size >= MAX_ADDRESSES) this.#byAddress.clear();
    let found = this.#byAddress.get(address);
    if (found === undefined || found.since + MINUTE_MS <= now) found = { since: now, count: 0 };
    found.count++;
    this.#byAddress.set(address, found);
    if (found.count > FAILURES_PER_MINUTE) {
      throw Object.assign(
        new FacedexError('TOO_MANY_REQUESTS', 'too many keys from there were not valid: wait'),
        { retryAfterSeconds: (found.since + MINUTE_MS - now) / 1000 },
      );
    }
  }
}
