import type { FastifyInstance, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    ending: Ending | null;
  }
}

/** What holds a request up: its connection, and its handler. */
interface Ending {
  isClosed: boolean;
  isWorking: boolean;
  readonly listeners: (() => void)[];
}

/**
 * Lets {@link whenDone} know when a request is over: its connection has nothing more to give or take, and its
 * handler has ended. Fastify's `onResponse` is not told of clients that hang up, and their work goes on.
 * To be called before hooks and routes are added.
 */
export function watchRequests(app: FastifyInstance): void {
  app.decorateRequest('ending', null);
  app.addHook('onRequest', async (request, reply) => {
    const ending = { isClosed: false, isWorking: false, listeners: [] };
    request.ending = ending;
    // Fastify adds one each time that a reply is awaited, which is often for a file of the page.
    reply.raw.setMaxListeners(30).once('close', () => {
      ending.isClosed = true;
      settle(ending);
    });
  });
  app.addHook('onRoute', (route) => {
    const { handler } = route;
    route.handler = function handleAndSettle(request, reply) {
      const { ending } = request;
      // Nobody awaits it any more, and what it held has been let go.
      if (ending?.isClosed) {
        reply.hijack();
        return undefined;
      }
      const result: unknown = handler.call(this, request, reply);
      if (ending === null || !(result instanceof Promise)) return result;
      ending.isWorking = true;
      return result.finally(() => {
        ending.isWorking = false;
        settle(ending);
      });
    };
  });
}

/** Calls back once, when the request is over: at once, if it is. */
export function whenDone({ ending }: FastifyRequest, listener: () => void): void {
  if (ending === null) return;
  ending.listeners.push(listener);
  settle(ending);
}

function settle({ isClosed, isWorking, listeners }: Ending): void {
  if (!isClosed || isWorking) return;
  for (const listener of listeners.splice(0)) listener();
}
