import { existsSync } from 'node:fs';
import type {
  FaceDetail,
  Match,
  PersonMatch,
  PersonRecord,
  PersonRef,
  PhotoFiles,
  PhotoRecord,
} from '@facedex/gallery';
import type { Box } from '@facedex/pipeline';
import type { RatedMatch } from '../facedex.js';
import type { OpenGallery } from './open-gallery.js';

/** Records as they leave the server: without paths of its files. */
export function presentPerson({ seenAt, ...person }: PersonRecord) {
  return { ...person, lastSeenAt: seenAt };
}

export function presentPhoto(
  { rowId: _, recipe: __, paths, ...photo }: PhotoRecord,
  files: PhotoFiles,
) {
  const hasPicture = files.has(photo.id) || paths.some((path) => existsSync(path));
  return { ...photo, hasPicture };
}

export function presentFace(face: FaceDetail): FaceDetail {
  return face;
}

export async function presentGallery(name: string, open: OpenGallery) {
  const { gallery, facedex, readOnly } = open;
  const stats = await gallery.stats();
  const { factory, why, size, vectorBytes, fileBytes, recall } = stats.index;
  const threshold = await facedex.byEmbedding
    .threshold({ templates: 'faces' })
    .then(({ distance }) => distance)
    // A model without figures asks for a threshold with every search.
    .catch(() => null);
  return {
    name,
    model: stats.space.id,
    dimension: stats.space.dimension,
    createdAt: stats.createdAt,
    people: stats.people,
    photos: stats.photos,
    faces: stats.faces,
    unnamedFaces: stats.unlabelledFaces,
    lastChange: stats.lastChange,
    threshold,
    databaseBytes: stats.databaseBytes,
    index: { factory, why, size, vectorBytes, fileBytes, recall: recall?.value ?? null },
    canWrite: !readOnly,
  };
}

/** A match as it leaves the server. */
export interface PresentedMatch {
  readonly rank: number;
  readonly face: number;
  readonly photo: string;
  readonly person: PersonRef | null;
  readonly box: Box;
  readonly distance: number;
  readonly similarity: number;
  readonly known: boolean;
  readonly falseMatchRate: RatedMatch['falseMatchRate'];
}

/** Looks up the ids of photos and people that matches name by path and name. */
export class MatchPresenter {
  readonly #faces: ReadonlyMap<number, FaceDetail>;
  readonly #rateOf: (distance: number) => RatedMatch['falseMatchRate'];

  private constructor(
    faces: readonly FaceDetail[],
    rateOf: (distance: number) => RatedMatch['falseMatchRate'],
  ) {
    this.#faces = new Map(faces.map((face) => [face.id, face]));
    this.#rateOf = rateOf;
  }

  static async for(
    { records, facedex }: OpenGallery,
    matches: readonly Match[],
  ): Promise<MatchPresenter> {
    const calibration = await facedex.byEmbedding.calibration();
    const faces = await records.facesWithIds(matches.map(({ faceId }) => faceId));
    return new MatchPresenter(faces, (distance) => calibration.falseMatchRate(distance));
  }

  /** Without matches whose face was deleted since. */
  all(matches: readonly Match[]): PresentedMatch[] {
    return matches.flatMap((match) => this.one(match) ?? []);
  }

  one({ faceId, rank, box, distance, similarity, known }: Match): PresentedMatch | undefined {
    const face = this.#faces.get(faceId);
    if (face === undefined) return undefined;
    return {
      rank,
      face: faceId,
      photo: face.photo,
      person: face.person,
      box,
      distance,
      similarity,
      known,
      falseMatchRate: this.#rateOf(distance),
    };
  }

  person({ person: _, faces, ...match }: PersonMatch) {
    const presented = this.all(faces);
    const person = presented[0]?.person;
    return person ? { ...match, person, faces: presented } : undefined;
  }
}
