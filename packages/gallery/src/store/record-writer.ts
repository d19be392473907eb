import type { Transaction } from 'kysely';
import { GalleryError } from '../errors.js';
import { ClusterMembers } from './cluster-members.js';
import { ClusterWriter } from './cluster-writer.js';
import { PeopleWriter } from './people-writer.js';
import type { NewPerson, PersonChange, PhotoChange } from './record-store.js';
import type { Tables } from './schema.js';
import { timeText } from './time-text.js';

/** Everything that changes records one by one, inside one transaction; see {@link RecordStore}. */
export class RecordWriter {
  readonly #transaction: Transaction<Tables>;
  readonly #people: PeopleWriter;
  readonly #members: ClusterMembers;

  private constructor(transaction: Transaction<Tables>) {
    this.#transaction = transaction;
    this.#people = new PeopleWriter(transaction);
    this.#members = new ClusterMembers(transaction, this.#people);
  }

  static async run<T>(
    transaction: Transaction<Tables>,
    work: (writer: RecordWriter) => Promise<T>,
  ): Promise<T> {
    const writer = new RecordWriter(transaction);
    const result = await work(writer);
    await writer.#members.dropEmpty();
    await writer.#people.dropUnnamed();
    return result;
  }

  async createPerson({ name, tags = [], consentUntil = null }: NewPerson): Promise<string> {
    await this.#assertFree(name);
    const id = await this.#people.idOf(name);
    await this.#people.keep(id);
    const { uid } = await this.#transaction
      .updateTable('people')
      .set({ consent_until: endOfConsent(consentUntil) })
      .where('id', '=', id)
      .returning('uid')
      .executeTakeFirstOrThrow();
    await this.#setTags(id, tags);
    return uid;
  }

  async changePerson(uid: string, { name, tags, consentUntil }: PersonChange): Promise<void> {
    const person = await this.#person(uid);
    await this.#people.keep(person.id);
    if (name !== undefined && name !== person.name) {
      await this.#assertFree(name);
      await this.#set(person.id, { name });
    }
    if (consentUntil !== undefined) {
      await this.#set(person.id, { consent_until: endOfConsent(consentUntil) });
    }
    if (tags !== undefined) {
      await this.#transaction
        .deleteFrom('person_tags')
        .where('person_id', '=', person.id)
        .execute();
      await this.#setTags(person.id, tags);
    }
  }

  async mergePeople(uid: string, others: readonly string[]): Promise<void> {
    const target = await this.#person(uid);
    for (const other of new Set(others)) {
      if (other === uid) {
        throw new GalleryError('INVALID_ARGUMENT', 'a person cannot be merged with themselves');
      }
      await this.#merge(await this.#person(other), target);
    }
  }

  async changePhoto(hash: string, { person, tags }: PhotoChange): Promise<void> {
    const photo = await this.#transaction
      .selectFrom('photos')
      .select('id')
      .where('content_hash', '=', hash)
      .executeTakeFirst();
    if (photo === undefined) {
      throw new GalleryError('UNKNOWN_PHOTO', `no photo ${hash} is in the gallery`);
    }
    if (person !== undefined) {
      await this.#assertNobodyElse(photo.id, person);
      await this.#claim(photo.id, person);
    }
    if (tags !== undefined) {
      await this.#transaction.deleteFrom('photo_tags').where('photo_id', '=', photo.id).execute();
      for (const tag of new Set(tags)) {
        await this.#transaction
          .insertInto('photo_tags')
          .values({ photo_id: photo.id, tag })
          .execute();
      }
    }
  }

  async nameFaces(ids: readonly number[], person: string | null): Promise<void> {
    const loose: number[] = [];
    for (const id of new Set(ids)) {
      const photoId = await this.#photoThatNames(id);
      if (photoId === undefined) {
        loose.push(id);
      } else {
        await this.#claim(photoId, person);
      }
    }
    if (loose.length > 0) {
      await this.#nameLoose(loose, person);
    }
  }

