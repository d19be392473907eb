import { GalleryError } from './errors.js';

/**
 * What makes two embeddings comparable: the model (with its version and preprocessing) that made
 * them, and their number of dimensions.
 */
export interface EmbeddingSpace {
  /** Identifies the model, e.g. `"facenet-512@1"`. */
  id: string;
  /** Values per embedding, 1…65536. */
  dimension: number;
}

/** Embeddings are unit vectors; models compute in float32, so their length is 1 only to about this. */
const LENGTH_TOLERANCE = 1e-3;
const MAX_DIMENSION = 65_536;

/** @throws GalleryError `INVALID_ARGUMENT` when it is not a space. */
export function checkSpace(space: EmbeddingSpace): void {
  if (typeof space?.id !== 'string' || space.id === '') {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected space.id to be the name of a model but received ${JSON.stringify(space?.id)}`,
    );
  }
  const { dimension } = space;
  if (!Number.isInteger(dimension) || dimension < 1 || dimension > MAX_DIMENSION) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected space.dimension to be an integer from 1 to ${MAX_DIMENSION} but received ${dimension}`,
    );
  }
}

export function isSameSpace(a: EmbeddingSpace, b: EmbeddingSpace): boolean {
  return a.id === b.id && a.dimension === b.dimension;
}

/**
 * Why a vector cannot be an embedding of `dimension` values, or undefined when it can: it must have
 * that many values, all finite, and a length of 1 within 0.001.
 */
export function embeddingProblem(vector: ArrayLike<number>, dimension: number): string | undefined {
  if (vector.length !== dimension) {
    return `expected ${dimension} values but received ${vector.length}`;
  }
  let sumOfSquares = 0;
  for (let i = 0; i < dimension; i++) {
    const value = vector[i]!;
    if (!Number.isFinite(value)) {
      return `expected finite numbers but value ${i} is ${value}`;
    }
    sumOfSquares += value * value;
  }
  const length = Math.sqrt(sumOfSquares);
  if (Math.abs(length - 1) > LENGTH_TOLERANCE) {
    return `expected a vector of length 1 but its length is ${length.toPrecision(6)}; divide it by its length`;
  }
  return undefined;
}

/** @throws GalleryError `INVALID_EMBEDDING` naming `what` when the vector cannot be an embedding. */
export function checkEmbedding(
  vector: Float32Array,
  { dimension, what }: { dimension: number; what: string },
): void {
  const problem =
    vector instanceof Float32Array
      ? embeddingProblem(vector, dimension)
      : `expected a Float32Array but received ${typeof vector}`;
  if (problem !== undefined) {
    throw new GalleryError('INVALID_EMBEDDING', `${what}: ${problem}`);
  }
}

/** @throws GalleryError `WRONG_SPACE` when a gallery is not of the space that is wanted. */
export function checkSameSpace(
  directory: string,
  { stored, wanted }: { stored: EmbeddingSpace; wanted: EmbeddingSpace },
): void {
  if (!isSameSpace(stored, wanted)) {
    throw new GalleryError(
      'WRONG_SPACE',
      `the gallery in ${directory} holds embeddings of "${stored.id}" (${stored.dimension} values) but "${wanted.id}" (${wanted.dimension} values) was asked for; use the model that it was made with, or move the gallery to the other one (facedex reembed)`,
    );
  }
}
