import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { embeddingProblem } from '../embedding-space.js';
import { GalleryError } from '../errors.js';
import {
  type EnrolOutcome,
  type LinkOutcome,
  type PathState,
  PHOTO_OUTCOMES,
  type PhotoInput,
  type PhotoOutcome,
  type PhotoSighting,
} from '../photo.js';
import type { SearchFilter } from '../search-filter.js';
import { compactDatabase } from './compact-database.js';
import { facesMatching } from './face-filter.js';
import { selectFaces, toFaceSummary, toPoints } from './face-rows.js';
import { fromFloatBlob } from './float-blob.js';
import { openGalleryDatabase } from './gallery-database.js';
import { listed } from './listed.js';
import type {
  ChangeBatch,
  FaceRecord,
  FaceSample,
  FaceSummary,
  GalleryRecord,
  MetadataStore,
  Person,
  Removal,
  StoreCounts,
  TagCount,
} from './metadata-store.js';
import { pathsIn } from './paths-in.js';
import { PhotoWriter } from './photo-writer.js';
import { PreparedQuery } from './prepared-query.js';
import { reclaim } from './reclaim.js';
import type { Tables } from './schema.js';
import { spreadIds } from './spread-ids.js';
import { SqliteClusterStore } from './sqlite-cluster-store.js';
import { corruptDatabase, type SqliteDatabase } from './sqlite-database.js';
import { SqliteRecordStore } from './sqlite-record-store.js';
import { tagCounts, tagPhotos } from './tags.js';

/** SQLite takes 32,766 parameters in a query. */
const PARAMETERS_PER_QUERY = 10_000;
/** Some milliseconds. */
const EMBEDDINGS_PER_READ = 512;

/** A {@link MetadataStore} in one SQLite file. Queries run on the calling thread. */
export class SqliteStore implements MetadataStore {
  readonly clusters: SqliteClusterStore;
  readonly records: SqliteRecordStore;
  readonly #path: string;
  readonly #database: SqliteDatabase;
  readonly #db: Kysely<Tables>;
  readonly #record: GalleryRecord;
  /** The file that was opened: there may be another under its name by now. */
  readonly #file: string | undefined;
  readonly #isWriter: boolean;
  /** What the tables held when they were counted, and what told that they have not changed since. */
  #counted: { state: string; counts: StoreCounts } | undefined;
  // What a search asks.
  readonly #lastChange: PreparedQuery<{ last_change: number; space_id: string }>;
  readonly #summaries: PreparedQuery<Parameters<typeof toFaceSummary>[0]>;
  readonly #embeddings: PreparedQuery<{ id: number; embedding: Buffer }>;

