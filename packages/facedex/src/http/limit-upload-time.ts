import type { FastifyInstance, FastifyRequest } from 'fastify';
import { whenDone } from './when-done.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Runs until the body must have arrived. */
    uploadTimer: NodeJS.Timeout | null;
  }
}

/**
 * Hangs up on clients that send their body so slowly that it would take longer than `uploadMs`, whether it is
 * awaited or the answer has long been given. One that sends many photos in a form has that time for each; see
 * {@link uploadGoesOn}.
 */
export function limitUploadTime(app: FastifyInstance, uploadMs: number): void {
  app.decorateRequest('uploadTimer', null);
  app.addHook('onRequest', async (request) => {
    const { raw } = request;
    const timer = setTimeout(() => {
      if (!raw.complete) raw.socket.destroy();
    }, uploadMs).unref();
    request.uploadTimer = timer;
    whenDone(request, () => {
      if (raw.complete || raw.destroyed) clearTimeout(timer);
    });
  });
}

/** To be told of each photo of a form that its handler has read. */
export function uploadGoesOn(request: FastifyRequest): void {
  request.uploadTimer?.refresh();
}
