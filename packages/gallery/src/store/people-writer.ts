import type { Transaction } from 'kysely';
import { newPersonUid } from './person-uid.js';
import type { Tables } from './schema.js';

/** Keeps the people that paths or clusters name, or that were made or changed by themselves, and no others. */
export class PeopleWriter {
  readonly #transaction: Transaction<Tables>;
  /** They may have neither a path nor a cluster left. */
  readonly #lostClaims = new Set<number>();

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
    const now = new Date().toISOString();
    const { id } = await this.#transaction
      .insertInto('people')
      .values({ name, uid: newPersonUid(), created_at: now, seen_at: now, consent_until: null })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }

  /** To be told when a path or cluster no longer names a person (null: it named nobody). */
  lostClaim(personId: number | null): void {
    if (personId !== null) {
      this.#lostClaims.add(personId);
    }
  }

  /** Somebody has said who the person is: they stay, also without a photo, until they are removed. */
  async keep(personId: number): Promise<void> {
    await this.#transaction
      .updateTable('people')
      .set({ kept: 1 })
      .where('id', '=', personId)
      .execute();
  }

  /** Lets go of a person, who is dropped unless something names them still. */
  async release(personId: number): Promise<void> {
    await this.#transaction
      .updateTable('people')
      .set({ kept: 0 })
      .where('id', '=', personId)
      .execute();
    this.lostClaim(personId);
  }

  /** To be called at the end of the transaction. */
  async dropUnnamed(): Promise<void> {
    for (const personId of this.#lostClaims) {
      await this.#transaction
        .deleteFrom('people')
        .where('id', '=', personId)
        .where('kept', '=', 0)
        .where(({ and, not, exists, selectFrom }) =>
          and([
            not(exists(selectFrom('photo_paths').select('path').where('person_id', '=', personId))),
            not(exists(selectFrom('clusters').select('id').where('person_id', '=', personId))),
          ]),
        )
        .execute();
    }
  }
}
