import type { Socket } from 'node:net';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { FacedexError } from '../facedex-error.js';
import { Admission } from './admission.js';
import type { App } from './app.js';
import { askForBody } from './ask-for-body.js';
import { authenticate } from './auth/authenticate.js';
import type { KeyFile } from './auth/key-file.js';
import { closeQueuedAnswers } from './close-queued-answers.js';
import { endStalledAnswers } from './end-stalled-answers.js';
import { IdempotentAnswers } from './idempotency.js';
import { limitUploadTime } from './limit-upload-time.js';
import { Metrics } from './metrics.js';
import { describeRoutes, NAMED_SCHEMAS } from './openapi.js';
import { problemOf, sendProblem } from './problem.js';
import { acceptForms } from './read-form.js';
import { acceptUploads, jsonBytes, type UploadLimits } from './read-upload.js';
import {
  DEFAULT_ADMISSION,
  DEFAULT_LIMITS,
  DEFAULT_RATE,
  type ServeOptions,
} from './serve-options.js';
import { createValidatorCompiler, describeValidation } from './validation.js';
import { watchRequests } from './when-done.js';

/** A server with everything but its routes. */
export interface BareServer {
  readonly app: App;
  readonly answers: IdempotentAnswers;
  readonly metrics: Metrics;
  readonly limits: UploadLimits;
}

/** A minute, as rates are counted. */
const MINUTE_MS = 60_000;
/** For the client to read why it was refused. */
const LINGER_MS = 2000;

/** The server before its routes: who may come in, what may be sent, what is said when it goes wrong. */
export async function createServer(options: ServeOptions, keys: KeyFile): Promise<BareServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const app = fastify({
    // Of JSON with pictures: acceptUploads sets less for other routes and kinds.
    bodyLimit: jsonBytes(limits),
    logger:
      options.log === false
        ? false
        : { level: 'info', serializers: SERIALIZERS, stream: process.stderr },
    // One line for each request, of our own.
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.trustedProxies === undefined ? false : [...options.trustedProxies],
    // A batch may take long; limitUploadTime sees to clients that are slow.
    requestTimeout: 0,
    connectionTimeout: 0,
    keepAliveTimeout: 10_000,
    http: { headersTimeout: 10_000, connectionsCheckingInterval: 2000 },
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => sendProblem(error, request, reply),
    forceCloseConnections: true,
    clientErrorHandler: refuseNonHttp,
  }) as unknown as App;
  const server = app as unknown as FastifyInstance;
  server.setValidatorCompiler(createValidatorCompiler(NAMED_SCHEMAS) as never);
  server.setSchemaErrorFormatter((errors, where) => describeValidation(errors, where));
  server.setErrorHandler((error, request, reply) => sendProblem(error, request, reply));
  askForBody(server.server);
  closeQueuedAnswers(server);
  watchRequests(server);
  endStalledAnswers(server, limits.answerMs);
  // Before anybody is refused.
  limitUploadTime(server, limits);
  await secure(server, options);
  authenticate(server, keys);
  await limitRate(server, options.requestsPerMinute ?? DEFAULT_RATE);
  const admission = new Admission(server, { ...DEFAULT_ADMISSION, ...options.admission });
  await acceptForms(server);
  acceptUploads(server, { limits, admission });
  const answers = new IdempotentAnswers();
  answers.register(server);
  const metrics = new Metrics(server, admission);
  logRequests(server);
  await describeRoutes(app);
  return { app, answers, metrics, limits };
}

/** Of a request, nothing but the route: its address and query may name somebody. */
const SERIALIZERS = {
  req: (request: FastifyRequest) => ({ method: request.method, route: request.routeOptions?.url }),
  err: (error: Error & { code?: string }) => ({
    type: error.name,
    code: error.code,
    message: '',
    stack: '',
  }),
};

async function secure(app: FastifyInstance, { corsOrigins = [] }: ServeOptions): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'blob:', 'data:'],
        mediaSrc: ["'self'", 'blob:'],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        connectSrc: ["'self'"],
        workerSrc: ["'self'", 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whether there is TLS is for the proxy in front to say.
    hsts: false,
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginResourcePolicy: { policy: corsOrigins.length > 0 ? 'cross-origin' : 'same-origin' },
  });
  if (corsOrigins.length > 0) {
    await app.register(cors, {
      origin: [...corsOrigins],
      methods: ['GET', 'POST', 'PATCH', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'idempotency-key', 'x-api-key'],
      exposedHeaders: ['etag', 'retry-after', 'location', 'x-search-ms', 'idempotency-replayed'],
    });
  }
}

async function limitRate(app: FastifyInstance, perMinute: number): Promise<void> {
  await app.register(rateLimit, {
    max: perMinute,
    timeWindow: MINUTE_MS,
    cache: 10_000,
    keyGenerator: ({ caller, ip }) => caller?.keyId ?? ip,
    errorResponseBuilder: (_request, { ttl }) =>
      Object.assign(new FacedexError('TOO_MANY_REQUESTS', 'too many requests: come again later'), {
        retryAfterSeconds: ttl / 1000,
      }),
  });
}

/** What is no request at all, or one whose head is too long. */
function refuseNonHttp(error: { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return;
  // It would come into the middle of an answer.
  if (socket.writableLength > 0) {
    socket.destroy();
    return;
  }
  const code = error.code === 'HPE_HEADER_OVERFLOW' ? 'BODY_TOO_LARGE' : 'INVALID_ARGUMENT';
  const body = JSON.stringify(
    problemOf(
      new FacedexError(code, 'expected an HTTP request whose head is not longer than 16 KB'),
    ),
  );
  const { status } = problemOf(new FacedexError(code, ''));
  socket.end(
    `HTTP/1.1 ${status} Refused\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
  // A client that doesn't close its side would keep it.
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}

function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        key: request.caller?.keyId ?? null,
      },
      'request',
    );
  });
}