  /** Makes somebody's tags, photos, faces and cluster another's, with the end of their consent. */
  async #merge(from: Row, into: Row): Promise<void> {
    // What was consented to until a day is not kept beyond it.
    await this.#transaction
      .updateTable('people')
      .set(({ selectFrom }) => ({
        consent_until: selectFrom('people as both')
          .select(({ fn }) => fn.min('both.consent_until').as('earliest'))
          .where('both.id', 'in', [from.id, into.id]),
      }))
      .where('id', '=', into.id)
      .execute();
    if (from.kept === 1) {
      await this.#people.keep(into.id);
    }
    const tags = await this.#transaction
      .selectFrom('person_tags')
      .select('tag')
      .where('person_id', '=', from.id)
      .execute();
    await this.#setTags(
      into.id,
      tags.map(({ tag }) => tag),
    );
    const cluster = await this.#transaction
      .selectFrom('clusters')
      .select('id')
      .where('person_id', '=', from.id)
      .executeTakeFirst();
    if (cluster !== undefined) {
      await ClusterWriter.run(this.#transaction, (writer) => writer.name(cluster.id, into.name));
    }
    await this.#transaction
      .updateTable('photo_paths')
      .set({ person_id: into.id })
      .where('person_id', '=', from.id)
      .execute();
    await this.#transaction
      .updateTable('faces')
      .set({ person_id: into.id })
      .where('person_id', '=', from.id)
      .execute();
    const [, seenAt] = [from.seen_at, into.seen_at].sort();
    await this.#set(into.id, { seen_at: seenAt! });
    await this.#transaction.deleteFrom('people').where('id', '=', from.id).execute();
  }

  /** Of several faces in a photo, those that have a name of their own are not to lose it by the way. */
  async #assertNobodyElse(photoId: number, person: string | null): Promise<void> {
    if (person === null || (await this.#facesOf(photoId)).length === 1) {
      return;
    }
    const other = await this.#transaction
      .selectFrom('faces')
      .innerJoin('cluster_faces', 'cluster_faces.face_id', 'faces.id')
      .innerJoin('people', 'people.id', 'faces.person_id')
      .select(['faces.id', 'people.name'])
      .where('faces.photo_id', '=', photoId)
      .where('people.name', '!=', person)
      .executeTakeFirst();
    if (other !== undefined) {
      throw new GalleryError(
        'INVALID_ARGUMENT',
        `face ${other.id} of the photo has a name of its own, ${JSON.stringify(other.name)}, and the photo's person would be that of all its faces; name the faces one by one, or take that name away first`,
      );
    }
  }

  /** Has all paths of a photo name somebody, or nobody. */
  async #claim(photoId: number, person: string | null): Promise<void> {
    const before = await this.#transaction
      .selectFrom('photo_paths')
      .select('person_id')
      .where('photo_id', '=', photoId)
      .execute();
    for (const { person_id: personId } of before) {
      this.#people.lostClaim(personId);
    }
    const personId = person === null ? null : await this.#people.idOf(person);
    await this.#transaction
      .updateTable('photo_paths')
      .set({ person_id: personId })
      .where('photo_id', '=', photoId)
      .execute();
    const faces = await this.#facesOf(photoId);
    if (personId !== null) {
      await this.#members.leave(faces);
    }
    await this.#members.label(faces, personId);
  }

  /** The photo of a face, where its paths name somebody and it is the only face. */
  async #photoThatNames(faceId: number): Promise<number | undefined> {
    const face = await this.#transaction
      .selectFrom('faces')
      .select('photo_id')
      .where('id', '=', faceId)
      .executeTakeFirst();
    if (face === undefined) {
      throw unknownFace(faceId);
    }
    const claim = await this.#transaction
      .selectFrom('photo_paths')
      .select('path')
      .where('photo_id', '=', face.photo_id)
      .where('person_id', 'is not', null)
      .executeTakeFirst();
    if (claim === undefined) {
      return undefined;
    }
    if ((await this.#facesOf(face.photo_id)).length > 1) {
      throw new GalleryError(
        'INVALID_ARGUMENT',
        `face ${faceId} has its person from its photo, which shows other faces too; change the photo's person`,
      );
    }
    return face.photo_id;
  }

  /** Faces whose photo names nobody get their name from a cluster. */
  async #nameLoose(ids: readonly number[], person: string | null): Promise<void> {
    await ClusterWriter.run(this.#transaction, async (writer) => {
      if (person === null) {
        const named = await this.#transaction
          .selectFrom('cluster_faces')
          .select('face_id')
          .where('face_id', 'in', ids)
          .execute();
        if (named.length > 0) {
          await writer.reject(named.map((face) => face.face_id));
        }
        return;
      }
      const personId = await this.#people.idOf(person);
      const cluster = await this.#transaction
        .selectFrom('clusters')
        .select('id')
        .where('person_id', '=', personId)
        .executeTakeFirst();
      const target = await writer.move(ids, cluster?.id ?? null);
      if (cluster === undefined) {
        await writer.name(target, person);
      }
    });
  }

  async #facesOf(photoId: number): Promise<number[]> {
    const faces = await this.#transaction
      .selectFrom('faces')
      .select('id')
      .where('photo_id', '=', photoId)
      .execute();
    return faces.map(({ id }) => id);
  }

  async #setTags(personId: number, tags: readonly string[]): Promise<void> {
    for (const tag of tags) {
      await this.#transaction
        .insertInto('person_tags')
        .values({ person_id: personId, tag })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  }

  async #set(
    personId: number,
    values: { name?: string; consent_until?: string | null; seen_at?: string },
  ): Promise<void> {
    await this.#transaction.updateTable('people').set(values).where('id', '=', personId).execute();
  }

  async #person(uid: string): Promise<Row> {
    const person = await this.#transaction
      .selectFrom('people')
      .select(['id', 'name', 'seen_at', 'kept'])
      .where('uid', '=', uid)
      .executeTakeFirst();
    if (person === undefined) {
      throw new GalleryError('UNKNOWN_PERSON', `no person ${uid} is in the gallery`);
    }
    return person;
  }

  async #assertFree(name: string): Promise<void> {
    const other = await this.#transaction
      .selectFrom('people')
      .select('uid')
      .where('name', '=', name)
      .executeTakeFirst();
    if (other !== undefined) {
      throw new GalleryError(
        'PERSON_EXISTS',
        `person ${other.uid} has that name; merge the two where they are the same`,
      );
    }
  }
}

interface Row {
  id: number;
  name: string;
  seen_at: string;
  kept: number;
}

function endOfConsent(time: Date | null): string | null {
  return time === null ? null : timeText(time, 'consentUntil');
}

function unknownFace(id: number): GalleryError {
  return new GalleryError('UNKNOWN_FACE', `no face ${id} is in the gallery`);
}
