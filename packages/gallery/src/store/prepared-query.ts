import type { Compilable, CompiledQuery, Kysely } from 'kysely';
import type { Tables } from './schema.js';

/** A query that is built once, for where building it would take as long as running it. */
export class PreparedQuery<Row> {
  readonly #db: Kysely<Tables>;
  readonly #query: CompiledQuery<Row>;

  /** @param query its parameters, in order, are those of {@link PreparedQuery.run} */
  constructor(db: Kysely<Tables>, query: Compilable<Row>) {
    this.#db = db;
    this.#query = query.compile();
  }

  async run(parameters: readonly (string | number)[]): Promise<Row[]> {
    const query: CompiledQuery<Row> = { ...this.#query, parameters };
    return (await this.#db.executeQuery<Row>(query)).rows;
  }
}
