import { distanceOfSimilarity } from '../distance.js';
import type { Neighbour } from '../index/vector-index.js';
import type { FacePairs } from './group-faces.js';

/** Asks for this many neighbours; for more only of faces with mostly such around that don't count. */
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
  const maxSquaredDistance = distanceOfSimilarity(wanted.minSimilarity) ** 2;
  let rows = wanted.rows;
  for (let k = FIRST_K; rows.length > 0; k *= 8) {
    const step = Math.floor(NEIGHBOURS_PER_SEARCH / k);
    const unfinished: number[] = [];
    for (let start = 0; start < rows.length; start += step) {
      const some = rows.slice(start, start + step);
      const lists = await wanted.search(queriesOf(some, wanted), k);
      for (const [i, row] of some.entries()) {
        const list = lists[i]!;
        const others = list.flatMap(({ id }) => wanted.rowOf(id) ?? []);
        const goesOn = list.length === k && list[k - 1]!.squaredDistance <= maxSquaredDistance;
        if (goesOn && others.length < ENOUGH && k < LAST_K) {
          unfinished.push(row);
          continue;
        }
        for (const other of others) {
          const similarity = similarityOf([row, other], wanted);
          if (other !== row && similarity >= wanted.minSimilarity) {
            pairs.a.push(row);
            pairs.b.push(other);
            pairs.similarity.push(similarity);
          }
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

/** Not from the index's distance, which may be approximate. */
function similarityOf(
  [a, b]: readonly [number, number],
  { embeddings, dimension }: PairSearch,
): number {
  const [startA, startB] = [a * dimension, b * dimension];
  let similarity = 0;
  for (let i = 0; i < dimension; i++) {
    similarity += embeddings[startA + i]! * embeddings[startB + i]!;
  }
  return similarity;
}

function queriesOf(rows: readonly number[], { embeddings, dimension }: PairSearch): Float32Array {
  const queries = new Float32Array(rows.length * dimension);
  for (const [i, row] of rows.entries()) {
    queries.set(embeddings.subarray(row * dimension, (row + 1) * dimension), i * dimension);
  }
  return queries;
}
