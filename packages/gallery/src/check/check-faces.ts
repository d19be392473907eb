import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { embeddingProblem } from '../embedding-space.js';
import { fromFloatBlob } from '../store/float-blob.js';
import type { Tables } from '../store/schema.js';
import { type Finding, someOf } from './finding.js';

/** Some milliseconds; others on this thread get their turn in between. */
const FACES_PER_READ = 512;
const BYTES_PER_POINT = 8;

/** What {@link checkFaces} saw. */
export interface SeenFaces {
  findings: Finding[];
  /** Of every face, the change that added it. */
  changes: Map<number, number>;
}

/**
 * Reads every face: embeddings that can be none, landmarks and boxes that are no numbers.
 *
 * @param options.onFaces told of those whose embeddings can be some
 */
export async function checkFaces(
  db: Kysely<Tables>,
  options: {
    dimension: number;
    onFaces: (faces: { id: number; embedding: Float32Array }[]) => Promise<void>;
  },
): Promise<SeenFaces> {
  const changes = new Map<number, number>();
  const problems: string[] = [];
  for (let last = 0; ; ) {
    const rows = await db
      .selectFrom('faces')
      .select(['id', 'change', 'embedding', 'landmarks', 'x', 'y', 'width', 'height', 'score'])
      .where('id', '>', last)
      .orderBy('id')
      .limit(FACES_PER_READ)
      .execute();
    const faces: { id: number; embedding: Float32Array }[] = [];
    for (const { id, change, embedding: blob, landmarks, ...numbers } of rows) {
      const embedding = fromFloatBlob(blob);
      const isPlaced =
        landmarks.byteLength % BYTES_PER_POINT === 0 &&
        fromFloatBlob(landmarks).every(Number.isFinite) &&
        Object.values(numbers).every(Number.isFinite);
      const problem =
        blob.byteLength % Float32Array.BYTES_PER_ELEMENT === 0
          ? embeddingProblem(embedding, options.dimension)
          : `expected whole numbers of 4 bytes but received ${blob.byteLength} bytes`;
      if (problem !== undefined) {
        problems.push(`the embedding of face ${id}: ${problem}`);
      } else {
        faces.push({ id, embedding });
      }
      if (!isPlaced) {
        problems.push(`box or landmarks of face ${id} are no numbers`);
      }
      changes.set(id, change);
    }
    await options.onFaces(faces);
    if (rows.length < FACES_PER_READ) {
      return { findings: problems.length === 0 ? [] : [damagedFaces(problems)], changes };
    }
    last = rows.at(-1)?.id ?? last;
    await setImmediate();
  }
}

function damagedFaces(problems: readonly string[]): Finding {
  return {
    part: 'database',
    severity: 'error',
    problem: someOf(problems),
    advice:
      'restore a backup (facedex restore), or remove the photos of these faces (facedex remove ' +
      '--photo) and index them again',
  };
}
