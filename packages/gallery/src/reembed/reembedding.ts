import { type Kysely, sql, type Transaction } from 'kysely';
import { checkFace } from '../check-photo.js';
import { setCalibrationAside } from '../decide/calibration.js';
import { checkSpace, type EmbeddingSpace, isSameSpace } from '../embedding-space.js';
import { GalleryError } from '../errors.js';
import { GalleryFiles } from '../gallery-files.js';
import { FaissIndexHome } from '../index/faiss-index-home.js';
import type { Box, FaceInput } from '../photo.js';
import { PhotoFiles } from '../photo-files.js';
import { toFloatBlob } from '../store/float-blob.js';
import { openGalleryDatabase } from '../store/gallery-database.js';
import type { Removal } from '../store/metadata-store.js';
import { PhotoWriter } from '../store/photo-writer.js';
import { reclaim } from '../store/reclaim.js';
import type { Tables } from '../store/schema.js';
import type { SqliteDatabase } from '../store/sqlite-database.js';
import type { WriterLock } from '../writer-lock.js';
import { photosToReembed } from './photos-to-reembed.js';

/** How long to wait for readers before the old embeddings are left to the next writer. */
const RECLAIM_MS = 2000;

/** A photo whose faces, or some of them, have no embedding of the new model yet. */
export interface PhotoToReembed {
  contentHash: string;
  /** How its faces were made. */
  recipe: string;
  /** Files that show it. */
  paths: string[];
  faces: { id: number; box: Box }[];
}

/** A face as the new model sees it. */
export interface ReembeddedFace extends FaceInput {
  id: number;
}

/**
 * Moves a gallery to another embedding space. The new embeddings are kept beside the old ones, in the
 * same database, until all are there; then they take their place in one transaction. Until then readers
 * find the gallery as it was, and a process that is killed loses at most what it was about to stage.
 * Writers wait. Ids of faces, people, clusters and corrections stay.
 */
export class Reembedding implements AsyncDisposable {
  /** Whether the gallery is of that space already: there is nothing to do. */
  readonly isDone: boolean;
  readonly #files: GalleryFiles;
  readonly #space: EmbeddingSpace;
  readonly #database: SqliteDatabase;
  readonly #db: Kysely<Tables>;
  readonly #lock: WriterLock;

  private constructor(parts: {
    files: GalleryFiles;
    from: EmbeddingSpace;
    space: EmbeddingSpace;
    database: SqliteDatabase;
    lock: WriterLock;
  }) {
    this.#files = parts.files;
    this.#space = parts.space;
    this.#database = parts.database;
    this.#db = parts.database.db;
    this.#lock = parts.lock;
    this.isDone = isSameSpace(parts.from, parts.space);
  }

