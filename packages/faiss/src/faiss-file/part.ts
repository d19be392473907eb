import type { FaissMetric } from '../metrics.js';
import type { ByteReader } from './byte-reader.js';

/** What the walk found out about an index, or about an index within an index. */
export interface Part {
  /** FAISS's name of the kind, four characters. */
  fourcc: string;
  dimension: number;
  /** Vectors. */
  size: number;
  metric: FaissMetric;
  isTrained: boolean;
  /** In the words of FAISS's factory, as far as the file tells. */
  factory: string;
  /** Whether the file has ids, rather than just an order. */
  ids: boolean;
}

/** What a part has to be like because of where it is. */
export interface Place {
  /** In words, for messages. */
  name: string;
  depth: number;
  /** Kinds that may be here; all where left out. */
  kinds?: ReadonlySet<string>;
  /**
   * Whether the ids of inverted lists are the caller's, or row numbers that whoever is above looks
   * up in an array.
   */
  ids: 'own' | 'rows';
  /** Whether NaN and infinite components would do harm: in graphs and in quantizers. */
  finite: boolean;
}

/** What all walkers share. */
export interface Walk {
  reader: ByteReader;
  /** Walks the index that begins at the reader's position. */
  index(place: Place): Promise<Part>;
}
