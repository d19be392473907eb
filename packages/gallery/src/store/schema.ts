import type { Generated } from 'kysely';
import type { PhotoOutcome } from '../photo.js';

/** The tables of a gallery, as the latest migration leaves them. */
export interface Tables {
  gallery: GalleryTable;
  people: PeopleTable;
  photos: PhotosTable;
  photo_paths: PhotoPathsTable;
  faces: FacesTable;
  deletions: DeletionsTable;
  clusters: ClustersTable;
  cluster_faces: ClusterFacesTable;
  cluster_rejections: ClusterRejectionsTable;
  photo_tags: PhotoTagsTable;
  person_tags: PersonTagsTable;
  gone_photos: GonePhotosTable;
  reembedding: ReembeddingTable;
  reembedded_faces: ReembeddedFacesTable;
}

/** One row. */
export interface GalleryTable {
  id: string;
  space_id: string;
  dimension: number;
  created_at: string;
  last_change: number;
  /** As GalleryOptions.index. */
  index_kind: Generated<string>;
  /** How many rows `faces` has. */
  face_count: Generated<number>;
}

/** Times are ISO 8601, UTC. */
export interface PeopleTable {
  id: Generated<number>;
  name: string;
  /** Never used again. */
  uid: string;
  created_at: string;
  /** Last enrolled or identified. */
  seen_at: string;
  consent_until: string | null;
  /** 1: made or changed by itself, and there also without a photo; else 0. */
  kept: Generated<number>;
}

/** A photo is its content. */
export interface PhotosTable {
  id: Generated<number>;
  content_hash: string;
  recipe: string;
  width: number;
  height: number;
  outcome: PhotoOutcome;
  reason: string | null;
}

/**
 * The files that show a photo; `person_id` is the person whose folder the file is in, `recipe` the
 * one by which the file was indexed last.
 */
export interface PhotoPathsTable {
  path: string;
  photo_id: number;
  recipe: string;
  bytes: number;
  modified_ms: number;
  person_id: number | null;
}

/** `embedding` and `landmarks` (x, y, x, y, …) are float32, little-endian. */
export interface FacesTable {
  id: Generated<number>;
  photo_id: number;
  ordinal: number;
  person_id: number | null;
  x: number;
  y: number;
  width: number;
  height: number;
  landmarks: Buffer;
  score: number;
  embedding: Buffer;
  change: number;
}

/** What a reader or an old snapshot has to take out of its index. */
export interface DeletionsTable {
  change: number;
  face_id: number;
}

/** Faces that were found to be one person; a person has at most one. */
export interface ClustersTable {
  id: Generated<number>;
  person_id: number | null;
}

/** Only faces that no path names are in a cluster. */
export interface ClusterFacesTable {
  face_id: number;
  cluster_id: number;
  /** 1 when a user has seen to it that the face is in this cluster, else 0. */
  confirmed: number;
}

/** Faces that are, as a user said, not the person of a cluster. */
export interface ClusterRejectionsTable {
  face_id: number;
  cluster_id: number;
}

/** Words that somebody gave to a photo. */
export interface PhotoTagsTable {
  photo_id: number;
  tag: string;
}

/** Words that somebody gave to a person. */
export interface PersonTagsTable {
  person_id: number;
  tag: string;
}

/** Photos that were removed, and whose files may be there still; a trigger writes them. */
export interface GonePhotosTable {
  content_hash: string;
}

/** The space that the gallery is moving to: one row, or none. */
export interface ReembeddingTable {
  space_id: string;
  dimension: number;
}

/** Faces as the model of that space sees them, until they take the place of those in `faces`. */
export interface ReembeddedFacesTable {
  face_id: number;
  x: number;
  y: number;
  width: number;
  height: number;
  landmarks: Buffer;
  score: number;
  embedding: Buffer;
}
