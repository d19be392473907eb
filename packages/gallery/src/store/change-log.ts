import type { Transaction } from 'kysely';
import type { Tables } from './schema.js';

/** Numbers the faces that a transaction adds and removes. */
export class ChangeLog {
  readonly #transaction: Transaction<Tables>;
  readonly #start: number;
  #last: number;
  #removed = 0;

  private constructor(transaction: Transaction<Tables>, last: number) {
    this.#transaction = transaction;
    this.#start = last;
    this.#last = last;
  }

  static async continue(transaction: Transaction<Tables>): Promise<ChangeLog> {
    const { last_change: last } = await transaction
      .selectFrom('gallery')
      .select('last_change')
      .executeTakeFirstOrThrow();
    return new ChangeLog(transaction, last);
  }

  /** The number of the next face that is added or removed. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }

  /** Removes a photo's faces, leaving word for those whose index still has them. */
  async removeFacesOf(photoId: number): Promise<number> {
    const faces = await this.#transaction
      .deleteFrom('faces')
      .where('photo_id', '=', photoId)
      .returning('id')
      .execute();
    for (const { id } of faces) {
      await this.#recordDeletion(id);
    }
    return faces.length;
  }

  /** As {@link removeFacesOf} for one face. */
  async removeFace(id: number): Promise<void> {
    await this.#transaction.deleteFrom('faces').where('id', '=', id).execute();
    await this.#recordDeletion(id);
  }

  /** To be called at the end of the transaction. */
  async finish(): Promise<void> {
    if (this.#last !== this.#start) {
      const added = this.#last - this.#start - this.#removed;
      await this.#transaction
        .updateTable('gallery')
        .set(({ eb }) => ({
          last_change: this.#last,
          face_count: eb('face_count', '+', added - this.#removed),
        }))
        .execute();
    }
  }

  async #recordDeletion(faceId: number): Promise<void> {
    await this.#transaction
      .insertInto('deletions')
      .values({ change: this.next(), face_id: faceId })
      .execute();
    this.#removed++;
  }
}
