import { pairwiseDistances } from '@facedex/faiss';
import { checkEmbedding } from '../embedding-space.js';

/** A face with the name of whom it shows. */
export interface NamedFace {
  person: string;
  embedding: Float32Array;
}

/** Faces as {@link visitPairs} takes them. */
export interface JoinedFaces {
  /** For each face the number of its person, from 0. */
  people: Int32Array;
  /** How many people there are. */
  personCount: number;
  /** One embedding after the other. */
  vectors: Float32Array;
  dimension: number;
}

/** Told the squared distance (0…4) of two faces, and the numbers of their people. */
export type PairVisitor = (squaredDistance: number, a: number, b: number) => void;

/** Faces a block: 4 MB of distances at a time, and large enough for FAISS's matrix product. */
const BLOCK = 1024;

/** @throws GalleryError `INVALID_EMBEDDING` */
export function joinFaces(faces: readonly NamedFace[]): JoinedFaces {
  const dimension = faces[0]?.embedding.length ?? 1;
  const numbers = new Map<string, number>();
  const people = new Int32Array(faces.length);
  const vectors = new Float32Array(faces.length * dimension);
  for (const [i, { person, embedding }] of faces.entries()) {
    checkEmbedding(embedding, { dimension, what: `face ${i}` });
    const number = numbers.get(person) ?? numbers.size;
    numbers.set(person, number);
    people[i] = number;
    vectors.set(embedding, i * dimension);
  }
  return { people, personCount: numbers.size, vectors, dimension };
}

/** Visits every pair of faces once, block by block: memory does not grow with their number. */
export async function visitPairs(
  { people, vectors, dimension }: JoinedFaces,
  visit: PairVisitor,
): Promise<void> {
  const rows = (from: number, to: number) => vectors.subarray(from * dimension, to * dimension);
  for (let a = 0; a < people.length; a += BLOCK) {
    const aEnd = Math.min(a + BLOCK, people.length);
    for (let b = 0; b <= a; b += BLOCK) {
      const bEnd = Math.min(b + BLOCK, people.length);
      const squared = await pairwiseDistances(rows(a, aEnd), rows(b, bEnd), { dimension });
      for (let i = a; i < aEnd; i++) {
        const row = (i - a) * (bEnd - b) - b;
        const end = Math.min(bEnd, i);
        for (let j = b; j < end; j++) {
          visit(squared[row + j]!, people[i]!, people[j]!);
        }
      }
    }
  }
}