  private constructor(
    path: string,
    database: SqliteDatabase,
    { record, mode }: { record: GalleryRecord; mode: 'write' | 'read' },
  ) {
    this.#path = path;
    this.#isWriter = mode === 'write';
    this.#database = database;
    this.#db = database.db;
    this.#record = record;
    this.#file = fileAt(path);
    this.clusters = new SqliteClusterStore(database.db);
    this.records = new SqliteRecordStore(database.db);
    const { db } = database;
    this.#lastChange = new PreparedQuery(
      db,
      db.selectFrom('gallery').select(['last_change', 'space_id']),
    );
    this.#summaries = new PreparedQuery(db, selectFaces(db).where('faces.id', 'in', listed([])));
    this.#embeddings = new PreparedQuery(
      db,
      db.selectFrom('faces').select(['id', 'embedding']).where('id', 'in', listed([])),
    );
  }

  /**
   * @param record what `inspectDatabase` found in the file
   * @throws GalleryError `CORRUPT_DATABASE` | `STORAGE_FAILED`
   */
  static async open(
    path: string,
    options: { mode: 'write' | 'read'; record: GalleryRecord },
  ): Promise<SqliteStore> {
    const database = await openGalleryDatabase(path, options.mode);
    return new SqliteStore(path, database, options);
  }

  async gallery(): Promise<GalleryRecord> {
    return this.#record;
  }

  async lastChange(): Promise<number> {
    const [row] = await this.#lastChange.run([]);
    if (row !== undefined && row.space_id !== this.#record.space.id) {
      throw new GalleryError(
        'WRONG_SPACE',
        `the gallery has moved from "${this.#record.space.id}" to "${row.space_id}"; open it again`,
      );
    }
    return row?.last_change ?? 0;
  }

  async isCurrent(): Promise<boolean> {
    if (fileAt(this.#path) !== this.#file) {
      return false;
    }
    // Nobody else can move it while this is its writer.
    if (this.#isWriter) {
      return true;
    }
    const [row] = await this.#lastChange.run([]);
    return row?.space_id === this.#record.space.id;
  }

  async faceCount(): Promise<number> {
    return countFaces(this.#db);
  }

  async indexKind(): Promise<string> {
    const row = await this.#db.selectFrom('gallery').select('index_kind').executeTakeFirstOrThrow();
    return row.index_kind;
  }

  async setIndexKind(kind: string): Promise<void> {
    await this.#db.updateTable('gallery').set({ index_kind: kind }).execute();
  }

  async sampleFaces(count: number): Promise<FaceSample> {
    const { first, last } = await this.#db
      .selectFrom('faces')
      .select(({ fn }) => [fn.min<number | null>('id').as('first'), fn.max('id').as('last')])
      .executeTakeFirstOrThrow();
    const faces = await this.faceCount();
    if (first === null || count === 0) {
      return { ids: [], embeddings: new Float32Array(0) };
    }
    // Where faces were removed, more ids are asked for than are there.
    const asked = Math.ceil((count * (last - first + 1)) / faces);
    const found = await this.embeddingsOf(spreadIds(asked, { first, last }));
    const { dimension } = this.#record.space;
    const embeddings = new Float32Array(found.size * dimension);
    let end = 0;
    for (const embedding of found.values()) {
      embeddings.set(embedding, end);
      end += dimension;
    }
    return { ids: [...found.keys()], embeddings };
  }

  async embeddingsOf(ids: readonly number[]): Promise<Map<number, Float32Array>> {
    const found = new Map<number, Float32Array>();
    for (let start = 0; start < ids.length; start += EMBEDDINGS_PER_READ) {
      if (start > 0) {
        // SQLite works on this thread, so others wait while embeddings are read.
        await setImmediate();
      }
      const some = ids.slice(start, start + EMBEDDINGS_PER_READ);
      for (const row of await this.#embeddings.run([JSON.stringify(some)])) {
        found.set(row.id, this.#embedding(row));
      }
    }
    return found;
  }

  async changesSince(change: number, limit: number): Promise<ChangeBatch> {
    return this.#db.transaction().execute(async (transaction) => {
      const last = await lastChange(transaction);
      const rows = await transaction
        .selectFrom('faces')
        .select(['id', 'embedding', 'change'])
        .where('change', '>', change)
        .orderBy('change')
        .limit(limit)
        .execute();
      const reached = rows.length === limit ? (rows.at(-1)?.change ?? last) : last;
      const removed = await transaction
        .selectFrom('deletions')
        .select('face_id')
        .where('change', '>', change)
        .where('change', '<=', reached)
        .execute();
      const { dimension } = this.#record.space;
      const embeddings = new Float32Array(rows.length * dimension);
      for (const [i, row] of rows.entries()) {
        embeddings.set(this.#embedding(row), i * dimension);
      }
      return {
        removed: removed.map((row) => row.face_id),
        added: { ids: rows.map((row) => row.id), embeddings },
        change: reached,
        faceCount: reached === last ? await countFaces(transaction) : undefined,
      };
    });
  }

  async pathsUnder(directory: string): Promise<PathState[]> {
    const rows = await this.#db
      .selectFrom('photo_paths')
      .innerJoin('photos', 'photos.id', 'photo_paths.photo_id')
      .leftJoin('people', 'people.id', 'photo_paths.person_id')
      .select([
        'photo_paths.path',
        'photo_paths.bytes',
        'photo_paths.modified_ms as modifiedMs',
        'photos.content_hash as contentHash',
        'photo_paths.recipe',
        'photos.outcome',
        'photos.reason',
        'people.name as person',
      ])
      .where(pathsIn(directory))
      .orderBy('photo_paths.path')
      .execute();
    return rows;
  }

  async pathsShowing(contentHashes: readonly string[]): Promise<string[]> {
    const paths: string[] = [];
    for (const some of slices(contentHashes)) {
      const rows = await this.#db
        .selectFrom('photo_paths')
        .innerJoin('photos', 'photos.id', 'photo_paths.photo_id')
        .select('photo_paths.path')
        .where('photos.content_hash', 'in', some)
        .execute();
      paths.push(...rows.map(({ path }) => path));
    }
    return paths;
  }

  async link(
    photo: PhotoSighting,
    { gonePaths }: { gonePaths: readonly string[] },
  ): Promise<LinkOutcome> {
    return this.#write((writer) => writer.link(photo, new Set(gonePaths)));
  }

  async enrol(
    photos: readonly PhotoInput[],
    context: { gonePaths: readonly string[] },
  ): Promise<EnrolOutcome[]> {
    const gonePaths = new Set(context.gonePaths);
    return this.#write(async (writer) => {
      const outcomes: EnrolOutcome[] = [];
      for (const photo of photos) {
        outcomes.push(await writer.enrol(photo, gonePaths));
      }
      return outcomes;
    });
  }

  async removePerson(name: string): Promise<Removal | undefined> {
    return this.#write((writer) => writer.removePerson(name));
  }

  async removePaths(paths: readonly string[]): Promise<Removal> {
    return this.#write(async (writer) => {
      const total = { faces: 0, photos: 0 };
      for (const path of paths) {
        const { faces, photos } = await writer.removePath(path);
        total.faces += faces;
        total.photos += photos;
      }
      return total;
    });
  }

  async reclaim(options: { waitMs: number }): Promise<boolean> {
    return reclaim(this.#database, options);
  }

  async compact(): Promise<boolean> {
    return compactDatabase(this.#database);
  }

  async facesMatching(filter: SearchFilter): Promise<number[]> {
    return facesMatching(this.#db, filter);
  }

  async tag(
    path: string,
    tags: { add: readonly string[]; remove: readonly string[] },
  ): Promise<number> {
    return this.#db.transaction().execute((transaction) => tagPhotos(transaction, path, tags));
  }

  async tags(): Promise<TagCount[]> {
    return tagCounts(this.#db);
  }

  async describeFaces(ids: readonly number[]): Promise<FaceSummary[]> {
    const summaries: FaceSummary[] = [];
    for (const some of slices(ids)) {
      const rows = await this.#summaries.run([JSON.stringify(some)]);
      summaries.push(...rows.map(toFaceSummary));
    }
    return summaries;
  }

  async facesAfter(
    afterId: number,
    { limit, person }: { limit: number; person?: string },
  ): Promise<FaceRecord[]> {
    // Embeddings of another model must not pass for ours.
    await this.lastChange();
    const rows = await selectFaces(this.#db)
      .select(['people.uid as personId', 'faces.landmarks', 'faces.score', 'faces.embedding'])
      .where('faces.id', '>', afterId)
      .$if(person !== undefined, (query) => query.where('people.name', '=', person ?? null))
      .orderBy('faces.id')
      .limit(limit)
      .execute();
    return rows.map((row) => ({
      ...toFaceSummary(row),
      personId: row.personId,
      landmarks: toPoints(fromFloatBlob(row.landmarks)),
      score: row.score,
      embedding: this.#embedding(row),
    }));
  }

  async people(): Promise<Person[]> {
    return this.#db
      .selectFrom('people')
      .select(({ selectFrom }) => [
        'people.name',
        selectFrom(
          selectFrom('photo_paths')
            .select('photo_id')
            .whereRef('photo_paths.person_id', '=', 'people.id')
            .union(
              selectFrom('faces').select('photo_id').whereRef('faces.person_id', '=', 'people.id'),
            )
            .as('shown'),
        )
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .$asScalar()
          .$notNull()
          .as('photos'),
        selectFrom('faces')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .whereRef('faces.person_id', '=', 'people.id')
          .$asScalar()
          .$notNull()
          .as('faces'),
      ])
      .orderBy('people.name')
      .execute();
  }

  async counts(): Promise<StoreCounts> {
    const state = this.#database.changeState();
    if (this.#counted?.state !== state) {
      this.#counted = { state, counts: await this.#count() };
    }
    return this.#counted.counts;
  }

  async #count(): Promise<StoreCounts> {
    return this.#db.transaction().execute(async (transaction) => {
      const { people } = await transaction
        .selectFrom('people')
        .select(({ fn }) => fn.countAll<number>().as('people'))
        .executeTakeFirstOrThrow();
      const outcomes = await transaction
        .selectFrom('photos')
        .select(({ fn }) => ['outcome', fn.countAll<number>().as('photos')])
        .groupBy('outcome')
        .execute();
      const { unlabelledFaces } = await transaction
        .selectFrom('faces')
        .select(({ fn }) => fn.countAll<number>().as('unlabelledFaces'))
        .where('person_id', 'is', null)
        .executeTakeFirstOrThrow();
      const photosByOutcome = Object.fromEntries(
        PHOTO_OUTCOMES.map((name) => [
          name,
          outcomes.find(({ outcome }) => outcome === name)?.photos ?? 0,
        ]),
      ) as Record<PhotoOutcome, number>;
      const photos = outcomes.reduce((sum, row) => sum + row.photos, 0);
      const faces = await countFaces(transaction);
      return { people, photos, faces, unlabelledFaces, photosByOutcome };
    });
  }

  async sizeBytes(): Promise<number> {
    const sizes = await Promise.all(
      [this.#path, `${this.#path}-wal`].map((path) => stat(path).catch(() => undefined)),
    );
    return sizes.reduce((sum, file) => sum + (file?.size ?? 0), 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#database.close();
  }

  #write<T>(work: (writer: PhotoWriter) => Promise<T>): Promise<T> {
    return this.#db.transaction().execute((transaction) => PhotoWriter.run(transaction, work));
  }

  /** SQLite has no checksums: an embedding that cannot be one is damage that only we can see. */
  #embedding(row: { id: number; embedding: Buffer }): Float32Array {
    const embedding = fromFloatBlob(row.embedding);
    const problem = embeddingProblem(embedding, this.#record.space.dimension);
    if (problem !== undefined) {
      throw corruptDatabase(this.#path, `the embedding of face ${row.id}: ${problem}`);
    }
    return embedding;
  }
}

/** Tells files of the same name apart; undefined where there is none. */
function fileAt(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  return found && `${found.dev} ${found.ino}`;
}

async function lastChange(db: Kysely<Tables>): Promise<number> {
  const row = await db.selectFrom('gallery').select('last_change').executeTakeFirstOrThrow();
  return row.last_change;
}

async function countFaces(db: Kysely<Tables>): Promise<number> {
  const { face_count: faces } = await db
    .selectFrom('gallery')
    .select('face_count')
    .executeTakeFirstOrThrow();
  return faces;
}

function* slices<T>(values: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < values.length; start += PARAMETERS_PER_QUERY) {
    yield values.slice(start, start + PARAMETERS_PER_QUERY);
  }
}
