import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { facedexVersion } from '../cli/version.js';
import { FacedexError } from '../facedex-error.js';
import { AuditLog } from './audit-log.js';
import { KeyFile } from './auth/key-file.js';
import { createServer } from './create-server.js';
import { Galleries } from './galleries.js';
import { type GalleryPlaces, ownDirectoryOf } from './gallery-places.js';
import { Jobs } from './jobs.js';
import { registerRoutes } from './openapi.js';
import { Pipelines } from './pipelines.js';
import { createRunJob, expiry } from './run-job.js';
import {
  DEFAULT_AUDIT_DAYS,
  DEFAULT_HOST,
  DEFAULT_PORT,
  type ServeOptions,
} from './serve-options.js';
import { servePages } from './serve-page.js';
import { Service } from './service.js';

/** A server that is running. */
export interface RunningServer extends AsyncDisposable {
  /** Such as `http://127.0.0.1:8080`. */
  readonly url: string;
  readonly service: Service;
}

const HOUR_MS = 60 * 60 * 1000;

/**
 * Starts the HTTP service, and resolves when it takes requests.
 *
 * @throws {FacedexError} `INVALID_ARGUMENT` where it would be reached from elsewhere without a key, or the
 *   port or address can't be had; `CANNOT_WRITE` where its folder can't be made; `KEYS_UNREADABLE`
 * @throws {PipelineError} `MODEL_MISSING`, `UNKNOWN_MODEL`
 * @throws {GalleryError} as `Gallery.open`, for a single gallery
 */
export async function serve(options: ServeOptions): Promise<RunningServer> {
  const own = ownDirectoryOf(options.places);
  const keys = new KeyFile(own);
  const { port = DEFAULT_PORT, trustedProxies } = options;
  // Of that name Fastify makes two servers, and only the first has what keeps attackers in check.
  const host = options.host === 'localhost' ? DEFAULT_HOST : (options.host ?? DEFAULT_HOST);
  const others = isLoopback(host) ? trustedProxies && 'a proxy' : host;
  if (others !== undefined && !keys.areNeeded()) {
    throw new FacedexError(
      'INVALID_ARGUMENT',
      `${others} can be reached by others: make an API key first (facedex keys create), or serve on 127.0.0.1 without a proxy`,
    );
  }
  await mkdir(own, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw new FacedexError(
      'CANNOT_WRITE',
      `can't make the folder of the service: ${error.message}`,
    );
  });
  const { app, answers, metrics, limits } = await createServer(options, keys);
  const { model, preset, workers, keepPhotos = true, onNotice } = options;
  const pipelines = new Pipelines({
    embedder: { ...(model ? { model } : {}), ...(preset ? { preset } : {}) },
    ...(workers === undefined ? {} : { workers }),
  });
  const notice = onNotice ?? ((message: string) => app.log.info(message));
  const galleries = new Galleries({
    places: options.places,
    pipelines,
    keepPhotos,
    onNotice: notice,
  });
  const audit = new AuditLog({
    directory: join(own, 'audit'),
    keptDays: options.auditDays ?? DEFAULT_AUDIT_DAYS,
    log: app.log,
  });
  const forget = async (gallery: string) => service.forget(gallery);
  const { retentionDays } = options;
  const jobs = await Jobs.open(
    join(own, 'jobs'),
    createRunJob({ galleries, audit, retentionDays, forget }),
    app.log,
  );
  const service: Service = new Service({
    galleries,
    pipelines,
    jobs,
    audit,
    answers,
    limits,
    keepPhotos,
    metrics,
    version: facedexVersion(),
  });
  registerRoutes(app, service);
  await servePages(app, options.page);
  let timer: NodeJS.Timeout | undefined;
  let looking = Promise.resolve();
  const close = async () => {
    service.retire();
    clearInterval(timer);
    await app.close();
    await looking;
    await jobs.close();
    await galleries[Symbol.asyncDispose]();
    await pipelines[Symbol.asyncDispose]();
    await audit.flush();
  };
  try {
    await prepare(options.places, { pipelines, galleries });
    await app.listen({ host, port }).catch((error: Error) => {
      throw new FacedexError('INVALID_ARGUMENT', `can't serve on ${host}: ${error.message}`);
    });
    // In the background: it opens the galleries.
    const look = () => {
      looking = looking.then(() => expire(service, retentionDays)).catch(() => undefined);
    };
    look();
    timer = setInterval(look, HOUR_MS).unref();
  } catch (error) {
    await close();
    throw error;
  }
  const { port: taken } = app.server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { url: `http://${name}:${taken}`, service, [Symbol.asyncDispose]: close };
}

/** What a process before left is removed; the first request should not wait for the models, nor miss them. */
async function prepare(
  places: GalleryPlaces,
  { pipelines, galleries }: { pipelines: Pipelines; galleries: Galleries },
): Promise<void> {
  if ('data' in places) {
    await galleries.removeLeftovers();
    await pipelines.get();
    return;
  }
  const { name } = places.single;
  const isThere = (await galleries.list()).length > 0;
  await (isThere ? galleries.open(name) : galleries.create(name));
}

/** Starts to delete who is to be deleted by now, and old days of the log. */
async function expire(service: Service, days?: number): Promise<void> {
  const { galleries, jobs, audit } = service;
  await audit.expire();
  for (const { name } of await galleries.list()) {
    service.assertReady();
    const open = await galleries.open(name).catch(() => undefined);
    const people = await open?.records.expired(expiry(days));
    if (people?.length) await jobs.start(name, { kind: 'expire' }).catch(() => undefined);
  }
}

function isLoopback(host: string): boolean {
  return ['127.0.0.1', '::1'].includes(host);
}
