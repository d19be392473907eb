import { distanceOf, similarityOf } from '../distance.js';
import type { Neighbour } from '../index/vector-index.js';
import type { FacePairs } from './group-faces.js';

/** Asks for this many neighbours; for more only of faces that have mostly others around them. */
const FIRST_K = 64;
const LAST_K = 4096;
/** So many pairs of a face are enough: groups are chained from face to face. */
const ENOUGH = 32;
/** Neighbours asked of the index at a time, so that memory does not grow with the gallery. */
const NEIGHBOURS_PER_SEARCH = 262_144;

/** Which faces to look for neighbours of, and among which. A face goes by a row number. */
export interface PairSearch {
  /** Rows whose neighbours are wanted. */
  rows: readonly number[];
  /** Of all rows, one after the other. */
  embeddings: Float32Array;
  dimension: number;
  /** The row of a face of the index; undefined for a face that does not count. */
  rowOf: (faceId: number) => number | undefined;
  search: (queries: Float32Array, k: number) => Promise<Neighbour[][]>;
  minSimilarity: number;
  /** Told after each search how many rows have their neighbours. */
  onProgress?: (done: number) => void;
}

/** Pairs of a row and one of its nearest neighbours, alike enough; some pairs come twice. */
export async function findPairs(wanted: PairSearch): Promise<FacePairs> {
  const pairs = { a: [] as number[], b: [] as number[], similarity: [] as number[] };
  let rows = wanted.rows;
  for (let k = FIRST_K; rows.length > 0; k *= 8) {
    const step = Math.floor(NEIGHBOURS_PER_SEARCH / k);
    const unfinished: number[] = [];
    for (let start = 0; start < rows.length; start += step) {
      const some = rows.slice(start, start + step);
      const lists = await wanted.search(queriesOf(some, wanted), k);
      for (const [i, row] of some.entries()) {
        const near = lists[i]!.filter((one) => similarityTo(one) >= wanted.minSimilarity);
        const others = near.filter(({ id }) => (wanted.rowOf(id) ?? row) !== row);
        if (near.length === k && others.length < ENOUGH && k < LAST_K) {
          unfinished.push(row);
          continue;
        }
        for (const other of others) {
          pairs.a.push(row);
          pairs.b.push(wanted.rowOf(other.id)!);
          pairs.similarity.push(similarityTo(other));
        }
      }
      wanted.onProgress?.(
        wanted.rows.length - (rows.length - start - some.length) - unfinished.length,
      );
    }
    rows = unfinished;
  }
  return pairs;
}

function similarityTo({ squaredDistance }: Neighbour): number {
  return similarityOf(distanceOf(squaredDistance));
}

function queriesOf(rows: readonly number[], { embeddings, dimension }: PairSearch): Float32Array {
  const queries = new Float32Array(rows.length * dimension);
  for (const [i, row] of rows.entries()) {
    queries.set(embeddings.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  }
  return queries;
}
