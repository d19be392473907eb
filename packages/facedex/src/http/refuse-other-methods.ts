import type { FastifyInstance, HTTPMethods } from 'fastify';
import { FacedexError } from '../facedex-error.js';

/** But OPTIONS, with which browsers ask whether another site's page may. */
const METHODS: readonly HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];

/**
 * Has paths say which methods they have when they are asked with another (405), instead of that nothing is
 * there.
 *
 * @returns to be called when every route is registered
 */
export function refuseOtherMethods(app: FastifyInstance): () => void {
  const methodsOf = new Map<string, Set<HTTPMethods>>();
  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsOf.get(url) ?? new Set();
    for (const one of [method].flat()) methods.add(one);
    methodsOf.set(url, methods);
  });
  return () => {
    // Routes that are registered here are told to the hook, too.
    for (const [url, methods] of [...methodsOf]) {
      const allowed = [...methods].join(', ');
      app.route({
        url,
        method: METHODS.filter((method) => !methods.has(method)),
        schema: { hide: true },
        exposeHeadRoute: false,
        // Before what comes with it is read.
        onRequest: async ({ method }, reply) => {
          reply.header('allow', allowed);
          throw new FacedexError(
            'METHOD_NOT_ALLOWED',
            `${method} is not for that path: ${allowed}`,
          );
        },
        handler: async () => undefined,
      });
    }
  };
}
