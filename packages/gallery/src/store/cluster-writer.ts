import type { Transaction } from 'kysely';
import { GalleryError } from '../errors.js';
import { ClusterMembers } from './cluster-members.js';
import type { Grouping } from './cluster-store.js';
import { PeopleWriter } from './people-writer.js';
import type { Tables } from './schema.js';

const FACES_PER_QUERY = 1000;

/** Everything that changes clusters, inside one transaction; see {@link ClusterStore}. */
export class ClusterWriter {
  readonly #transaction: Transaction<Tables>;
  readonly #people: PeopleWriter;
  readonly #members: ClusterMembers;

  private constructor(transaction: Transaction<Tables>) {
    this.#transaction = transaction;
    this.#people = new PeopleWriter(transaction);
    this.#members = new ClusterMembers(transaction, this.#people);
  }

  /** Runs `work` with a writer, then drops empty clusters and people whom nothing names. */
  static async run<T>(
    transaction: Transaction<Tables>,
    work: (writer: ClusterWriter) => Promise<T>,
  ): Promise<T> {
    const writer = new ClusterWriter(transaction);
    const result = await work(writer);
    await writer.#members.dropEmpty();
    await writer.#people.dropUnnamed();
    return result;
  }

  async apply({ groups, afresh }: Grouping): Promise<{ newClusters: number; joined: number }> {
    const made = { newClusters: 0, joined: 0 };
    if (afresh) {
      await this.#releaseUnconfirmed();
    }
    for (const { clusterId, faceIds } of groups) {
      const cluster = clusterId === null ? await this.#create() : await this.#find(clusterId);
      if (cluster === undefined) {
        continue;
      }
      let joined = 0;
      for (let start = 0; start < faceIds.length; start += FACES_PER_QUERY) {
        joined += await this.#joinLoose(cluster, faceIds.slice(start, start + FACES_PER_QUERY));
      }
      this.#members.mayBeEmpty(cluster.id);
      made.joined += joined;
      made.newClusters += clusterId === null && joined > 0 ? 1 : 0;
    }
    return made;
  }

  async name(clusterId: number, person: string | null): Promise<number> {
    const cluster = await this.#get(clusterId);
    const personId = person === null ? null : await this.#people.idOf(person);
    if (personId !== null) {
      const first = await this.#transaction
        .selectFrom('clusters')
        .select('id')
        .where('person_id', '=', personId)
        .where('id', '!=', clusterId)
        .executeTakeFirst();
      if (first !== undefined) {
        await this.#setPerson(cluster, null);
        await this.merge(first.id, [clusterId]);
        return first.id;
      }
    }
    await this.#setPerson(cluster, personId);
    await this.#confirm([clusterId]);
    return clusterId;
  }

  async merge(clusterId: number, others: readonly number[]): Promise<void> {
    const target = await this.#get(clusterId);
    for (const id of new Set(others)) {
      if (id === clusterId) {
        continue;
      }
      const other = await this.#get(id);
      const owner = target.person_id ?? other.person_id;
      if (other.person_id !== null && other.person_id !== owner) {
        throw new GalleryError(
          'INVALID_ARGUMENT',
          `clusters ${clusterId} and ${id} are two people; take the name from one of them first`,
        );
      }
      await this.#mergeRejections(id, clusterId);
      await this.#transaction
        .updateTable('cluster_faces')
        .set({ cluster_id: clusterId })
        .where('cluster_id', '=', id)
        .execute();
      await this.#transaction.deleteFrom('clusters').where('id', '=', id).execute();
      target.person_id = owner;
    }
    await this.#setPerson({ id: clusterId, person_id: null }, target.person_id);
    await this.#confirm([clusterId]);
  }

