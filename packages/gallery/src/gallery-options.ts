import type { EmbeddingSpace } from './embedding-space.js';
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
  /** Told what was repaired, and what could not be done but harms nobody. Default: nobody is. */
  onNotice?: (message: string) => void;
}

/** What a gallery holds, and what it takes. */
export interface GalleryStats extends StoreCounts {
  space: EmbeddingSpace;
  /** ISO 8601, UTC. */
  createdAt: string;
  index: { factory: string; size: number; fileBytes: number };
  databaseBytes: number;
  /** Database and index snapshot together; null in an empty gallery. */
  bytesPerFace: number | null;
  lastChange: number;
}
