import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type Gallery,
  nameProblem,
  normalName,
  type PathState,
  type PhotoInput,
} from '@facedex/gallery';
import { type AnalysedPhoto, type Pipeline, PipelineError } from '@facedex/pipeline';
import { FacedexError } from './facedex-error.js';
import {
  DEFAULT_MIN_QUALITY,
  type EnrolRules,
  FACE_RULES,
  type FaceRule,
  findOf,
  judgePhoto,
  recipeOf,
} from './judge-photo.js';
import { listPhotos, type PhotoFile } from './list-photos.js';

/** How to index a folder. */
export interface IndexOptions {
  /** Default `largest`. Photos at the top of the folder are nobody's: all their faces are taken. */
  readonly faces?: FaceRule;
  /**
   * The lowest quality of a face to enrol (see `FaceQuality`), 0…1; default
   * {@link DEFAULT_MIN_QUALITY}. Faces below are left out: a photo with none left counts as one
   * without a face.
   */
  readonly minQuality?: number;
  /** Also look at photos turned by quarters, where they show no upright face; default false. */
  readonly anyOrientation?: boolean;
  /** Sub-folders name nobody, as in an album: all faces are taken, for clustering; default false. */
  readonly unnamed?: boolean;
  /** Remove photos from the gallery that are no longer in the folder; default false. */
  readonly prune?: boolean;
  readonly onProgress?: (progress: IndexProgress) => void;
}

/** Told after every photo. */
export interface IndexProgress {
  /** Photos done, of how many, counting those that were in already. */
  readonly done: number;
  readonly total: number;
  /** Whose photo was done last, and how many people of the folder come before and in all. */
  readonly person: string | null;
  readonly peopleDone: number;
  readonly people: number;
}

/** A photo that was not enrolled, and why. */
export interface SkippedPhoto {
  readonly path: string;
  readonly reason: string;
}

/** What indexing a folder did. `photos = added + unchanged + skipped.length`. */
export interface IndexSummary {
  /** Photo files in the folder. */
  readonly photos: number;
  /** Faces and named people in the gallery after the run. */
  readonly faces: number;
  readonly people: number;
  /** Photos enrolled by this run, new or changed. */
  readonly added: number;
  /** Photos that were in already. */
  readonly unchanged: number;
  readonly skipped: readonly SkippedPhoto[];
  /** Photos that were removed because their file is gone (with `prune`). */
  readonly pruned: number;
  /** Photos of the gallery whose file is gone from the folder, kept (without `prune`). */
  readonly missing: number;
  /** Enrolled photos that show more faces than the one that was taken. */
  readonly severalFaces: readonly SkippedPhoto[];
  readonly seconds: number;
  readonly photosPerSecond: number;
}

/** A larger file is no photo that anyone enrols, and would be read into memory whole. */
const MAX_PHOTO_BYTES = 256 * 2 ** 20;

/** Photos that are written in one transaction: a kill loses at most the work on these. */
const PHOTOS_PER_TRANSACTION = 32;

/**
 * Brings a gallery up to date with a folder that has one sub-folder per person. Known photos are
 * passed over, so that a run that was killed goes on where it stopped; what can't be enrolled is
 * reported and never ends the run.
 *
 * @throws {FacedexError} `FOLDER_NOT_FOUND`, `NO_PHOTOS`; `INVALID_ARGUMENT` where `faces` or
 * `minQuality` is none that there is: the photos in the gallery would be judged by it anew
 */
export async function indexFolder(
  folder: string,
  engine: { readonly gallery: Gallery; readonly pipeline: Pipeline },
  options: IndexOptions = {},
): Promise<IndexSummary> {
  checkOptions(options);
  const started = performance.now();
  const found = await listPhotos(folder);
  const files = found.map((file) => ({
    ...file,
    person: options.unnamed ? null : inNormalForm(file.person),
  }));
  if (files.length === 0) {
    throw new FacedexError(
      'NO_PHOTOS',
      `${folder} has no photos: expected one sub-folder per person with .jpg, .png, .webp, … in it`,
    );
  }
  const run = new IndexRun(files, engine, options);
  await run.execute(folder);
  const { faces, people } = await engine.gallery.stats();
  const seconds = (performance.now() - started) / 1000;
  return {
    photos: files.length,
    faces,
    people,
    ...run.tally(),
    seconds,
    photosPerSecond: files.length / seconds,
  };
}

