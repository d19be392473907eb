import type { Transaction } from 'kysely';
import type {
  Conflict,
  EnrolOutcome,
  FaceInput,
  LinkOutcome,
  PhotoInput,
  PhotoSighting,
} from '../photo.js';
import { ChangeLog } from './change-log.js';
import { ClusterMembers } from './cluster-members.js';
import { toFloatBlob } from './float-blob.js';
import type { Removal } from './metadata-store.js';
import { PeopleWriter } from './people-writer.js';
import type { Tables } from './schema.js';

/** A photo that is in, with the paths that show it. */
interface KnownPhoto {
  id: number;
  recipe: string;
  hasFaces: boolean;
  paths: { path: string; person: string | null; recipe: string }[];
}

/** Everything that changes photos, paths, people and faces, inside one transaction. */
export class PhotoWriter {
  readonly #transaction: Transaction<Tables>;
  readonly #log: ChangeLog;
  readonly #people: PeopleWriter;
  readonly #clusters: ClusterMembers;

  private constructor(transaction: Transaction<Tables>, log: ChangeLog) {
    this.#transaction = transaction;
    this.#log = log;
    this.#people = new PeopleWriter(transaction);
    this.#clusters = new ClusterMembers(transaction, this.#people);
  }

  /** Runs `work` with a writer, then records the changes and drops empty clusters and unnamed people. */
  static async run<T>(
    transaction: Transaction<Tables>,
    work: (writer: PhotoWriter) => Promise<T>,
  ): Promise<T> {
    const log = await ChangeLog.continue(transaction);
    const writer = new PhotoWriter(transaction, log);
    const result = await work(writer);
    await writer.#clusters.dropEmpty();
    await writer.#people.dropUnnamed();
    await log.finish();
    return result;
  }

