/** What became of a photo: its faces are in, or why it has none. */
export const PHOTO_OUTCOMES = ['enrolled', 'no-face', 'several-faces', 'unreadable'] as const;
export type PhotoOutcome = (typeof PHOTO_OUTCOMES)[number];

/** A rectangle in pixels of the upright photo; it may reach beyond the photo's edges. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** One detected face, ready to be enrolled. */
export interface FaceInput {
  box: Box;
  /** Points in pixels of the upright photo; kept as float32. */
  landmarks: readonly (readonly [number, number])[];
  /** The detector's confidence, 0…1. */
  score: number;
  /** Unit length, of the gallery's dimension. */
  embedding: Float32Array;
}

/** Where a photo was seen: a file, the content it had, and whose folder it is in. */
export interface PhotoSighting {
  /** Absolute path of the file. */
  path: string;
  /** File size when it was read. */
  bytes: number;
  /** Modification time when it was read, in milliseconds since 1970. */
  modifiedMs: number;
  /** Identifies the content; photos with the same hash are the same photo. */
  contentHash: string;
  /** The person that the folder names, or null where the folder names nobody. */
  person: string | null;
  /** How faces were made from the content (models, settings); another recipe means doing it again. */
  recipe: string;
}

/** A photo and all that was found in it. */
export interface PhotoInput extends PhotoSighting {
  /** Pixels of the upright photo; 0 when it could not be read. */
  width: number;
  height: number;
  outcome: PhotoOutcome;
  /** Says more about an outcome other than `enrolled`. */
  reason: string | null;
  /** Empty unless the outcome is `enrolled`. */
  faces: readonly FaceInput[];
}

/** What the gallery knows about a path; its recipe is the one by which it was indexed last. */
export interface PathState extends PhotoSighting {
  outcome: PhotoOutcome;
  reason: string | null;
}

/**
 * The same content is already enrolled for another person, through a file that still exists. Nothing
 * was enrolled: one face cannot be two people.
 */
export interface Conflict {
  conflictWith: { path: string; person: string | null };
}

/**
 * What {@link Gallery.enrol} did with a photo: `added`; `replaced` what the path or the content had
 * before; `linked` the path to content that was already in; `unchanged` since it was in exactly so.
 */
export type EnrolOutcome = 'added' | 'replaced' | 'linked' | 'unchanged' | Conflict;

/** What {@link Gallery.link} did: `unknown` means that the content must be enrolled. */
export type LinkOutcome = 'linked' | 'unknown' | Conflict;
