import { similarityOf } from '../distance.js';
import type { Neighbour } from '../index/vector-index.js';
import { findPairs } from './find-pairs.js';
import { groupFaces } from './group-faces.js';

/** A face of a gallery that is to be grouped. */
export interface GalleryFace {
  id: number;
  /** Identifies its photo. */
  photo: number | string;
  /** The group that it is in already, from 0, or -1. */
  group: number;
}

/** How to group the faces of a gallery; see {@link ClusterOptions}. */
export interface GroupingOptions {
  /** Of the faces, one after the other. */
  embeddings: Float32Array;
  threshold: number;
  allowSamePhoto: boolean;
  /** By row: groups that the face must not get into. */
  banned?: ReadonlyMap<number, ReadonlySet<number>>;
  dimension: number;
  search: (queries: Float32Array, k: number) => Promise<Neighbour[][]>;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Groups faces of a gallery by average linkage over the neighbours that its index finds.
 *
 * @returns for each face its group; see {@link FaceGroups.labels}
 */
export async function groupGallery(
  faces: readonly GalleryFace[],
  options: GroupingOptions,
): Promise<Int32Array> {
  const { embeddings, dimension, search, allowSamePhoto, banned, onProgress } = options;
  const rowOf = new Map<number, number>();
  const photos = new Map<number | string, number>();
  const loose: number[] = [];
  for (const [row, face] of faces.entries()) {
    rowOf.set(face.id, row);
    photos.set(face.photo, photos.get(face.photo) ?? row);
    if (face.group < 0) {
      loose.push(row);
    }
  }
  const minSimilarity = similarityOf(options.threshold);
  const pairs = await findPairs({
    rows: loose,
    embeddings,
    dimension,
    rowOf: (id) => rowOf.get(id),
    search,
    minSimilarity,
    onProgress: (done) => onProgress?.(done, loose.length),
  });
  return groupFaces(
    {
      embeddings,
      dimension,
      groups: Int32Array.from(faces, ({ group }) => group),
      ...(allowSamePhoto ? {} : { photos: faces.map(({ photo }) => photos.get(photo)!) }),
      ...(banned === undefined ? {} : { banned }),
    },
    pairs,
    { minSimilarity },
  );
}
