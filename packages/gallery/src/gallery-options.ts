import type { EmbeddingSpace } from './embedding-space.js';
import type { MeasuredRecall } from './index/vector-index.js';
import type { StoreCounts } from './store/metadata-store.js';

/** How to open a gallery. */
export interface GalleryOptions {
  /**
   * The space that embeddings come from: a new gallery is tied to it for good, an existing one must
   * have the same. Default: the gallery's own, whatever it is; then nothing is made.
   */
  space?: EmbeddingSpace;
  /** One writer at a time, any number of readers. `write` creates what is missing. Default `read`. */
  mode?: 'write' | 'read';
  /**
   * Which index answers searches; kept with the gallery, so that it need not be given again. Only a
   * writer may give it.
   *
   * - `auto` (at first): exact while that is fast enough and fits into memory, else compressed vectors
   *   in lists, of which the nearest are compared again by their whole vectors.
   * - `compact`: from 1,024 faces on, to learn from, at most 128 bytes of vector a face.
   * - any kind in FAISS's words, such as `IVF1024,Flat` or `HNSW32`.
   */
  index?: string;
  /** What the index may take of memory in this process. Default half of what is free. */
  indexMemoryBytes?: number;
  /** Told what was repaired, and what could not be done but harms nobody. Default: nobody is. */
  onNotice?: (message: string) => void;
}

/** What a gallery holds, and what it takes. */
export interface GalleryStats extends StoreCounts {
  space: EmbeddingSpace;
  /** ISO 8601, UTC. */
  createdAt: string;
  index: IndexStats;
  databaseBytes: number;
  /** Database and index snapshot together; null in an empty gallery. */
  bytesPerFace: number | null;
  lastChange: number;
}

/** The index that answers searches. */
export interface IndexStats {
  /** Its kind, in FAISS's words. */
  factory: string;
  /** Why it is of this kind. */
  why: string;
  /** How many faces it holds. */
  size: number;
  /** Of its searches, such as `nprobe`. */
  parameters: Readonly<Record<string, number>>;
  /** For each face that is wanted, how many are compared by their whole vectors. */
  candidates: number;
  /** The share of the true nearest faces that it finds; null where searches are exact. */
  recall: MeasuredRecall | null;
  /** Bytes of memory that the vector of one face takes. */
  vectorBytes: number;
  /** With what is needed to find it by its id, about. */
  bytesPerFace: number;
  /** Of the snapshot; 0 while there is none. */
  fileBytes: number;
}
