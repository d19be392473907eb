import type { FastifyInstance, FastifyRequest } from 'fastify';
import { whenDone } from './when-done.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Runs until the body must have arrived. */
    uploadTimer: NodeJS.Timeout | null;
    /** Until when it may be given more time. */
    uploadUntil: number;
  }
}

/** How long bodies may take, in milliseconds. */
export interface UploadTimes {
  readonly uploadMs: number;
  readonly batchMs: number;
}

/**
 * Hangs up on clients that send their body so slowly that it would take longer than `uploadMs`, whether it is
 * awaited or the answer has long been given. One that sends many photos in a form has that time for each, and
 * `batchMs` for all; see {@link uploadGoesOn}.
 */
export function limitUploadTime(app: FastifyInstance, { uploadMs, batchMs }: UploadTimes): void {
  app.decorateRequest('uploadTimer', null);
  app.decorateRequest('uploadUntil', 0);
  app.addHook('onRequest', async (request) => {
    const { raw } = request;
    const timer = setTimeout(() => {
      if (!raw.complete) raw.socket.destroy();
    }, uploadMs).unref();
    request.uploadTimer = timer;
    request.uploadUntil = performance.now() + batchMs;
    whenDone(request, () => {
      if (raw.complete || raw.destroyed) clearTimeout(timer);
    });
  });
}

/** To be told of each photo of a form that its handler has read. */
export function uploadGoesOn({ uploadTimer, uploadUntil }: FastifyRequest): void {
  if (performance.now() < uploadUntil) uploadTimer?.refresh();
}
