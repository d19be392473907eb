import { GalleryError } from './errors.js';
import { normalName } from './name.js';
import type { MetadataStore, Removal } from './store/metadata-store.js';
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
} from './store/record-store.js';

/**
 * The people, photos and faces of a gallery one by one and page by page, for those who show and change
 * them. People have an id that stays when their name changes; a photo's id is its content hash.
 *
 * ```ts
 * const [ada] = await gallery.records.people({ limit: 1, nameContains: 'ada' });
 * await gallery.records.changePerson(ada.id, { name: 'Ada Lovelace' });
 * ```
 */
export class Records {
  readonly #store: MetadataStore;
  readonly #read: () => void;
  readonly #write: <T>(work: () => Promise<T>) => Promise<T>;
  readonly #erase: () => Promise<void>;

  /** As for `Clusters`; `erase` leaves nothing of what was removed in any file. */
  constructor(parts: {
    store: MetadataStore;
    read: () => void;
    write: <T>(work: () => Promise<T>) => Promise<T>;
    erase: () => Promise<void>;
  }) {
    this.#store = parts.store;
    this.#read = parts.read;
    this.#write = parts.write;
    this.#erase = parts.erase;
  }

  /** A page of people, ordered by name. */
  async people(query: PeopleQuery): Promise<PersonRecord[]> {
    this.#read();
    return this.#store.records.people(withNormalTag(query));
  }

  /** @throws GalleryError `UNKNOWN_PERSON` */
  async person(id: string): Promise<PersonRecord> {
    this.#read();
    return this.#person(id);
  }

  /** Undefined where nobody has the name. */
  async personNamed(name: string): Promise<PersonRef | undefined> {
    this.#read();
    return this.#store.records.personNamed(normalName(name));
  }

  /** In any order; ids that are not in are left out. */
  async peopleWithIds(ids: readonly string[]): Promise<PersonRef[]> {
    this.#read();
    return this.#store.records.peopleWithIds(ids);
  }

  /**
   * Names by ids.
   *
   * @throws GalleryError `UNKNOWN_PERSON`
   */
  async namesOf(ids: readonly string[]): Promise<string[]> {
    this.#read();
    const people = await this.#store.records.peopleWithIds(ids);
    const names = new Map(people.map(({ id, name }) => [id, name]));
    return ids.map((id) => {
      const name = names.get(id);
      if (name === undefined) {
        throw unknownPerson(id);
      }
      return name;
    });
  }

  /**
   * Makes a person, who is there also without a photo until they are removed.
   *
   * @throws GalleryError `PERSON_EXISTS`, `INVALID_ARGUMENT`
   */
  async createPerson(person: NewPerson): Promise<PersonRecord> {
    const normal = { ...person, name: normalName(person.name), tags: normalTags(person.tags) };
    return this.#write(async () => this.#person(await this.#store.records.createPerson(normal)));
  }

