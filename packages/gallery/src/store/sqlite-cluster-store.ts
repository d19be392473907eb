import type { Kysely } from 'kysely';
import type { Cluster, ClusterFace, ClusterStore, FaceToGroup, Grouping } from './cluster-store.js';
import { ClusterWriter } from './cluster-writer.js';
import { selectFaces, toFaceSummary } from './face-rows.js';
import { fromFloatBlob } from './float-blob.js';
import type { Tables } from './schema.js';

/** The clusters of a SQLite database. */
export class SqliteClusterStore implements ClusterStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async list(): Promise<Cluster[]> {
    return this.#db
      .selectFrom('clusters')
      .innerJoin('cluster_faces', 'cluster_faces.cluster_id', 'clusters.id')
      .leftJoin('people', 'people.id', 'clusters.person_id')
      .select(({ fn }) => [
        'clusters.id',
        'people.name as person',
        fn.countAll<number>().as('faces'),
        fn.sum<number>('cluster_faces.confirmed').as('confirmed'),
      ])
      .groupBy('clusters.id')
      .orderBy('faces', 'desc')
      .orderBy('clusters.id')
      .execute();
  }

  async facesOf(clusterId: number): Promise<ClusterFace[]> {
    const rows = await selectFaces(this.#db)
      .innerJoin('cluster_faces', 'cluster_faces.face_id', 'faces.id')
      .select('cluster_faces.confirmed')
      .where('cluster_faces.cluster_id', '=', clusterId)
      .orderBy('faces.id')
      .execute();
    return rows.map((row) => ({ ...toFaceSummary(row), confirmed: row.confirmed === 1 }));
  }

  async facesToGroup(afterId: number, limit: number): Promise<FaceToGroup[]> {
    const rows = await this.#db
      .selectFrom('faces')
      .leftJoin('cluster_faces', 'cluster_faces.face_id', 'faces.id')
      .select([
        'faces.id',
        'faces.photo_id',
        'faces.embedding',
        'cluster_faces.cluster_id',
        'cluster_faces.confirmed',
      ])
      .where('faces.id', '>', afterId)
      // A face with a person but no cluster has its person from a path.
      .where(({ or, eb }) =>
        or([eb('faces.person_id', 'is', null), eb('cluster_faces.cluster_id', 'is not', null)]),
      )
      .orderBy('faces.id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      photoId: row.photo_id,
      cluster:
        row.cluster_id === null ? null : { id: row.cluster_id, confirmed: row.confirmed === 1 },
      embedding: fromFloatBlob(row.embedding),
    }));
  }

  async rejections(): Promise<{ faceId: number; clusterId: number }[]> {
    return this.#db
      .selectFrom('cluster_rejections')
      .select(['face_id as faceId', 'cluster_id as clusterId'])
      .execute();
  }

  async apply(grouping: Grouping): Promise<{ newClusters: number; joined: number }> {
    return this.#write((writer) => writer.apply(grouping));
  }

  async name(clusterId: number, person: string | null): Promise<number> {
    return this.#write((writer) => writer.name(clusterId, person));
  }

  async merge(clusterId: number, others: readonly number[]): Promise<void> {
    await this.#write((writer) => writer.merge(clusterId, others));
  }

  async move(faceIds: readonly number[], clusterId: number | null): Promise<number> {
    return this.#write((writer) => writer.move(faceIds, clusterId));
  }

  async reject(faceIds: readonly number[]): Promise<void> {
    await this.#write((writer) => writer.reject(faceIds));
  }

  #write<T>(work: (writer: ClusterWriter) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute((transaction) => ClusterWriter.run(transaction, work));
  }
}
