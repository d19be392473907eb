import type { EmbeddingSpace } from '../embedding-space.js';
import type {
  Box,
  EnrolOutcome,
  LinkOutcome,
  PathState,
  PhotoInput,
  PhotoOutcome,
  PhotoSighting,
} from '../photo.js';
import type { SearchFilter } from '../search-filter.js';
import type { ClusterStore } from './cluster-store.js';
import type { RecordStore } from './record-store.js';

/** The facts about a gallery that do not change while it is open. */
export interface GalleryRecord {
  /** A UUID, so that an index snapshot of another gallery is recognised. */
  id: string;
  space: EmbeddingSpace;
  /** ISO 8601, UTC. */
  createdAt: string;
}

/** A step of the gallery's history: apply the removals, then the additions. */
export interface ChangeBatch {
  removed: number[];
  added: FaceSample;
  /** The last change in this batch. */
  change: number;
  /** At the end of the history: how many faces there are. Undefined while more is to come. */
  faceCount: number | undefined;
}

export interface FaceSample {
  ids: number[];
  /** One after the other. */
  embeddings: Float32Array;
}

/** A face as its owner sees it. */
export interface FaceRecord {
  id: number;
  /** Path of the photo; the first in alphabetical order where several files show it. */
  photo: string;
  person: string | null;
  /** Of the person; stays when their name changes. */
  personId: string | null;
  box: Box;
  landmarks: [number, number][];
  score: number;
  embedding: Float32Array;
}

/** What an answer says about a face. */
export type FaceSummary = Pick<FaceRecord, 'id' | 'photo' | 'person' | 'box'>;

export interface Person {
  name: string;
  /** Photos in folders of this person, with or without a face, and others with a face of this name. */
  photos: number;
  /** Faces that carry this name. */
  faces: number;
}

/** How many photos and how many people have a tag. */
export interface TagCount {
  tag: string;
  photos: number;
  people: number;
}

export interface StoreCounts {
  people: number;
  photos: number;
  faces: number;
  unlabelledFaces: number;
  photosByOutcome: Record<PhotoOutcome, number>;
}

/** How much was removed. */
export interface Removal {
  faces: number;
  photos: number;
}

/**
 * The truth of a gallery: photos, paths, people, faces and embeddings. Every method is one
 * transaction: it happens entirely or not at all, and once it resolves it survives a crash.
 *
 * - A photo is its content; several paths may show it.
 * - A path may name a person; a photo's faces belong to the person that its paths name. Paths that
 *   name nobody make no claim: neither on the name, nor, as long as another path names somebody, on
 *   the recipe by which faces are made. Two paths that name different people are a conflict.
 * - A face whose photo no path names may be in a cluster, and then belongs to the cluster's person.
 * - Face ids grow and are never reused. Adding or removing a face takes the next change number.
 * - A person exists as long as a path or a cluster names it; one of whom somebody has said something (made,
 *   renamed, tagged, consented) also without, until they are removed.
 */
export interface MetadataStore extends AsyncDisposable {
  readonly clusters: ClusterStore;
  readonly records: RecordStore;

  gallery(): Promise<GalleryRecord>;
  /**
   * The number of the last change; 0 in a new gallery.
   *
   * @throws GalleryError `WRONG_SPACE` when the gallery has moved to another model
   */
  lastChange(): Promise<number>;
  /**
   * Whether this still is the gallery, in its space: false once another process has moved it to another
   * model, or has removed or replaced it.
   */
  isCurrent(): Promise<boolean>;
  faceCount(): Promise<number>;
  /** Which kind of index is wanted: `auto`, `compact`, or a factory string. */
  indexKind(): Promise<string>;
  setIndexKind(kind: string): Promise<void>;
  /** Faces from all over the gallery, about `count`, the same each time. */
  sampleFaces(count: number): Promise<FaceSample>;
  /** Ids that are not in are left out. */
  embeddingsOf(ids: readonly number[]): Promise<Map<number, Float32Array>>;
  /** The history after a change, at most `limit` additions at a time. */
  changesSince(change: number, limit: number): Promise<ChangeBatch>;

  /** What is known of the paths in a directory, at any depth, and of the path itself. */
  pathsUnder(directory: string): Promise<PathState[]>;
  /** All paths that show one of these contents. */
  pathsShowing(contentHashes: readonly string[]): Promise<string[]>;
  /** `gonePaths`: files that no longer exist, so that what they claim counts no more. */
  link(photo: PhotoSighting, context: { gonePaths: readonly string[] }): Promise<LinkOutcome>;
  enrol(
    photos: readonly PhotoInput[],
    context: { gonePaths: readonly string[] },
  ): Promise<EnrolOutcome[]>;

  /**
   * Removes a person with the photos of its paths, the faces that its cluster has in other photos,
   * and those photos that show nobody else. Undefined when nobody has this name.
   */
  removePerson(name: string): Promise<Removal | undefined>;
  /** Forgets paths, and photos that no path shows any more. Paths that are not in are passed over. */
  removePaths(paths: readonly string[]): Promise<Removal>;
  /**
   * Makes sure that what was removed is no longer in the files.
   *
   * @param options.waitMs how long to wait for others who are reading
   * @returns false when they prevented it
   */
  reclaim(options: { waitMs: number }): Promise<boolean>;

  /**
   * Closes the gaps between what is left, where much was removed. May take seconds.
   *
   * @returns whether there is space to {@link MetadataStore.reclaim}
   */
  compact(): Promise<boolean>;

  /** Ids of the faces that meet a filter, ascending. */
  facesMatching(filter: SearchFilter): Promise<number[]>;
  /**
   * Gives tags to the photos that a file shows, or the files in a directory, at any depth, and takes
   * tags away.
   *
   * @returns how many photos there are
   */
  tag(path: string, tags: { add: readonly string[]; remove: readonly string[] }): Promise<number>;
  /** Every tag that a photo or a person has, ordered by name. */
  tags(): Promise<TagCount[]>;

  /** In any order; ids that are not in are left out. */
  describeFaces(ids: readonly number[]): Promise<FaceSummary[]>;
  /** Faces with an id greater than `afterId`, all or one person's, ordered by id, at most `limit`. */
  facesAfter(afterId: number, options: { limit: number; person?: string }): Promise<FaceRecord[]>;
  /** Ordered by name. */
  people(): Promise<Person[]>;
  counts(): Promise<StoreCounts>;
  /** Bytes taken on disk. */
  sizeBytes(): Promise<number>;
}
