import type { TSchema } from 'typebox';
import type { Role } from './auth/roles.js';
import { Problem, ref } from './schemas.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least that a key must be allowed; absent: anybody may ask. */
    readonly role?: Role;
    /** What the request costs: `picture` ones are few at a time; default `query`. */
    readonly cost?: 'picture' | 'query';
  }
}

/** What the route of an operation says of itself besides its parameters. */
export interface Operation {
  /** Of the client's method, unique. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly role: Role;
  readonly cost?: 'picture' | 'query';
  /** Of the answer by its status, e.g. `{ 200: Person }`. */
  readonly answers: Readonly<Record<number, unknown>>;
}

/** The schema and config of a route, with problems as the answer where something is wrong. */
export function operation<S extends Record<string, unknown>>(about: Operation, parts: S) {
  const { id, tag, summary, description, role, cost } = about;
  return {
    schema: {
      ...parts,
      operationId: id,
      tags: [tag],
      summary,
      ...(description === undefined ? {} : { description }),
      response: {
        ...about.answers,
        '4xx': problem,
        '5xx': problem,
      } as Record<string, TSchema>,
    },
    config: { role, ...(cost === undefined ? {} : { cost }) },
  };
}

const problem = {
  description: 'A problem (RFC 9457).',
  content: { 'application/problem+json': { schema: ref(Problem) } },
};

/** An answer that is a picture. */
export const PICTURE = {
  description: 'A picture.',
  content: Object.fromEntries(
    ['image/jpeg', 'image/png', 'image/webp'].map((type) => [
      type,
      { schema: { type: 'string', format: 'binary' } },
    ]),
  ),
};
