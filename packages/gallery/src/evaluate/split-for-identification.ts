import { GalleryError } from '../errors.js';
import type { NamedFace } from './visit-pairs.js';

/** Faces divided into those that are enrolled and those that are looked for. */
export interface IdentificationSplit<T extends NamedFace> {
  /** The enrolled faces of each person. */
  enrolled: Map<string, T[]>;
  /** Other faces of people who are enrolled. */
  mates: T[];
  /** Faces of people who are not. */
  strangers: T[];
}

/**
 * Enrols the first `count` faces of everybody who has more; the others of theirs are looked for.
 * People with fewer faces are strangers, with all of theirs.
 *
 * @param count 1 or more
 * @throws GalleryError `INVALID_ARGUMENT` where nobody has more than `count` faces, or all have
 */
export function splitForIdentification<T extends NamedFace>(
  faces: readonly T[],
  count: number,
): IdentificationSplit<T> {
  if (!Number.isInteger(count) || count < 1) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected the number of enrolled faces a person to be 1 or more but received ${count}`,
    );
  }
  const people = facesByPerson(faces);
  const split: IdentificationSplit<T> = { enrolled: new Map(), mates: [], strangers: [] };
  for (const [person, all] of people) {
    if (all.length > count) {
      split.enrolled.set(person, all.slice(0, count));
      split.mates.push(...all.slice(count));
    } else {
      split.strangers.push(...all);
    }
  }
  if (split.mates.length === 0 || split.strangers.length === 0) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected people with more than ${count} ${count === 1 ? 'face' : 'faces'} and people with at most so many, but received ${split.enrolled.size} and ${people.size - split.enrolled.size}`,
    );
  }
  return split;
}

/** Faces by whom they show, people and faces in the order given. */
export function facesByPerson<T extends NamedFace>(faces: readonly T[]): Map<string, T[]> {
  const people = new Map<string, T[]>();
  for (const face of faces) {
    const own = people.get(face.person);
    if (own) own.push(face);
    else people.set(face.person, [face]);
  }
  return people;
}
