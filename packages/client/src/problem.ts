import type { components } from './schema.js';

/** What the service says when a request went wrong. */
export type Problem = components['schemas']['Problem'];

/** The problem in an `error` of a client's answer; of anything else a problem `UNEXPECTED`. */
export function problemOf(error: unknown): Problem {
  if (typeof error === 'object' && error !== null && 'code' in error && 'detail' in error) {
    return error as Problem;
  }
  return {
    type: 'urn:facedex:error:UNEXPECTED',
    title: 'The answer is not what the service sends.',
    status: 0,
    code: 'UNEXPECTED',
    detail: typeof error === 'string' ? error.slice(0, 200) : 'no details',
  };
}
