import type { Transaction } from 'kysely';
import type { Tables } from './schema.js';

/** Keeps the people that paths name, and no others, inside one transaction. */
export class PeopleWriter {
  readonly #transaction: Transaction<Tables>;
  /** They may have no path left. */
  readonly #lostPaths = new Set<number>();

  constructor(transaction: Transaction<Tables>) {
    this.#transaction = transaction;
  }

  /** The id of a person, who need not have been known. */
  async idOf(name: string): Promise<number> {
    const known = await this.#transaction
      .selectFrom('people')
      .select('id')
      .where('name', '=', name)
      .executeTakeFirst();
    if (known !== undefined) {
      return known.id;
    }
    const { id } = await this.#transaction
      .insertInto('people')
      .values({ name })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  /** To be told when a path no longer names a person (null: it named nobody). */
  lostPath(personId: number | null): void {
    if (personId !== null) {
      this.#lostPaths.add(personId);
    }
  }

  /** To be called at the end of the transaction. */
  async dropUnnamed(): Promise<void> {
    for (const personId of this.#lostPaths) {
      await this.#transaction
        .deleteFrom('people')
        .where('id', '=', personId)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('photo_paths').select('path').where('person_id', '=', personId))),
        )
        .execute();
    }
  }
}
