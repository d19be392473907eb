import { type Problem, problemOf } from '@facedex/client';

/** What went wrong with a request; `code` is the service's, or `OFFLINE` where nobody answered. */
export class ApiError extends Error {
  readonly problem: Problem;
  /** How long the service asks to wait before another try. */
  readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, retryAfterMs?: number) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
    this.retryAfterMs = retryAfterMs;
  }

  get code(): string {
    return this.problem.code;
  }
}

/** Of a proxy that doesn't reach the service; the service's own have a code. */
const IN_BETWEEN = new Set([502, 503, 504]);

interface Answer<T> {
  readonly data?: T;
  readonly error?: unknown;
  readonly response: Response;
}

/**
 * The data of a client's answer.
 *
 * @throws {ApiError} where the service refused or nobody answered.
 */
export async function ask<T>(request: Promise<Answer<T>>): Promise<NonNullable<T>> {
  const { data, error, response } = await request.catch((reason: unknown) => {
    if (reason instanceof DOMException && reason.name === 'AbortError') throw reason;
    throw offline(reason);
  });
  if (error !== undefined || !response.ok) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    const problem = problemOf(error);
    const code = IN_BETWEEN.has(response.status) && problem.status === 0 ? 'OFFLINE' : problem.code;
    throw new ApiError(
      { ...problem, code, status: response.status },
      Number.isFinite(seconds) ? seconds * 1000 : undefined,
    );
  }
  // A 204 has no data; callers that expect none ignore it.
  return data as NonNullable<T>;
}

/** The error as an {@link ApiError}, whatever was thrown. */
export function apiErrorOf(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(problemOf(String(error)));
}

function offline(reason: unknown): ApiError {
  return new ApiError({
    type: 'urn:facedex:error:OFFLINE',
    title: 'Nobody answers.',
    status: 0,
    code: 'OFFLINE',
    detail: reason instanceof Error ? reason.message : String(reason),
  });
}
