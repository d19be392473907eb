import { sql } from 'kysely';

/** Values for SQL's `in`, as one parameter, so that a list of any length is the same statement. */
export function listed<T extends number | string>(values: readonly T[]) {
  return sql<T>`(select value from json_each(${JSON.stringify(values)}))`;
}