  /** Attaches a path to content whose faces need not be made again. */
  async link(sighting: PhotoSighting, gonePaths: ReadonlySet<string>): Promise<LinkOutcome> {
    const known = await this.#find(sighting.contentHash);
    if (known === undefined || !isMade(known, sighting, gonePaths)) {
      return 'unknown';
    }
    const conflict = await this.#settleClaims(known, sighting, {
      gonePaths,
      hasFaces: known.hasFaces,
    });
    if (conflict !== undefined) {
      return conflict;
    }
    await this.#attach(known.id, sighting);
    return 'linked';
  }

  async enrol(photo: PhotoInput, gonePaths: ReadonlySet<string>): Promise<EnrolOutcome> {
    const known = await this.#find(photo.contentHash);
    if (known === undefined) {
      const { id } = await this.#transaction
        .insertInto('photos')
        .values({ content_hash: photo.contentHash, ...photoColumns(photo) })
        .returning('id')
        .executeTakeFirstOrThrow();
      await this.#insertFaces(id, photo.faces);
      const replaced = await this.#attach(id, photo);
      return replaced ? 'replaced' : 'added';
    }
    const made = isMade(known, photo, gonePaths);
    const conflict = await this.#settleClaims(known, photo, {
      gonePaths,
      hasFaces: made ? known.hasFaces : photo.faces.length > 0,
    });
    if (conflict !== undefined) {
      return conflict;
    }
    const before = known.paths.find(({ path }) => path === photo.path);
    if (!made) {
      await this.#removeFacesOf(known.id);
      await this.#transaction
        .updateTable('photos')
        .set(photoColumns(photo))
        .where('id', '=', known.id)
        .execute();
      await this.#insertFaces(known.id, photo.faces);
    }
    await this.#attach(known.id, photo);
    if (!made) {
      return 'replaced';
    }
    const isSame = before?.person === photo.person && before.recipe === photo.recipe;
    return isSame ? 'unchanged' : 'linked';
  }

  /** Forgets a path, and its photo when no other path shows it. */
  async removePath(path: string): Promise<Removal> {
    const [photoId] = await this.#detach([path]);
    return photoId === undefined ? { faces: 0, photos: 0 } : this.#dropIfUnseen(photoId);
  }

  /** Removes every photo with faces of this person, and every path that names the person. */
  async removePerson(name: string): Promise<Removal | undefined> {
    const person = await this.#transaction
      .selectFrom('people')
      .select('id')
      .where('name', '=', name)
      .executeTakeFirst();
    if (person === undefined) {
      return undefined;
    }
    const shown = await this.#transaction
      .selectFrom('photo_paths')
      .select('photo_id')
      .where('person_id', '=', person.id)
      .distinct()
      .orderBy('photo_id')
      .execute();
    const removal = { faces: 0, photos: 0 };
    for (const { photo_id: photoId } of shown) {
      const faces = await this.#removeFacesOf(photoId);
      let paths = this.#transaction
        .selectFrom('photo_paths')
        .select('path')
        .where('photo_id', '=', photoId);
      // With faces, all paths go: those that name nobody show this person too.
      if (faces === 0) {
        paths = paths.where('person_id', '=', person.id);
      }
      await this.#detach((await paths.execute()).map(({ path }) => path));
      removal.faces += faces;
      removal.photos += (await this.#dropIfUnseen(photoId)).photos;
    }
    const inClusters = await this.#transaction
      .selectFrom('faces')
      .select('id')
      .where('person_id', '=', person.id)
      .orderBy('id')
      .execute();
    // And the photos that show nobody else.
    const others = await this.removeFaces(inClusters.map(({ id }) => id));
    await this.#people.release(person.id);
    return { faces: removal.faces + others.faces, photos: removal.photos + others.photos };
  }

  /** Removes faces, and the photos that are left without one. */
  async removeFaces(ids: readonly number[]): Promise<Removal> {
    await this.#clusters.leave(ids);
    const photoIds = new Set<number>();
    for (const id of ids) {
      const face = await this.#transaction
        .selectFrom('faces')
        .select('photo_id')
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      photoIds.add(face.photo_id);
      await this.#log.removeFace(id);
    }
    let photos = 0;
    for (const photoId of photoIds) {
      const other = await this.#transaction
        .selectFrom('faces')
        .select('id')
        .where('photo_id', '=', photoId)
        .executeTakeFirst();
      if (other === undefined) {
        const paths = await this.#transaction
          .selectFrom('photo_paths')
          .select('path')
          .where('photo_id', '=', photoId)
          .execute();
        await this.#detach(paths.map(({ path }) => path));
        photos += (await this.#dropIfUnseen(photoId)).photos;
      }
    }
    return { faces: ids.length, photos };
  }

  async #removeFacesOf(photoId: number): Promise<number> {
    const faces = await this.#transaction
      .selectFrom('faces')
      .select('id')
      .where('photo_id', '=', photoId)
      .execute();
    await this.#clusters.leave(faces.map(({ id }) => id));
    return this.#log.removeFacesOf(photoId);
  }

  async #find(contentHash: string): Promise<KnownPhoto | undefined> {
    const photo = await this.#transaction
      .selectFrom('photos')
      .select(['id', 'recipe', 'outcome'])
      .where('content_hash', '=', contentHash)
      .executeTakeFirst();
    if (photo === undefined) {
      return undefined;
    }
    const paths = await this.#transaction
      .selectFrom('photo_paths')
      .leftJoin('people', 'people.id', 'photo_paths.person_id')
      .select(['photo_paths.path', 'people.name as person', 'photo_paths.recipe'])
      .where('photo_id', '=', photo.id)
      .orderBy('photo_paths.path')
      .execute();
    return { id: photo.id, recipe: photo.recipe, hasFaces: photo.outcome === 'enrolled', paths };
  }

  /**
   * Finds out whether a file that is still there names somebody else, and lets go of the claims that
   * count no more: those of files that are gone (the photo has moved), and, when faces come to a
   * photo that had none, those that never had a face.
   */
  async #settleClaims(
    known: KnownPhoto,
    sighting: PhotoSighting,
    { gonePaths, hasFaces }: { gonePaths: ReadonlySet<string>; hasFaces: boolean },
  ): Promise<Conflict | undefined> {
    const others = known.paths.filter(
      ({ path, person }) => path !== sighting.path && person !== sighting.person,
    );
    const rivals = others.filter(
      ({ path, person }) => person !== null && sighting.person !== null && !gonePaths.has(path),
    );
    if (rivals[0] !== undefined && known.hasFaces) {
      if (!known.paths.some(({ path }) => path === sighting.path)) {
        // Whoever owns the new content, the file no longer has the old one.
        await this.removePath(sighting.path);
      }
      const { path, person } = rivals[0];
      return { conflictWith: { path, person } };
    }
    const moved = others.filter(({ path }) => gonePaths.has(path));
    const yielding = hasFaces ? rivals : [];
    await this.#detach([...moved, ...yielding].map(({ path }) => path));
    return undefined;
  }

  /** @returns the photos that the paths showed */
  async #detach(paths: readonly string[]): Promise<number[]> {
    if (paths.length === 0) {
      return [];
    }
    const rows = await this.#transaction
      .deleteFrom('photo_paths')
      .where('path', 'in', paths)
      .returning(['photo_id', 'person_id'])
      .execute();
    for (const { person_id: personId } of rows) {
      this.#people.lostClaim(personId);
    }
    return rows.map(({ photo_id: photoId }) => photoId);
  }

  /** @returns whether the path showed another photo before */
  async #attach(photoId: number, sighting: PhotoSighting): Promise<boolean> {
    const before = await this.#transaction
      .selectFrom('photo_paths')
      .select(['photo_id', 'person_id'])
      .where('path', '=', sighting.path)
      .executeTakeFirst();
    this.#people.lostClaim(before?.person_id ?? null);
    const row = {
      photo_id: photoId,
      recipe: sighting.recipe,
      bytes: sighting.bytes,
      modified_ms: sighting.modifiedMs,
      person_id: sighting.person === null ? null : await this.#people.idOf(sighting.person),
    };
    await this.#transaction
      .insertInto('photo_paths')
      .values({ path: sighting.path, ...row })
      .onConflict((conflict) => conflict.column('path').doUpdateSet(row))
      .execute();
    await this.#label(photoId);
    const replaced = before !== undefined && before.photo_id !== photoId;
    if (replaced) {
      await this.#dropIfUnseen(before.photo_id);
    }
    return replaced;
  }

  async #dropIfUnseen(photoId: number): Promise<Removal> {
    const other = await this.#transaction
      .selectFrom('photo_paths')
      .select('path')
      .where('photo_id', '=', photoId)
      .executeTakeFirst();
    if (other !== undefined) {
      await this.#label(photoId);
      return { faces: 0, photos: 0 };
    }
    const faces = await this.#removeFacesOf(photoId);
    await this.#transaction.deleteFrom('photos').where('id', '=', photoId).execute();
    return { faces, photos: 1 };
  }

  /** A photo's faces belong to the person that its paths name, else each to that of its cluster. */
  async #label(photoId: number): Promise<void> {
    const claim = await this.#transaction
      .selectFrom('photo_paths')
      .select('person_id')
      .where('photo_id', '=', photoId)
      .where('person_id', 'is not', null)
      .executeTakeFirst();
    const faces = await this.#transaction
      .selectFrom('faces')
      .select('id')
      .where('photo_id', '=', photoId)
      .execute();
    const ids = faces.map(({ id }) => id);
    const personId = claim?.person_id ?? null;
    if (personId !== null) {
      await this.#clusters.leave(ids);
    }
    await this.#clusters.label(ids, personId);
  }

  async #insertFaces(photoId: number, faces: readonly FaceInput[]): Promise<void> {
    for (const [ordinal, face] of faces.entries()) {
      await this.#transaction
        .insertInto('faces')
        .values({
          photo_id: photoId,
          ordinal,
          person_id: null,
          ...face.box,
          landmarks: toFloatBlob(face.landmarks.flat()),
          score: face.score,
          embedding: toFloatBlob(face.embedding),
          change: this.#log.next(),
        })
        .execute();
    }
  }
}

/**
 * Whether the faces of a photo need not be made again for a path: they were made by its recipe, or
 * the path names nobody and defers to one that names somebody (whose faces may be fewer: other
 * people in the photo must not get that name).
 */
function isMade(
  known: KnownPhoto,
  { path, person, recipe }: PhotoSighting,
  gonePaths: ReadonlySet<string>,
): boolean {
  const others = known.paths.filter((other) => other.path !== path && !gonePaths.has(other.path));
  return (
    known.recipe === recipe || (person === null && others.some((other) => other.person !== null))
  );
}

function photoColumns({ recipe, width, height, outcome, reason }: PhotoInput) {
  return { recipe, width, height, outcome, reason };
}
