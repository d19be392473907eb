import { GalleryError } from '../errors.js';
import { type ClusterFigures, evaluateClusters } from '../evaluate/evaluate-clusters.js';
import { checkThreshold } from '../face-search.js';
import type { DerivedIndex } from '../index/derived-index.js';
import { normalName } from '../name.js';
import type { Cluster, ClusterFace } from '../store/cluster-store.js';
import type { MetadataStore } from '../store/metadata-store.js';
import { findGroups } from './find-groups.js';
import { groupGallery } from './group-gallery.js';
import { readFaces } from './read-faces.js';

/** How to look for clusters. */
export interface ClusterOptions {
  /**
   * Distance, 0…2: two groups of faces are joined when the mean similarity between them is at least
   * that of this distance. Use the model card's threshold for identification.
   */
  threshold: number;
  /** Two faces of one photo may be one person, as in a collage; default false. */
  allowSamePhoto?: boolean;
  /** Told how many of the faces have been looked at. */
  onProgress?: (done: number, total: number) => void;
}

/** How to run clustering. */
export interface ClusterRunOptions extends ClusterOptions {
  /**
   * Groups anew all faces that no user has confirmed to be where they are; default false: they stay,
   * and clusters only grow. A cluster keeps its id if most of it stays together.
   */
  afresh?: boolean;
}

/** What a run of clustering left. */
export interface ClusterSummary {
  threshold: number;
  /** Faces whose person no folder names. */
  faces: number;
  clusters: number;
  /** Clusters that the run made. */
  newClusters: number;
  /** Faces that the run put into clusters. */
  joined: number;
  /** Faces that are like no other: they are in no cluster. */
  alone: number;
}

/**
 * Who is in the photos: clusters of the faces whose person no folder names, and what users say about
 * them, which later runs respect. A cluster is one person, who may have been given a name.
 *
 * ```ts
 * await gallery.clusters.run({ threshold: 1.03 });
 * const [largest] = await gallery.clusters.list();
 * await gallery.clusters.name(largest.id, 'Ada Lovelace');
 * ```
 *
 * A correction (all methods but `run`, `list`, `facesOf` and `evaluate`) confirms all faces that its
 * clusters then have. Ids are positive integers.
 */
export class Clusters {
  readonly #store: MetadataStore;
  readonly #index: DerivedIndex;
  readonly #dimension: number;
  readonly #read: () => void;
  readonly #write: <T>(work: () => Promise<T>) => Promise<T>;

  /** `read` throws when the gallery is closed; `write` runs work as the only writer. */
  constructor(parts: {
    store: MetadataStore;
    index: DerivedIndex;
    dimension: number;
    read: () => void;
    write: <T>(work: () => Promise<T>) => Promise<T>;
  }) {
    this.#store = parts.store;
    this.#index = parts.index;
    this.#dimension = parts.dimension;
    this.#read = parts.read;
    this.#write = parts.write;
  }

