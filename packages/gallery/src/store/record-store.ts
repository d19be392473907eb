import type { Box, PhotoOutcome } from '../photo.js';
import type { Removal } from './metadata-store.js';

/** Who somebody is: an id that never changes, and a name that may. */
export interface PersonRef {
  id: string;
  name: string;
}

/** A person with all that is known of them. Times are ISO 8601, UTC. */
export interface PersonRecord extends PersonRef {
  tags: string[];
  /** Photos that show the person. */
  photos: number;
  faces: number;
  /** The face with the best score. */
  face: number | null;
  createdAt: string;
  /** Last enrolled or identified. */
  seenAt: string;
  /** When the person is to be deleted: of people who were merged the earliest end. */
  consentUntil: string | null;
}

/** A photo with all that is known of it. */
export interface PhotoRecord {
  /** Its content hash. */
  id: string;
  /** Grows in the order in which photos come. */
  rowId: number;
  /** Whom its paths name. */
  person: PersonRef | null;
  width: number;
  height: number;
  /** How its faces were made. */
  recipe: string;
  outcome: PhotoOutcome;
  reason: string | null;
  /** The earliest time of its files, which searches from and until a time go by. */
  takenAt: string;
  faces: number;
  tags: string[];
  /** Of the files that show it, absolute. */
  paths: string[];
}

/** A face with all that is known of it but its embedding. */
export interface FaceDetail {
  id: number;
  /** Content hash of its photo. */
  photo: string;
  person: PersonRef | null;
  cluster: number | null;
  box: Box;
  landmarks: [number, number][];
  score: number;
}

/** A cluster with a face to show for it. */
export interface ClusterRecord {
  id: number;
  person: PersonRef | null;
  faces: number;
  confirmed: number;
  face: number | null;
}

/** Of a page of people: those after a name, in its order. */
export interface PeopleQuery {
  afterName?: string | undefined;
  limit: number;
  /** Only names with this in them, in any case. */
  nameContains?: string | undefined;
  tag?: string | undefined;
}

/** Of a page of photos: those after a row. */
export interface PhotosQuery {
  afterId: number;
  limit: number;
  personId?: string | undefined;
  tag?: string | undefined;
}

/** Of a page of faces: those after an id. */
export interface FacesQuery {
  afterId: number;
  limit: number;
  personId?: string | undefined;
  photo?: string | undefined;
  cluster?: number | undefined;
  /** Only faces without a name. */
  unnamed?: boolean | undefined;
}

/** Of a page of clusters, largest first: those after one with so many faces and that id. */
export interface ClustersQuery {
  after?: readonly [faces: number, id: number] | undefined;
  limit: number;
  /** Only clusters without a name. */
  unnamed?: boolean | undefined;
}

/** What a person is made with. */
export interface NewPerson {
  name: string;
  tags?: readonly string[] | undefined;
  consentUntil?: Date | null | undefined;
}

/** What changes of a person; absent stays as it is. */
export interface PersonChange {
  name?: string | undefined;
  tags?: readonly string[] | undefined;
  consentUntil?: Date | null | undefined;
}

/** What changes of a photo; absent stays as it is. */
export interface PhotoChange {
  /** Name of the person whom it shows, and whose name all its faces get, or null for nobody. */
  person?: string | null | undefined;
  tags?: readonly string[] | undefined;
}

/** People, photos and faces one by one and page by page. Every method is one transaction. */
export interface RecordStore {
  people(query: PeopleQuery): Promise<PersonRecord[]>;
  person(id: string): Promise<PersonRecord | undefined>;
  personNamed(name: string): Promise<PersonRef | undefined>;
  /** In any order; ids that are not in are left out. */
  peopleWithIds(ids: readonly string[]): Promise<PersonRef[]>;
  /** @throws GalleryError `PERSON_EXISTS`, `INVALID_ARGUMENT` */
  createPerson(person: NewPerson): Promise<string>;
  /** @throws GalleryError `UNKNOWN_PERSON`, `PERSON_EXISTS`, `INVALID_ARGUMENT` */
  changePerson(id: string, change: PersonChange): Promise<void>;
  /** @throws GalleryError `UNKNOWN_PERSON`, `INVALID_ARGUMENT` */
  mergePeople(id: string, others: readonly string[]): Promise<void>;
  /** People who were just seen, by their names. */
  seen(names: readonly string[], time: Date): Promise<void>;
  /** Who is to be deleted: the consent has ended, or they were last seen before a time. */
  expired(times: { now: Date; seenBefore?: Date | undefined }): Promise<PersonRef[]>;

  photos(query: PhotosQuery): Promise<PhotoRecord[]>;
  photo(id: string): Promise<PhotoRecord | undefined>;
  /** @throws GalleryError `UNKNOWN_PHOTO`, `INVALID_ARGUMENT` where one of several faces has another name */
  changePhoto(id: string, change: PhotoChange): Promise<void>;
  /** Content hashes that are in, of those given. */
  knownPhotos(ids: readonly string[]): Promise<Set<string>>;
  /** Photos that are gone and whose files may be there still. */
  gonePhotos(): Promise<string[]>;
  forgetGone(ids: readonly string[]): Promise<void>;

  faces(query: FacesQuery): Promise<FaceDetail[]>;
  face(id: number): Promise<FaceDetail | undefined>;
  /** In any order; ids that are not in are left out. */
  facesWithIds(ids: readonly number[]): Promise<FaceDetail[]>;
  /** @throws GalleryError `UNKNOWN_FACE`, `INVALID_ARGUMENT` where a photo of several faces names it */
  nameFaces(ids: readonly number[], person: string | null): Promise<void>;
  /** @throws GalleryError `UNKNOWN_FACE` */
  removeFace(id: number): Promise<Removal>;

  clusters(query: ClustersQuery): Promise<ClusterRecord[]>;
}