  /**
   * Says something of a person, who from then on is there also without a photo, until they are removed. (Who
   * is known only by photos, of folders or uploads, goes with the last of them.)
   *
   * @throws GalleryError `UNKNOWN_PERSON`, `PERSON_EXISTS`, `INVALID_ARGUMENT`
   */
  async changePerson(id: string, change: PersonChange): Promise<PersonRecord> {
    const { name, tags } = change;
    const normal = {
      ...change,
      name: name === undefined ? undefined : normalName(name),
      tags: normalTags(tags),
    };
    return this.#write(async () => {
      await this.#store.records.changePerson(id, normal);
      return this.#person(id);
    });
  }

  /**
   * Says that others are this person: their photos, faces, clusters and tags become theirs, and of all
   * their consents the earliest end: what was consented to until a day must not be kept beyond it. Photos
   * and faces that are given to somebody else, as a correction, leave their consent as it is.
   *
   * @throws GalleryError `UNKNOWN_PERSON`, `INVALID_ARGUMENT`
   */
  async mergePeople(id: string, others: readonly string[]): Promise<PersonRecord> {
    return this.#write(async () => {
      await this.#store.records.mergePeople(id, others);
      return this.#person(id);
    });
  }

  /** Remembers that people were seen just now, by their names. */
  async seen(names: readonly string[], time = new Date()): Promise<void> {
    const normal = names.map((name) => normalName(name));
    await this.#write(() => this.#store.records.seen(normal, time));
  }

  /** Who is to be deleted: the consent has ended, or they were last seen before a time. */
  async expired(times: { now: Date; seenBefore?: Date | undefined }): Promise<PersonRef[]> {
    this.#read();
    return this.#store.records.expired(times);
  }

  /**
   * As `Gallery.removePerson`, by id, whatever they are called by then.
   *
   * @throws GalleryError `UNKNOWN_PERSON`
   */
  async removePerson(id: string): Promise<Removal> {
    return this.#write(async () => this.#removePerson(await this.#person(id)));
  }

  /**
   * As {@link removePerson} for one of {@link expired}. Undefined where they are not to be deleted any
   * more: their consent goes on, they were seen, or somebody has removed them.
   */
  async removeExpired(
    id: string,
    times: { now: Date; seenBefore?: Date | undefined },
  ): Promise<Removal | undefined> {
    return this.#write(async () => {
      const people = await this.#store.records.expired(times);
      const person = people.find((one) => one.id === id);
      return person && this.#removePerson(person);
    });
  }

  /** A page of photos, in the order in which they came. */
  async photos(query: PhotosQuery): Promise<PhotoRecord[]> {
    this.#read();
    return this.#store.records.photos(withNormalTag(query));
  }

  /** @throws GalleryError `UNKNOWN_PHOTO` */
  async photo(id: string): Promise<PhotoRecord> {
    this.#read();
    return this.#photo(id);
  }

  async findPhoto(id: string): Promise<PhotoRecord | undefined> {
    this.#read();
    return this.#store.records.photo(id);
  }

  /**
   * Says whom a photo shows: all its faces get that name. Null takes the name away; each face then has that
   * of its cluster, if any.
   *
   * @throws GalleryError `UNKNOWN_PHOTO`, `INVALID_ARGUMENT` also where one of several faces has another
   *   name of its own: that must be taken away first
   */
  async changePhoto(id: string, change: PhotoChange): Promise<PhotoRecord> {
    const { person, tags } = change;
    const normal = {
      person: typeof person === 'string' ? normalName(person, 'person') : person,
      tags: normalTags(tags),
    };
    return this.#write(async () => {
      await this.#store.records.changePhoto(id, normal);
      return this.#photo(id);
    });
  }

  /**
   * Erases a photo with its faces, whatever files show it.
   *
   * @throws GalleryError `UNKNOWN_PHOTO`
   */
  async removePhoto(id: string): Promise<Removal> {
    return this.#write(async () => {
      const { paths } = await this.#photo(id);
      const removal = await this.#store.removePaths(paths);
      await this.#erase();
      return removal;
    });
  }

  /** A page of faces, ordered by id. */
  async faces(query: FacesQuery): Promise<FaceDetail[]> {
    this.#read();
    return this.#store.records.faces(query);
  }

  /** @throws GalleryError `UNKNOWN_FACE` */
  async face(id: number): Promise<FaceDetail> {
    this.#read();
    const face = await this.#store.records.face(id);
    if (face === undefined) {
      throw new GalleryError('UNKNOWN_FACE', `no face ${id} is in the gallery`);
    }
    return face;
  }

  /** In any order; ids that are not in are left out. */
  async facesWithIds(ids: readonly number[]): Promise<FaceDetail[]> {
    this.#read();
    return this.#store.records.facesWithIds(ids);
  }

  /** @throws GalleryError `UNKNOWN_FACE` */
  async embeddingOf(id: number): Promise<Float32Array> {
    this.#read();
    const embedding = (await this.#store.embeddingsOf([id])).get(id);
    if (embedding === undefined) {
      throw new GalleryError('UNKNOWN_FACE', `no face ${id} is in the gallery`);
    }
    return embedding;
  }

  /**
   * Says who faces are. A face that is the only one of a photo that names somebody takes the photo
   * along; other faces go to the person's cluster.
   *
   * @param person null takes the name away
   * @throws GalleryError `UNKNOWN_FACE`, `INVALID_ARGUMENT` also where such a photo has several faces
   */
  async nameFaces(ids: readonly number[], person: string | null): Promise<FaceDetail[]> {
    const name = person === null ? null : normalName(person, 'person');
    return this.#write(async () => {
      await this.#store.records.nameFaces(ids, name);
      return this.#store.records.facesWithIds(ids);
    });
  }

  /**
   * Erases a face, and its photo when it shows no other.
   *
   * @throws GalleryError `UNKNOWN_FACE`
   */
  async removeFace(id: number): Promise<Removal> {
    return this.#write(async () => {
      const removal = await this.#store.records.removeFace(id);
      await this.#erase();
      return removal;
    });
  }

  /** A page of clusters, the largest first. */
  async clusters(query: ClustersQuery): Promise<ClusterRecord[]> {
    this.#read();
    return this.#store.records.clusters(query);
  }

  async #removePerson({ id, name }: PersonRef): Promise<Removal> {
    const removal = await this.#store.removePerson(name);
    if (removal === undefined) {
      throw unknownPerson(id);
    }
    await this.#erase();
    return removal;
  }

  /** As {@link person}, also for a change under way as the gallery is closed: it is answered. */
  async #person(id: string): Promise<PersonRecord> {
    const person = await this.#store.records.person(id);
    if (person === undefined) {
      throw unknownPerson(id);
    }
    return person;
  }

  async #photo(id: string): Promise<PhotoRecord> {
    const photo = await this.#store.records.photo(id);
    if (photo === undefined) {
      throw new GalleryError('UNKNOWN_PHOTO', `no photo ${id} is in the gallery`);
    }
    return photo;
  }
}

function unknownPerson(id: string): GalleryError {
  return new GalleryError('UNKNOWN_PERSON', `no person ${id} is in the gallery`);
}

function normalTags(tags: readonly string[] | undefined): string[] | undefined {
  return tags?.map((tag) => normalName(tag, 'tag'));
}

function withNormalTag<T extends { tag?: string | undefined }>(query: T): T {
  return query.tag === undefined ? query : { ...query, tag: normalName(query.tag, 'tag') };
}