function checkOptions({ faces = 'largest', minQuality = 0 }: IndexOptions): void {
  const rules: readonly string[] = FACE_RULES;
  if (!rules.includes(faces)) {
    const expected = `expected faces to be one of ${FACE_RULES.join(', ')} but received ${faces}`;
    throw new FacedexError('INVALID_ARGUMENT', expected);
  }
  if (!(minQuality >= 0 && minQuality <= 1)) {
    const expected = `expected minQuality to be from 0 to 1 but received ${minQuality}`;
    throw new FacedexError('INVALID_ARGUMENT', expected);
  }
}

/** A photo that has to be analysed. */
interface NewPhoto {
  readonly file: PhotoFile;
  readonly content: Uint8Array;
  readonly contentHash: string;
}

class IndexRun {
  readonly #files: readonly PhotoFile[];
  readonly #gallery: Gallery;
  readonly #pipeline: Pipeline;
  readonly #rule: FaceRule;
  readonly #minQuality: number;
  readonly #anyOrientation: boolean;
  readonly #prune: boolean;
  readonly #onProgress: (progress: IndexProgress) => void;
  readonly #people: ReadonlyMap<string | null, number>;
  readonly #skipped: SkippedPhoto[] = [];
  readonly #severalFaces: SkippedPhoto[] = [];
  #added = 0;
  #unchanged = 0;
  #pruned = 0;
  #missing = 0;
  #done = 0;

  constructor(
    files: readonly PhotoFile[],
    engine: { readonly gallery: Gallery; readonly pipeline: Pipeline },
    options: IndexOptions,
  ) {
    this.#files = files;
    this.#gallery = engine.gallery;
    this.#pipeline = engine.pipeline;
    this.#rule = options.faces ?? 'largest';
    this.#minQuality = options.minQuality ?? DEFAULT_MIN_QUALITY;
    this.#anyOrientation = options.anyOrientation ?? false;
    this.#prune = options.prune ?? false;
    this.#onProgress = options.onProgress ?? (() => {});
    const names = new Set(files.map(({ person }) => person));
    this.#people = new Map([...names].map((name, i) => [name, i]));
  }