  async move(faceIds: readonly number[], clusterId: number | null): Promise<number> {
    if (clusterId !== null) {
      await this.#get(clusterId);
    }
    const before = await this.#clustersOf(faceIds);
    const id = clusterId ?? (await this.#create()).id;
    await this.#members.leave(faceIds);
    for (const faceId of faceIds) {
      await this.#transaction
        .insertInto('cluster_faces')
        .values({ face_id: faceId, cluster_id: id, confirmed: 1 })
        .execute();
      await this.#transaction
        .deleteFrom('cluster_rejections')
        .where('face_id', '=', faceId)
        .where('cluster_id', '=', id)
        .execute();
    }
    await this.#members.label(faceIds, null);
    await this.#confirm([id, ...before.filter((one) => one !== null)]);
    return id;
  }

  async reject(faceIds: readonly number[]): Promise<void> {
    const clusters = await this.#clustersOf(faceIds);
    for (const [i, faceId] of faceIds.entries()) {
      const clusterId = clusters[i] ?? null;
      if (clusterId === null) {
        throw new GalleryError('INVALID_ARGUMENT', `face ${faceId} is in no cluster`);
      }
      await this.#transaction
        .insertInto('cluster_rejections')
        .values({ face_id: faceId, cluster_id: clusterId })
        .execute();
    }
    await this.#members.leave(faceIds);
    await this.#members.label(faceIds, null);
    await this.#confirm(clusters.filter((one) => one !== null));
  }

  /** What was rejected from one is rejected from both, but not what is in them: the user overrules. */
  async #mergeRejections(from: number, into: number): Promise<void> {
    await this.#transaction
      .insertInto('cluster_rejections')
      .columns(['face_id', 'cluster_id'])
      .expression((query) =>
        query
          .selectFrom('cluster_rejections')
          .select(({ val }) => ['face_id', val(into).as('cluster_id')])
          .where('cluster_id', '=', from),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await this.#transaction
      .deleteFrom('cluster_rejections')
      .where('cluster_id', '=', into)
      .where('face_id', 'in', (query) =>
        query.selectFrom('cluster_faces').select('face_id').where('cluster_id', 'in', [from, into]),
      )
      .execute();
  }

  /**
   * Puts faces that have no person and are in no cluster into one, unless they were rejected.
   *
   * @returns how many
   */
  async #joinLoose(cluster: Row, faceIds: readonly number[]): Promise<number> {
    const joined = await this.#transaction
      .insertInto('cluster_faces')
      .columns(['face_id', 'cluster_id', 'confirmed'])
      .expression((query) =>
        query
          .selectFrom('faces')
          .select(({ val }) => ['id', val(cluster.id).as('cluster_id'), val(0).as('confirmed')])
          .where('id', 'in', faceIds)
          .where('person_id', 'is', null)
          .where('id', 'not in', (rejections) =>
            rejections
              .selectFrom('cluster_rejections')
              .select('face_id')
              .where('cluster_id', '=', cluster.id),
          ),
      )
      .onConflict((conflict) => conflict.doNothing())
      .returning('face_id')
      .execute();
    if (cluster.person_id !== null) {
      await this.#members.label(
        joined.map((face) => face.face_id),
        cluster.person_id,
      );
    }
    return joined.length;
  }

  async #releaseUnconfirmed(): Promise<void> {
    const released = await this.#transaction
      .selectFrom('cluster_faces')
      .select('face_id')
      .where('confirmed', '=', 0)
      .orderBy('face_id')
      .execute();
    const faceIds = released.map((face) => face.face_id);
    await this.#members.leave(faceIds);
    await this.#members.label(faceIds, null);
  }

  /** @returns for each face its cluster, or null */
  async #clustersOf(faceIds: readonly number[]): Promise<(number | null)[]> {
    const clusters: (number | null)[] = [];
    for (const faceId of faceIds) {
      const face = await this.#transaction
        .selectFrom('faces')
        .leftJoin('cluster_faces', 'cluster_faces.face_id', 'faces.id')
        .select(['faces.person_id', 'cluster_faces.cluster_id'])
        .where('faces.id', '=', faceId)
        .executeTakeFirst();
      if (face === undefined) {
        throw new GalleryError('UNKNOWN_FACE', `no face ${faceId} is in the gallery`);
      }
      if (face.person_id !== null && face.cluster_id === null) {
        throw new GalleryError(
          'INVALID_ARGUMENT',
          `face ${faceId} has its person from the folder that its photo is in; move the photo instead`,
        );
      }
      clusters.push(face.cluster_id);
    }
    return clusters;
  }

  async #setPerson(cluster: Row, personId: number | null): Promise<void> {
    this.#people.lostClaim(cluster.person_id);
    await this.#transaction
      .updateTable('clusters')
      .set({ person_id: personId })
      .where('id', '=', cluster.id)
      .execute();
    await this.#transaction
      .updateTable('faces')
      .set({ person_id: personId })
      .where('id', 'in', (query) =>
        query.selectFrom('cluster_faces').select('face_id').where('cluster_id', '=', cluster.id),
      )
      .execute();
  }

  async #confirm(clusterIds: readonly number[]): Promise<void> {
    for (const clusterId of new Set(clusterIds)) {
      await this.#transaction
        .updateTable('cluster_faces')
        .set({ confirmed: 1 })
        .where('cluster_id', '=', clusterId)
        .where('confirmed', '=', 0)
        .execute();
    }
  }

  async #create(): Promise<Row> {
    return this.#transaction
      .insertInto('clusters')
      .values({ person_id: null })
      .returning(['id', 'person_id'])
      .executeTakeFirstOrThrow();
  }

  async #get(clusterId: number): Promise<Row> {
    const cluster = await this.#find(clusterId);
    if (cluster === undefined) {
      throw new GalleryError('UNKNOWN_CLUSTER', `no cluster ${clusterId} is in the gallery`);
    }
    return cluster;
  }

  async #find(clusterId: number): Promise<Row | undefined> {
    return this.#transaction
      .selectFrom('clusters')
      .select(['id', 'person_id'])
      .where('id', '=', clusterId)
      .executeTakeFirst();
  }
}

interface Row {
  id: number;
  person_id: number | null;
}
