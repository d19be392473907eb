import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Where the vectors are, as raw little-endian float32, one vector after the other. */
export interface DataFiles {
  vectors: string;
  queries: string;
  count: number;
  queryCount: number;
  dimension: number;
}

export const QUERY_COUNT = 1000;
const CLUSTERS = 1000;
/** Embeddings of real things vary in far fewer directions than they have components. */
const INNER_DIMENSION = 32;
/** Of a cluster, where centers have 1: neighbouring clusters overlap. */
const SPREAD = 0.6;
/** In all directions, relative to the length of a component. */
const NOISE = 0.1;
const ROWS_AT_ONCE = 5000;

/**
 * Clustered vectors, the same for the same size: 1,000 Gaussian clusters in a subspace of 32
 * dimensions, turned into `dimension` components, with a little noise in every one. Uniform random
 * vectors would all be equally far from each other, which no index can do anything with. Queries are
 * further vectors of the same kind.
 *
 * Made once; later runs find the files in `folder`.
 */
export function ensureData(folder: string, count: number, dimension: number): DataFiles {
  mkdirSync(folder, { recursive: true });
  const name = `clustered-${CLUSTERS}x${INNER_DIMENSION}-${SPREAD}-${NOISE}`;
  const files: DataFiles = {
    vectors: join(folder, `${name}-${count}x${dimension}.f32`),
    queries: join(folder, `${name}-queries-${QUERY_COUNT}x${dimension}.f32`),
    count,
    queryCount: QUERY_COUNT,
    dimension,
  };
  const source = new ClusteredVectors(dimension);
  // The queries first, so that they are the same for every count.
  write(files.queries, source, QUERY_COUNT);
  if (!existsSync(files.vectors)) write(files.vectors, source, count);
  return files;
}

function write(path: string, source: ClusteredVectors, count: number): void {
  const file = openSync(`${path}.tmp`, 'w');
  try {
    for (let begin = 0; begin < count; begin += ROWS_AT_ONCE) {
      const rows = source.next(Math.min(ROWS_AT_ONCE, count - begin));
      writeSync(file, new Uint8Array(rows.buffer));
    }
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.tmp`, path);
}

class ClusteredVectors {
  readonly #dimension: number;
  readonly #random = new Random(1);
  readonly #centers: Float32Array;
  /** INNER_DIMENSION rows: where each inner direction points. */
  readonly #directions: Float32Array;

  constructor(dimension: number) {
    this.#dimension = dimension;
    const normals = (length: number, scale: number) =>
      Float32Array.from({ length }, () => this.#random.normal() * scale);
    this.#centers = normals(CLUSTERS * INNER_DIMENSION, 1);
    this.#directions = normals(INNER_DIMENSION * dimension, 1 / Math.sqrt(INNER_DIMENSION));
  }

  next(count: number): Float32Array {
    const dimension = this.#dimension;
    const rows = new Float32Array(count * dimension);
    for (let row = 0; row < count; row++) {
      const vector = rows.subarray(row * dimension, (row + 1) * dimension);
      const center = Math.floor(this.#random.uniform() * CLUSTERS) * INNER_DIMENSION;
      for (let i = 0; i < INNER_DIMENSION; i++) {
        const inner = this.#centers[center + i]! + this.#random.normal() * SPREAD;
        const offset = i * dimension;
        for (let j = 0; j < dimension; j++) vector[j]! += inner * this.#directions[offset + j]!;
      }
      for (let j = 0; j < dimension; j++) vector[j]! += (this.#random.uniform() - 0.5) * NOISE;
    }
    return rows;
  }
}

/** Marsaglia's xorshift (2003) with 32 bits, and Box and Muller's transform. */
class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** In 0…1, without both ends. */
  uniform(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return ((x >>> 0) + 0.5) / 2 ** 32;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }
}