  /**
   * Puts faces that are in no cluster into clusters: into those that there are, or into new ones. What
   * is in a cluster stays where it is, so that a run after new photos changes nothing else.
   *
   * Other changes of the gallery are not held up while it looks; what they concern is passed over.
   *
   * @throws GalleryError `INVALID_ARGUMENT` | `READ_ONLY`
   */
  async run(options: ClusterRunOptions): Promise<ClusterSummary> {
    const { threshold, allowSamePhoto = false, afresh = false, onProgress } = options;
    checkThreshold(threshold);
    // Told before the work, not after: a reader cannot keep what it finds.
    await this.#write(() => this.#index.catchUp());
    const { faces, alone, groups } = await findGroups(this.#store, {
      threshold,
      allowSamePhoto,
      afresh,
      onProgress,
      ...this.#searchOptions(),
    });
    return this.#write(async () => {
      const { newClusters, joined } = await this.#store.clusters.apply({ groups, afresh });
      const { length: clusters } = await this.#store.clusters.list();
      return { threshold, faces, clusters, newClusters, joined, alone };
    });
  }

  /** All clusters, the largest first. */
  async list(): Promise<Cluster[]> {
    this.#read();
    return this.#store.clusters.list();
  }

  /**
   * The faces of a cluster, ordered by id.
   *
   * @throws GalleryError `UNKNOWN_CLUSTER` | `INVALID_ARGUMENT`
   */
  async facesOf(clusterId: number): Promise<ClusterFace[]> {
    this.#read();
    const faces = await this.#store.clusters.facesOf(checkId(clusterId, 'clusterId'));
    if (faces.length === 0) {
      throw new GalleryError('UNKNOWN_CLUSTER', `no cluster ${clusterId} is in the gallery`);
    }
    return faces;
  }

  /**
   * Says who a cluster is: its faces carry the person's name from now on, in every answer. Where the
   * person has a cluster already, the two are merged.
   *
   * @param person null takes the name away
   * @returns the id of the cluster that has the faces
   * @throws GalleryError `UNKNOWN_CLUSTER` | `INVALID_ARGUMENT`
   */
  async name(clusterId: number, person: string | null): Promise<number> {
    checkId(clusterId, 'clusterId');
    const name = person === null ? null : normalName(person, 'person');
    return this.#write(() => this.#store.clusters.name(clusterId, name));
  }

  /**
   * Says that clusters are one person: the others become part of the first, with their name if only
   * they have one.
   *
   * @throws GalleryError `UNKNOWN_CLUSTER`, `INVALID_ARGUMENT` also when they have different names
   */
  async merge(clusterId: number, others: readonly number[]): Promise<void> {
    for (const id of [clusterId, ...others]) {
      checkId(id, 'clusterId');
    }
    await this.#write(() => this.#store.clusters.merge(clusterId, others));
  }

  /**
   * Says that faces are the person of another cluster, or, as a split, of a new one. They may come
   * from several clusters or none.
   *
   * @param clusterId null for a new cluster
   * @returns the id of the cluster
   * @throws GalleryError `UNKNOWN_FACE` | `UNKNOWN_CLUSTER`, `INVALID_ARGUMENT` also when a face has its
   *   person from a folder
   */
  async move(faceIds: readonly number[], clusterId: number | null): Promise<number> {
    const ids = checkFaceIds(faceIds);
    if (clusterId !== null) {
      checkId(clusterId, 'clusterId');
    }
    return this.#write(() => this.#store.clusters.move(ids, clusterId));
  }

  /**
   * Says that faces are not the person of the cluster that they are in: they leave it, and no run puts
   * them back.
   *
   * @throws GalleryError `UNKNOWN_FACE`, `INVALID_ARGUMENT` also when a face is in no cluster
   */
  async reject(faceIds: readonly number[]): Promise<void> {
    const ids = checkFaceIds(faceIds);
    await this.#write(() => this.#store.clusters.reject(ids));
  }

  /**
   * How well clustering would find the people that are known: groups all faces that carry a name, as
   * if they carried none, and compares. Changes nothing.
   *
   * @throws GalleryError `INVALID_ARGUMENT` also when no face carries a name
   */
  async evaluate(options: ClusterOptions): Promise<ClusterFigures> {
    this.#read();
    checkThreshold(options.threshold);
    await this.#index.catchUp();
    const { faces, embeddings } = await readFaces(this.#store, {
      dimension: this.#dimension,
      read: (after, limit) => this.#store.facesAfter(after, { limit }),
      isWanted: ({ person }) => person !== null,
    });
    const labels = await groupGallery(
      faces.map(({ id, photo }) => ({ id, photo, group: -1 })),
      {
        embeddings,
        threshold: options.threshold,
        allowSamePhoto: options.allowSamePhoto ?? false,
        onProgress: options.onProgress,
        ...this.#searchOptions(),
      },
    );
    // A face alone is a cluster of its own.
    const clusters = Array.from(labels, (label, face) => (label < 0 ? -1 - face : label));
    return evaluateClusters(
      clusters,
      faces.map(({ person }) => person),
    );
  }

  #searchOptions() {
    return {
      dimension: this.#dimension,
      search: (queries: Float32Array, k: number) => this.#index.search(queries, { k }),
    };
  }
}

function checkFaceIds(faceIds: readonly number[]): number[] {
  if (faceIds.length === 0) {
    throw new GalleryError('INVALID_ARGUMENT', 'expected the id of at least one face');
  }
  return [...new Set(faceIds.map((id) => checkId(id, 'faceId')))];
}

function checkId(id: number, what: string): number {
  if (!Number.isSafeInteger(id) || id < 1) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected ${what} to be a positive integer but received ${id}`,
    );
  }
  return id;
}