  /**
   * Starts to move a gallery to a space, or goes on. What was made for another space is dropped.
   *
   * @throws GalleryError `NO_GALLERY`, `LOCKED`, `NOT_A_DIRECTORY`, `UNSUPPORTED_VERSION`,
   *   `CORRUPT_DATABASE`, `STORAGE_FAILED`, `INVALID_ARGUMENT`
   */
  static async open(directory: string, space: EmbeddingSpace): Promise<Reembedding> {
    checkSpace(space);
    const files = new GalleryFiles(directory);
    await files.ensure();
    const lock = await files.lock();
    try {
      const { space: from } = await files.ensure();
      const database = await openGalleryDatabase(files.database, 'write');
      try {
        await database.db.transaction().execute((transaction) => start(transaction, from, space));
        return new Reembedding({ files, from, space, database, lock });
      } catch (error) {
        await database.close();
        throw error;
      }
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  /** How many faces there are, and how many have their new embedding. */
  async progress(): Promise<{ faces: number; done: number }> {
    const { faces, done } = await this.#db
      .selectFrom('gallery')
      .select(({ selectFrom }) => [
        'face_count as faces',
        selectFrom('reembedded_faces')
          .select(({ fn }) => fn.countAll<number>().as('n'))
          .$asScalar()
          .$notNull()
          .as('done'),
      ])
      .executeTakeFirstOrThrow();
    return { faces, done };
  }

  /** Photos of which something is left to do, as it is when they are asked for. */
  photos(): AsyncGenerator<PhotoToReembed, void, undefined> {
    return photosToReembed(this.#db, new PhotoFiles(this.#files.photos));
  }

  /**
   * Keeps new embeddings, in one transaction.
   *
   * @throws GalleryError `INVALID_EMBEDDING` | `INVALID_ARGUMENT` | `UNKNOWN_FACE`
   */
  async stage(faces: readonly ReembeddedFace[]): Promise<void> {
    for (const face of faces) {
      checkFace(face, { dimension: this.#space.dimension, what: `face ${face.id}` });
    }
    await this.#db.transaction().execute(async (transaction) => {
      for (const { id, box, landmarks, score, embedding } of faces) {
        const known = await transaction
          .selectFrom('faces')
          .select('id')
          .where('id', '=', id)
          .executeTakeFirst();
        if (known === undefined) {
          throw new GalleryError('UNKNOWN_FACE', `no face ${id} is in the gallery`);
        }
        const columns = {
          ...box,
          landmarks: toFloatBlob(landmarks.flat()),
          score,
          embedding: toFloatBlob(embedding),
        };
        await transaction
          .insertInto('reembedded_faces')
          .values({ face_id: id, ...columns })
          .onConflict((conflict) => conflict.column('face_id').doUpdateSet(columns))
          .execute();
      }
    });
  }

  /**
   * Moves the gallery, in one transaction; what readers have open must be opened again. Its own
   * calibration says nothing of the new model and gets another name.
   *
   * @param options.dropMissing removes the faces that have no new embedding, and photos that are left
   *   without a face; otherwise there must be none
   * @param options.recipeOf how photos made by a recipe are made by the new model
   * @throws GalleryError `INVALID_ARGUMENT` where faces are missing
   */
  async finish(options: {
    dropMissing: boolean;
    recipeOf: (recipe: string) => string;
  }): Promise<Removal> {
    const removal = await this.#db.transaction().execute((transaction) =>
      PhotoWriter.run(transaction, async (writer) => {
        const missing = await transaction
          .selectFrom('faces')
          .select('id')
          .where('id', 'not in', (query) => query.selectFrom('reembedded_faces').select('face_id'))
          .execute();
        if (missing.length > 0 && !options.dropMissing) {
          throw new GalleryError(
            'INVALID_ARGUMENT',
            `${missing.length} faces have no embedding of "${this.#space.id}" yet`,
          );
        }
        const removed = await writer.removeFaces(missing.map(({ id }) => id));
        await replaceFaces(transaction);
        await replaceRecipes(transaction, options.recipeOf);
        const { id, dimension } = this.#space;
        await transaction.updateTable('gallery').set({ space_id: id, dimension }).execute();
        await transaction.deleteFrom('reembedded_faces').execute();
        await transaction.deleteFrom('reembedding').execute();
        // Before the gallery has moved: a process that is killed must not leave it another model's index.
        await new FaissIndexHome({ path: this.#files.index, dimension }).discard();
        return removed;
      }),
    );
    await setCalibrationAside(this.#files.directory, this.#space);
    // Shorter embeddings leave their pages half empty. On a full disk they have to stay so.
    await sql`vacuum`.execute(this.#db).catch(() => undefined);
    await reclaim(this.#database, { waitMs: RECLAIM_MS });
    return removal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database.close();
    this.#lock[Symbol.dispose]();
  }
}

async function start(
  transaction: Transaction<Tables>,
  from: EmbeddingSpace,
  { id, dimension }: EmbeddingSpace,
): Promise<void> {
  const row = await transaction.selectFrom('reembedding').selectAll().executeTakeFirst();
  const isStarted =
    row !== undefined && isSameSpace({ ...row, id: row.space_id }, { id, dimension });
  if (!isStarted) {
    await transaction.deleteFrom('reembedded_faces').execute();
    await transaction.deleteFrom('reembedding').execute();
    if (!isSameSpace(from, { id, dimension })) {
      await transaction.insertInto('reembedding').values({ space_id: id, dimension }).execute();
    }
  }
}

async function replaceFaces(transaction: Transaction<Tables>): Promise<void> {
  await transaction
    .updateTable('faces')
    .from('reembedded_faces as made')
    .set(({ ref }) => ({
      x: ref('made.x'),
      y: ref('made.y'),
      width: ref('made.width'),
      height: ref('made.height'),
      landmarks: ref('made.landmarks'),
      score: ref('made.score'),
      embedding: ref('made.embedding'),
    }))
    .whereRef('made.face_id', '=', 'faces.id')
    .execute();
}

/** Of photos with faces: the others are looked at again by whoever indexes them with the new model. */
async function replaceRecipes(
  transaction: Transaction<Tables>,
  recipeOf: (recipe: string) => string,
): Promise<void> {
  const enrolled = transaction.selectFrom('photos').select('id').where('outcome', '=', 'enrolled');
  for (const [table, photo] of [
    ['photos', 'id'],
    ['photo_paths', 'photo_id'],
  ] as const) {
    const recipes = await transaction.selectFrom(table).select('recipe').distinct().execute();
    for (const { recipe } of recipes) {
      await transaction
        .updateTable(table)
        .set({ recipe: recipeOf(recipe) })
        .where('recipe', '=', recipe)
        .where(photo as 'id', 'in', enrolled)
        .execute();
    }
  }
}
