import type { Kysely, Transaction } from 'kysely';
import { GalleryError } from '../errors.js';
import { foldCase } from './fold-case.js';
import { listed } from './listed.js';
import type { Removal } from './metadata-store.js';
import { PhotoWriter } from './photo-writer.js';
import {
  type PeopleSelection,
  type PhotoSelection,
  selectFaces,
  selectPeople,
  selectPhotos,
  toDetail,
  toRef,
} from './record-rows.js';
import type {
  ClusterRecord,
  ClustersQuery,
  FaceDetail,
  FacesQuery,
  NewPerson,
  PeopleQuery,
  PersonChange,
  PersonRecord,
  PersonRef,
  PhotoChange,
  PhotoRecord,
  PhotosQuery,
  RecordStore,
} from './record-store.js';
import { RecordWriter } from './record-writer.js';
import type { Tables } from './schema.js';
import { timeText } from './time-text.js';

/** The records of a SQLite database. */
export class SqliteRecordStore implements RecordStore {
  readonly #db: Kysely<Tables>;

  constructor(db: Kysely<Tables>) {
    this.#db = db;
  }

  async people({ afterName, limit, nameContains, tag }: PeopleQuery): Promise<PersonRecord[]> {
    return this.#people((people) =>
      people
        .$if(afterName !== undefined, (query) => query.where('people.name', '>', afterName ?? ''))
        .$if(nameContains !== undefined, (query) =>
          query.where(({ eb, fn, val }) =>
            // Not LIKE, whose % and _ would be somebody's input.
            eb(
              fn<number>('instr', [
                fn('fold_case', ['people.name']),
                val(foldCase(nameContains ?? '')),
              ]),
              '>',
              0,
            ),
          ),
        )
        .$if(tag !== undefined, (query) =>
          query.where('people.id', 'in', ({ selectFrom }) =>
            selectFrom('person_tags')
              .select('person_id')
              .where('tag', '=', tag ?? ''),
          ),
        )
        .orderBy('people.name')
        .limit(limit),
    );
  }

  async person(id: string): Promise<PersonRecord | undefined> {
    const [person] = await this.#people((people) => people.where('people.uid', '=', id));
    return person;
  }

  async personNamed(name: string): Promise<PersonRef | undefined> {
    return this.#db
      .selectFrom('people')
      .select(['uid as id', 'name'])
      .where('name', '=', name)
      .executeTakeFirst();
  }

  async peopleWithIds(ids: readonly string[]): Promise<PersonRef[]> {
    return this.#db
      .selectFrom('people')
      .select(['uid as id', 'name'])
      .where('uid', 'in', listed(ids))
      .execute();
  }

  async createPerson(person: NewPerson): Promise<string> {
    return this.#write((writer) => writer.createPerson(person));
  }

  async changePerson(id: string, change: PersonChange): Promise<void> {
    await this.#write((writer) => writer.changePerson(id, change));
  }

  async mergePeople(id: string, others: readonly string[]): Promise<void> {
    await this.#write((writer) => writer.mergePeople(id, others));
  }

  async seen(names: readonly string[], time: Date): Promise<void> {
    await this.#db
      .updateTable('people')
      .set({ seen_at: timeText(time, 'time') })
      .where('name', 'in', listed(names))
      .where('seen_at', '<', timeText(time, 'time'))
      .execute();
  }

  async expired(times: { now: Date; seenBefore?: Date | undefined }): Promise<PersonRef[]> {
    const { now, seenBefore } = times;
    return this.#db
      .selectFrom('people')
      .select(['uid as id', 'name'])
      .where(({ or, eb }) =>
        or([
          eb('consent_until', '<=', now.toISOString()),
          ...(seenBefore === undefined ? [] : [eb('seen_at', '<', seenBefore.toISOString())]),
        ]),
      )
      .orderBy('people.id')
      .execute();
  }

  async photos({ afterId, limit, personId, tag }: PhotosQuery): Promise<PhotoRecord[]> {
    return this.#photos((photos) =>
      photos
        .where('photos.id', '>', afterId)
        .$if(personId !== undefined, (query) =>
          query.where('photos.id', 'in', ({ selectFrom }) =>
            selectFrom('faces')
              .innerJoin('people', 'people.id', 'faces.person_id')
              .select('faces.photo_id')
              .where('people.uid', '=', personId ?? ''),
          ),
        )
        .$if(tag !== undefined, (query) =>
          query.where('photos.id', 'in', ({ selectFrom }) =>
            selectFrom('photo_tags')
              .select('photo_id')
              .where('tag', '=', tag ?? ''),
          ),
        )
        .orderBy('photos.id')
        .limit(limit),
    );
  }

  async photo(id: string): Promise<PhotoRecord | undefined> {
    const [photo] = await this.#photos((photos) => photos.where('photos.content_hash', '=', id));
    return photo;
  }

  async changePhoto(id: string, change: PhotoChange): Promise<void> {
    await this.#write((writer) => writer.changePhoto(id, change));
  }

  async knownPhotos(ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.#db
      .selectFrom('photos')
      .select('content_hash')
      .where('content_hash', 'in', listed(ids))
      .execute();
    return new Set(rows.map((row) => row.content_hash));
  }

  async gonePhotos(): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('gone_photos')
      .select('content_hash')
      .where('content_hash', 'not in', ({ selectFrom }) =>
        selectFrom('photos').select('photos.content_hash'),
      )
      .execute();
    return rows.map((row) => row.content_hash);
  }

  async forgetGone(ids: readonly string[]): Promise<void> {
    await this.#db
      .deleteFrom('gone_photos')
      .where(({ or, eb, exists, selectFrom }) =>
        or([
          eb('content_hash', 'in', listed(ids)),
          // Looked up one by one: with IN beside OR, SQLite would list all photos first.
          exists(
            selectFrom('photos')
              .select('photos.id')
              .whereRef('photos.content_hash', '=', 'gone_photos.content_hash'),
          ),
        ]),
      )
      .execute();
  }

  async faces(query: FacesQuery): Promise<FaceDetail[]> {
    const { afterId, limit, personId, photo, cluster, unnamed = false } = query;
    const rows = await selectFaces(this.#db)
      .where('faces.id', '>', afterId)
      .$if(personId !== undefined, (faces) => faces.where('people.uid', '=', personId ?? ''))
      .$if(photo !== undefined, (faces) => faces.where('photos.content_hash', '=', photo ?? ''))
      .$if(cluster !== undefined, (faces) =>
        faces.where('cluster_faces.cluster_id', '=', cluster ?? 0),
      )
      .$if(unnamed, (faces) => faces.where('faces.person_id', 'is', null))
      .orderBy('faces.id')
      .limit(limit)
      .execute();
    return rows.map(toDetail);
  }

  async face(id: number): Promise<FaceDetail | undefined> {
    const [face] = await this.facesWithIds([id]);
    return face;
  }

  async facesWithIds(ids: readonly number[]): Promise<FaceDetail[]> {
    const rows = await selectFaces(this.#db).where('faces.id', 'in', listed(ids)).execute();
    return rows.map(toDetail);
  }

  async nameFaces(ids: readonly number[], person: string | null): Promise<void> {
    await this.#write((writer) => writer.nameFaces(ids, person));
  }

  async removeFace(id: number): Promise<Removal> {
    return this.#db.transaction().execute(async (transaction) => {
      const face = await transaction
        .selectFrom('faces')
        .select('id')
        .where('id', '=', id)
        .executeTakeFirst();
      if (face === undefined) {
        throw new GalleryError('UNKNOWN_FACE', `no face ${id} is in the gallery`);
      }
      return PhotoWriter.run(transaction, (writer) => writer.removeFaces([id]));
    });
  }

  async clusters({ after, limit, unnamed = false }: ClustersQuery): Promise<ClusterRecord[]> {
    const rows = await this.#db
      .selectFrom('clusters')
      .innerJoin('cluster_faces', 'cluster_faces.cluster_id', 'clusters.id')
      .innerJoin('faces', 'faces.id', 'cluster_faces.face_id')
      .leftJoin('people', 'people.id', 'clusters.person_id')
      .select(({ fn }) => [
        'clusters.id',
        'people.uid',
        'people.name',
        fn.countAll<number>().as('faces'),
        fn.sum<number>('cluster_faces.confirmed').as('confirmed'),
        // With max(), SQLite takes the other bare columns from the row that has it.
        fn.max('faces.score').as('score'),
        'faces.id as face',
      ])
      .$if(unnamed, (query) => query.where('clusters.person_id', 'is', null))
      .groupBy('clusters.id')
      .$if(after !== undefined, (query) =>
        query.having(({ or, and, eb, fn }) => {
          const [faces, id] = after ?? [0, 0];
          const count = fn.countAll<number>();
          return or([
            eb(count, '<', faces),
            and([eb(count, '=', faces), eb('clusters.id', '>', id)]),
          ]);
        }),
      )
      .orderBy('faces', 'desc')
      .orderBy('clusters.id')
      .limit(limit)
      .execute();
    return rows.map(({ id, uid, name, faces, confirmed, face }) => ({
      id,
      person: toRef({ uid, name }),
      faces,
      confirmed,
      face,
    }));
  }

  async #people(narrow: (query: PeopleSelection) => PeopleSelection): Promise<PersonRecord[]> {
    const rows = await narrow(selectPeople(this.#db)).execute();
    return rows.map(({ tags, ...person }) => ({ ...person, tags: JSON.parse(tags) as string[] }));
  }

  async #photos(narrow: (query: PhotoSelection) => PhotoSelection): Promise<PhotoRecord[]> {
    const rows = await narrow(selectPhotos(this.#db)).execute();
    return rows.map(({ tags, paths, takenMs, uid, name, ...photo }) => ({
      ...photo,
      takenAt: new Date(takenMs).toISOString(),
      person: toRef({ uid, name }),
      tags: JSON.parse(tags) as string[],
      paths: JSON.parse(paths) as string[],
    }));
  }

  #write<T>(work: (writer: RecordWriter) => Promise<T>): Promise<T> {
    return this.#db
      .transaction()
      .execute((transaction: Transaction<Tables>) => RecordWriter.run(transaction, work));
  }
}