  async execute(folder: string): Promise<void> {
    const known = await this.#gallery.pathsUnder(folder);
    const present = new Set(this.#files.map(({ path }) => path));
    const gone = [...known.keys()].filter((path) => !present.has(path));
    if (this.#prune) {
      if (gone.length > 0) await this.#gallery.removePhotos(gone);
      this.#pruned = gone.length;
    } else {
      this.#missing = gone.length;
    }

    // The subject of a portrait is found faster than all faces; the other two rules need them all.
    for (const find of ['all', 'subject'] as const) {
      const files = this.#files.filter((file) => findOf(this.#rulesOf(file)) === find);
      let batch: PhotoInput[] = [];
      const analysed = this.#pipeline.analyseAll(this.#newPhotos(files, known), {
        find,
        anyOrientation: this.#anyOrientation,
        sourceOf: ({ content }) => content,
      });
      for await (const { item, result } of analysed) {
        const photo = this.#toInput(item, result);
        if (photo !== undefined) batch.push(photo);
        if (batch.length === PHOTOS_PER_TRANSACTION) {
          await this.#enrol(batch);
          batch = [];
        }
      }
      await this.#enrol(batch);
    }
    await this.#gallery.flush();
  }

  tally() {
    const byPath = (a: SkippedPhoto, b: SkippedPhoto) => (a.path < b.path ? -1 : 1);
    return {
      added: this.#added,
      unchanged: this.#unchanged,
      skipped: this.#skipped.sort(byPath),
      severalFaces: this.#severalFaces.sort(byPath),
      pruned: this.#pruned,
      missing: this.#missing,
    };
  }

  #rulesOf({ person }: PhotoFile): EnrolRules {
    return {
      person,
      rule: this.#rule,
      minQuality: this.#minQuality,
      anyOrientation: this.#anyOrientation,
    };
  }

  async *#newPhotos(
    files: readonly PhotoFile[],
    known: ReadonlyMap<string, PathState>,
  ): AsyncGenerator<NewPhoto> {
    for (const file of files) {
      const nameless = file.person === null ? undefined : nameProblem(file.person);
      if (nameless !== undefined) {
        this.#skip(file, `the name of its folder ${nameless}: rename the folder`);
        continue;
      }
      const recipe = recipeOf(this.#pipeline, this.#rulesOf(file));
      const state = known.get(file.path);
      if (
        state !== undefined &&
        state.bytes === file.bytes &&
        state.modifiedMs === file.modifiedMs &&
        state.person === file.person &&
        state.recipe === recipe
      ) {
        this.#passOver(state);
        continue;
      }
      if (file.bytes > MAX_PHOTO_BYTES) {
        this.#skip(file, `larger than ${MAX_PHOTO_BYTES / 2 ** 20} MB: scale it down`);
        continue;
      }
      const content = await readFile(file.path).catch((error: unknown) => {
        this.#skip(file, `can't be read: ${error instanceof Error ? error.message : error}`);
      });
      if (content === undefined) continue;
      const contentHash = createHash('sha256').update(content).digest('hex');
      const link = await this.#gallery.link({ ...file, contentHash, recipe });
      if (link === 'unknown') yield { file, content, contentHash };
      else if (link === 'linked') {
        this.#passOver((await this.#gallery.pathsUnder(file.path)).get(file.path)!);
      } else this.#skip(file, conflictReason(link.conflictWith));
    }
  }

  /** A photo that is in as it is, also where it is known to have no face. */
  #passOver(state: PathState): void {
    if (state.outcome === 'enrolled') this.#keep(state);
    else this.#skip(state, state.reason ?? state.outcome);
  }

  #toInput({ file, contentHash }: NewPhoto, result: AnalysedPhoto | PipelineError) {
    if (result instanceof PipelineError && result.code === 'INFERENCE_FAILED') {
      // Not the photo's fault: it isn't remembered as unreadable, so the next run tries it again.
      this.#skip(file, result.message);
      return undefined;
    }
    return {
      ...file,
      contentHash,
      recipe: recipeOf(this.#pipeline, this.#rulesOf(file)),
      ...judgePhoto(result, this.#rulesOf(file)),
    } satisfies PhotoInput;
  }

  async #enrol(photos: readonly PhotoInput[]): Promise<void> {
    if (photos.length === 0) return;
    const outcomes = await this.#gallery.enrol(photos);
    for (const [i, photo] of photos.entries()) {
      const outcome = outcomes[i]!;
      if (typeof outcome === 'object') this.#skip(photo, conflictReason(outcome.conflictWith));
      else if (photo.outcome !== 'enrolled') this.#skip(photo, photo.reason ?? photo.outcome);
      else if (outcome === 'unchanged' || outcome === 'linked') this.#keep(photo);
      else this.#add(photo);
    }
  }

  #add(photo: PhotoInput): void {
    this.#added++;
    this.#enrolled(photo);
  }

  #keep(photo: { path: string; person: string | null; reason: string | null }): void {
    this.#unchanged++;
    this.#enrolled(photo);
  }

  #enrolled(photo: { path: string; person: string | null; reason: string | null }): void {
    if (photo.reason) this.#severalFaces.push({ path: photo.path, reason: photo.reason });
    this.#advance(photo.person);
  }

  #skip(photo: { readonly path: string; readonly person: string | null }, reason: string): void {
    this.#skipped.push({ path: photo.path, reason });
    this.#advance(photo.person);
  }

  #advance(person: string | null): void {
    this.#done++;
    this.#onProgress({
      done: this.#done,
      total: this.#files.length,
      person,
      peopleDone: this.#people.get(person)!,
      people: this.#people.size,
    });
  }
}

/** As the gallery knows the name; what can't be a name stays as it is, to be reported. */
function inNormalForm(person: string | null): string | null {
  return person === null || nameProblem(person) !== undefined ? person : normalName(person);
}

function conflictReason(other: { readonly path: string; readonly person: string | null }): string {
  return `the same picture is already enrolled as ${other.person ?? 'nobody'}: ${other.path}`;
}
