import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { FacedexError } from '../facedex-error.js';
import type { App } from './app.js';
import { sendProblem } from './problem.js';

/** The page as packages/web builds it, in this package so that it is published with it. */
const BUILT_PAGE = join(import.meta.dirname, '../../page');

/** Files with a hash of their content in their name never change; others are asked for each time. */
const FOR_GOOD = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'no-cache';

/** Serves the reference page, the OpenAPI document, and the page of users if it has been built. */
export async function servePages(app: App, page: string | undefined): Promise<void> {
  const server = app as unknown as FastifyInstance;
  await server.register(swaggerUi, {
    routePrefix: '/docs',
    // It would let anybody try out requests; they do so with their own key.
    uiConfig: { deepLinking: true, persistAuthorization: false, validatorUrl: null as never },
  });
  server.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  const root = page ?? BUILT_PAGE;
  const hasPage = existsSync(join(root, 'index.html'));
  if (hasPage) {
    const assets = join(root, 'assets', '/');
    await server.register(fastifyStatic, {
      root,
      index: ['index.html'],
      // Only what is there when it starts; what lies beside it in other encodings goes by its name.
      wildcard: false,
      globIgnore: ['**/*.br', '**/*.gz'],
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.setHeader('cache-control', path.startsWith(assets) ? FOR_GOOD : ASK_AGAIN);
        reply.setHeader('vary', 'accept-encoding');
      },
    });
  }
  server.addHook('preParsing', async ({ is404, method }) => {
    // What anybody sends to it, without a key or a place, would be read into memory first.
    if (is404 && method !== 'GET' && method !== 'HEAD') throw nothingThere();
  });
  server.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === 'GET' && request.headers.accept?.includes('text/html');
    // The page has views with addresses of their own.
    if (hasPage && wantsPage && !/^\/(v1|docs)(\/|$)/.test(request.url)) {
      return reply.sendFile('index.html');
    }
    return sendProblem(nothingThere(), request, reply);
  });
}

function nothingThere(): FacedexError {
  return new FacedexError('NOT_FOUND', 'nothing is there: /docs/ lists what is');
}
