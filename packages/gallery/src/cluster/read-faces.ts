import { setImmediate } from 'node:timers/promises';
import type { MetadataStore } from '../store/metadata-store.js';

const FACES_PER_READ = 4096;

/** Faces and, apart from them, their embeddings, one after the other. */
export interface FacesRead<T> {
  faces: Omit<T, 'embedding'>[];
  embeddings: Float32Array;
}

/**
 * Reads faces of a store, page by page in the order of their ids. Their embeddings come in one array,
 * not each in a buffer of its own: there may be a million.
 */
export async function readFaces<T extends { id: number; embedding: Float32Array }>(
  store: MetadataStore,
  {
    dimension,
    read,
    isWanted = () => true,
  }: {
    dimension: number;
    read: (afterId: number, limit: number) => Promise<T[]>;
    isWanted?: (face: T) => boolean;
  },
): Promise<FacesRead<T>> {
  const { faces: most } = await store.counts();
  const embeddings = new Float32Array(most * dimension);
  const faces: Omit<T, 'embedding'>[] = [];
  for (let lastId = 0; ; ) {
    const page = await read(lastId, FACES_PER_READ);
    for (const face of page) {
      // Faces that have come since they were counted wait for the next time.
      if (isWanted(face) && faces.length < most) {
        const { embedding, ...rest } = face;
        embeddings.set(embedding, faces.length * dimension);
        faces.push(rest);
      }
    }
    // Reading a database in the same process gives nobody else a turn.
    await setImmediate();
    if (page.length < FACES_PER_READ) {
      return { faces, embeddings: embeddings.subarray(0, faces.length * dimension) };
    }
    lastId = page.at(-1)!.id;
  }
}
