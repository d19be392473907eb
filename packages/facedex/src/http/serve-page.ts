import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import fastifyStatic from '@fastify/static';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { FacedexError } from '../facedex-error.js';
import type { App } from './app.js';
import { sendProblem } from './problem.js';

/** The page as `packages/web` is built. */
const BUILT_PAGE = join(import.meta.dirname, '../../page');
/** Files below have their content's hash in their names. */
const HASHED = `${sep}assets${sep}`;

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
    await server.register(fastifyStatic, {
      root,
      wildcard: false,
      index: 'index.html',
      // As the build leaves them: .br and .gz beside the files.
      preCompressed: true,
      cacheControl: false,
      setHeaders: (response, path) => {
        const isHashed = path.includes(HASHED);
        const caching = isHashed ? 'public, max-age=31536000, immutable' : 'no-cache';
        response.setHeader('cache-control', caching);
      },
    });
  }
  server.setNotFoundHandler((request, reply) => {
    const wantsPage = request.method === 'GET' && request.headers.accept?.includes('text/html');
    // The page has views with addresses of their own.
    if (hasPage && wantsPage && !/^\/(v1|docs)(\/|$)/.test(request.url)) {
      return reply.sendFile('index.html');
    }
    const error = new FacedexError('NOT_FOUND', 'nothing is there: /docs/ lists what is');
    return sendProblem(error, request, reply);
  });
}
