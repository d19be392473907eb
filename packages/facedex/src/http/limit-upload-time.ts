import type { FastifyInstance, FastifyRequest } from 'fastify';
import { whenDone } from './when-done.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Runs while the body is awaited. */
    uploadTimer: NodeJS.Timeout | null;
  }
}

/**
 * Hangs up on clients that send their body so slowly that it would take longer than `uploadMs`. One that
 * sends many photos in a form has that time for each; see {@link uploadGoesOn}.
 */
export function limitUploadTime(app: FastifyInstance, uploadMs: number): void {
  app.decorateRequest('uploadTimer', null);
  app.addHook('onRequest', async (request) => {
    request.uploadTimer = setTimeout(() => request.raw.socket.destroy(), uploadMs).unref();
    whenDone(request, () => uploadIsDone(request));
  });
  app.addHook('preHandler', async (request) => {
    if (request.body !== undefined || !request.isMultipart()) uploadIsDone(request);
  });
}

/** To be told of each part of a body that its handler reads. */
export function uploadGoesOn(request: FastifyRequest): void {
  request.uploadTimer?.refresh();
}

/** To be told when a handler has read the body. */
export function uploadIsDone(request: FastifyRequest): void {
  if (request.uploadTimer !== null) clearTimeout(request.uploadTimer);
  request.uploadTimer = null;
}
