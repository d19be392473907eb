import type { FaceSummary } from './metadata-store.js';

/** Faces that were found, or said, to be one person. */
export interface Cluster {
  /** Stable, and never used again. */
  id: number;
  /** The person whose name it was given. */
  person: string | null;
  faces: number;
  /** How many of the faces a user has confirmed, by any correction of the cluster that they were in. */
  confirmed: number;
}

/** A face of a cluster. */
export interface ClusterFace extends FaceSummary {
  confirmed: boolean;
}

/** A face that may be grouped: no path names its photo's person. */
export interface FaceToGroup {
  id: number;
  photoId: number;
  cluster: { id: number; confirmed: boolean } | null;
  embedding: Float32Array;
}

/** What a run of clustering found. */
export interface Grouping {
  /** With the id of the cluster that the faces join, or null for a new one. */
  groups: readonly { clusterId: number | null; faceIds: readonly number[] }[];
  /** First takes all faces out of their clusters that no user has confirmed. */
  afresh: boolean;
}

/**
 * Clusters and what users said about them. Every method is one transaction. Those that change
 * something throw `UNKNOWN_CLUSTER` and `UNKNOWN_FACE`, and confirm all faces of the clusters that
 * they name.
 *
 * - A cluster has at least one face; when the last is gone, so is the cluster.
 * - A person has at most one cluster.
 * - A face that was rejected from a cluster gets into it again only by {@link move} or {@link merge}.
 */
export interface ClusterStore {
  /** The largest first. */
  list(): Promise<Cluster[]>;
  /** Ordered by id. */
  facesOf(clusterId: number): Promise<ClusterFace[]>;
  /** Faces with an id greater than `afterId`, ordered by id. */
  facesToGroup(afterId: number, limit: number): Promise<FaceToGroup[]>;
  rejections(): Promise<{ faceId: number; clusterId: number }[]>;
  /**
   * Passes over faces and clusters that are gone or were corrected since they were read.
   *
   * @returns how many clusters it made, and how many faces it put into clusters
   */
  apply(grouping: Grouping): Promise<{ newClusters: number; joined: number }>;

  /**
   * Makes its faces those of a person, or nobody's. A person's second cluster is merged into the first.
   *
   * @returns the id of the cluster that has the faces
   */
  name(clusterId: number, person: string | null): Promise<number>;
  /** @throws GalleryError `INVALID_ARGUMENT` when they are of different people */
  merge(clusterId: number, others: readonly number[]): Promise<void>;
  /**
   * @param clusterId null for a new cluster
   * @returns the id of the cluster
   * @throws GalleryError `INVALID_ARGUMENT` when a path names a face's person
   */
  move(faceIds: readonly number[], clusterId: number | null): Promise<number>;
  /**
   * Takes faces out of the cluster that they are in, for good.
   *
   * @throws GalleryError `INVALID_ARGUMENT` when a face is in no cluster
   */
  reject(faceIds: readonly number[]): Promise<void>;
}
