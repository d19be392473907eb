import type { Transaction } from 'kysely';
import type { PeopleWriter } from './people-writer.js';
import type { Tables } from './schema.js';

/** Who is in which cluster, inside one transaction: for those who change faces and clusters. */
export class ClusterMembers {
  readonly #transaction: Transaction<Tables>;
  readonly #people: PeopleWriter;
  /** Clusters that may have no face. */
  readonly #suspects = new Set<number>();

  constructor(transaction: Transaction<Tables>, people: PeopleWriter) {
    this.#transaction = transaction;
    this.#people = people;
  }

  /** To be told of a cluster that may have no face. */
  mayBeEmpty(clusterId: number): void {
    this.#suspects.add(clusterId);
  }

  /** Takes faces out of their clusters. */
  async leave(faceIds: readonly number[]): Promise<void> {
    for (const faceId of faceIds) {
      const left = await this.#transaction
        .deleteFrom('cluster_faces')
        .where('face_id', '=', faceId)
        .returning('cluster_id')
        .executeTakeFirst();
      if (left !== undefined) {
        this.mayBeEmpty(left.cluster_id);
      }
    }
  }

  /** Gives faces to a person, or, where it is null, each to that of its cluster. */
  async label(faceIds: readonly number[], personId: number | null): Promise<void> {
    for (const faceId of faceIds) {
      const cluster =
        personId === null
          ? await this.#transaction
              .selectFrom('cluster_faces')
              .innerJoin('clusters', 'clusters.id', 'cluster_faces.cluster_id')
              .select('clusters.person_id')
              .where('cluster_faces.face_id', '=', faceId)
              .executeTakeFirst()
          : undefined;
      const owner = personId ?? cluster?.person_id ?? null;
      await this.#transaction
        .updateTable('faces')
        .set({ person_id: owner })
        .where('id', '=', faceId)
        .where('person_id', 'is distinct from', owner)
        .execute();
    }
  }

  /** To be called at the end of the transaction, before people are dropped. */
  async dropEmpty(): Promise<void> {
    for (const clusterId of this.#suspects) {
      const dropped = await this.#transaction
        .deleteFrom('clusters')
        .where('id', '=', clusterId)
        .where(({ not, exists, selectFrom }) =>
          not(
            exists(
              selectFrom('cluster_faces').select('face_id').where('cluster_id', '=', clusterId),
            ),
          ),
        )
        .returning('person_id')
        .executeTakeFirst();
      this.#people.lostClaim(dropped?.person_id ?? null);
    }
  }
}
