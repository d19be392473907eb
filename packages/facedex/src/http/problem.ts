import type { FastifyBaseLogger, FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ERROR_TABLE, type ErrorCode, errorCodeOf } from '../error-table.js';

/** What answers a request that went wrong (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const TOO_LARGE = {
  code: 'BODY_TOO_LARGE',
  detail: 'the request is larger than is taken: GET /v1/me tells the limits',
} as const;
const WRONG_TYPE = {
  code: 'UNSUPPORTED_MEDIA_TYPE',
  detail:
    'the Content-Type is none that is taken here: application/json, multipart/form-data, or for a picture image/jpeg, image/png, image/webp, image/gif, image/tiff, image/avif or application/octet-stream',
} as const;

/** Fastify's own errors, in our words; others of its kind are `INVALID_ARGUMENT`. */
const FASTIFYS: Readonly<Record<string, { readonly code: ErrorCode; readonly detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: TOO_LARGE,
  FST_FILES_LIMIT: {
    code: 'BODY_TOO_LARGE',
    detail:
      'the form has more files than are taken: many photos go to …/photos/batch, as many at a time as GET /v1/me tells',
  },
  FST_PARTS_LIMIT: TOO_LARGE,
  FST_FIELDS_LIMIT: TOO_LARGE,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: WRONG_TYPE,
  FST_INVALID_MULTIPART_CONTENT_TYPE: WRONG_TYPE,
};

/** Who is told of faults. */
export type FaultLog = Pick<FastifyBaseLogger, 'error'>;

/** What is so only for a time: 423 while another process writes. */
const COME_AGAIN: ReadonlySet<number> = new Set([423, 429, 503]);

/** Errors as problems; those of ours say what to do, faults keep what they know to themselves. */
export function problemOf(error: unknown): Problem {
  const code = codeOf(error);
  if (code === undefined) {
    return {
      type: 'urn:facedex:error:UNEXPECTED',
      title: 'A fault of facedex.',
      status: 500,
      code: 'UNEXPECTED',
      detail: 'The request could not be answered; nothing is wrong with it. Please report it.',
    };
  }
  const { status, meaning } = ERROR_TABLE[code];
  return {
    type: `urn:facedex:error:${code}`,
    title: meaning,
    status,
    code,
    // Faults name files and folders of the server.
    detail: isFault(status) ? meaning : messageOf(error),
  };
}

function isFault(status: number): boolean {
  return status >= 500 && status !== 503;
}

/** As {@link problemOf}; of a fault, the log is told where it happened. */
export function reportProblem(error: unknown, log: FaultLog): Problem {
  const problem = problemOf(error);
  if (isFault(problem.status)) {
    // Its message may name a person or a file.
    const stack = error instanceof Error ? framesOf(error) : undefined;
    log.error({ code: problem.code, name: (error as Error)?.name, stack }, 'fault');
  }
  return problem;
}

/** Answers with a problem, and tells when to come again where that helps. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const problem = reportProblem(error, request.log);
  if (COME_AGAIN.has(problem.status)) {
    reply.header('retry-after', String(retryAfterOf(error)));
  }
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="facedex"');
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(problem);
}

function codeOf(error: unknown): ErrorCode | undefined {
  const own = errorCodeOf(error);
  if (own !== undefined) return own;
  const { code = '', statusCode = 500, validation } = error as Partial<FastifyError>;
  if (code in FASTIFYS) return FASTIFYS[code]!.code;
  const isClients = validation !== undefined || (statusCode >= 400 && statusCode < 500);
  return isClients ? 'INVALID_ARGUMENT' : undefined;
}

function messageOf(error: unknown): string {
  const { code = '', message = String(error) } = error as Partial<FastifyError>;
  return FASTIFYS[code]?.detail ?? message;
}

function framesOf(error: Error): string {
  const lines = error.stack?.split('\n') ?? [];
  return lines.filter((line) => line.startsWith('    at ')).join('\n');
}

/** Seconds. */
function retryAfterOf(error: unknown): number {
  const { retryAfterSeconds } = error as { retryAfterSeconds?: number };
  return Math.max(1, Math.ceil(retryAfterSeconds ?? 1));
}
