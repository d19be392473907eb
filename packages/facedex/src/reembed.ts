import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Gallery, type PhotoToReembed, type ReembeddedFace, Reembedding } from '@facedex/gallery';
import {
  type AnalysedPhoto,
  type EmbedderChoice,
  type LookOptions,
  Pipeline,
  PipelineError,
} from '@facedex/pipeline';
import { DEFAULT_GALLERY, spaceOf } from './facedex.js';
import { FacedexError } from './facedex-error.js';
import { matchFaces } from './match-faces.js';

/** Which gallery to move to which model. */
export interface ReembedOptions extends EmbedderChoice {
  /** Default `facedex-data`. */
  readonly gallery?: string;
  /** Remove faces that can't be embedded anew, since their photo is gone; default false. */
  readonly dropMissing?: boolean;
  /** Worker threads; default one per core. */
  readonly workers?: number;
  readonly cacheDirectory?: string;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Faces of a photo that could not be embedded anew. */
export interface MissingFaces {
  /** The first path of their photo. */
  readonly path: string;
  readonly faces: number;
  readonly reason: string;
}

/** What a run did. */
export interface ReembedSummary {
  /** Whether the gallery is of the new model now. */
  readonly moved: boolean;
  readonly from: string;
  readonly to: string;
  /** Faces that have an embedding of the new model. */
  readonly faces: number;
  /** Faces that this run embedded; the others are of a run before. */
  readonly embedded: number;
  readonly missing: readonly MissingFaces[];
  /** What was removed (with `dropMissing`). */
  readonly dropped: { readonly faces: number; readonly photos: number };
  readonly seconds: number;
}

/** Faces that are kept in one transaction: a kill loses at most the work on these photos. */
const PHOTOS_PER_TRANSACTION = 32;

/**
 * Moves a whole gallery to another model, from the photo files. A face keeps its id, and with it its
 * person, cluster and corrections: it is the face that the new model finds in the same place. Until all
 * faces are there the gallery is of the old model, for readers as well; writers wait. A run that was
 * killed goes on where it stopped.
 *
 * Where photos are gone or changed, nothing is moved unless `dropMissing` gives their faces up.
 *
 * @throws {FacedexError} `INVALID_ARGUMENT` without a model
 * @throws {PipelineError} as `Pipeline.open`
 * @throws {GalleryError} `NO_GALLERY`, `LOCKED`, `CORRUPT_DATABASE`, `STORAGE_FAILED`
 */
export async function reembedGallery(options: ReembedOptions): Promise<ReembedSummary> {
  const { gallery = DEFAULT_GALLERY, model, preset, dropMissing = false } = options;
  if (model === undefined && preset === undefined) {
    throw new FacedexError('INVALID_ARGUMENT', 'expected the model to move to (model or preset)');
  }
  const started = performance.now();
  const directory = resolve(gallery);
  const from = (await Gallery.spaceOf(directory))?.id ?? '';
  await using pipeline = await Pipeline.open(options);
  const to = spaceOf(pipeline.model);
  const run = await reembed(directory, { pipeline, dropMissing, onProgress: options.onProgress });
  if (run.moved) {
    // Builds the index, which readers don't keep.
    await using _ = await Gallery.open(directory, { space: to, mode: 'write' });
  }
  return { from, to: to.id, ...run, seconds: (performance.now() - started) / 1000 };
}

interface Engine {
  readonly pipeline: Pipeline;
  readonly dropMissing: boolean;
  readonly onProgress: ReembedOptions['onProgress'];
}

async function reembed(
  directory: string,
  { pipeline, dropMissing, onProgress }: Engine,
): Promise<Omit<ReembedSummary, 'from' | 'to' | 'seconds'>> {
  await using reembedding = await Reembedding.open(directory, spaceOf(pipeline.model));
  const before = await reembedding.progress();
  const none = { faces: 0, photos: 0 };
  if (reembedding.isDone) {
    return { moved: true, faces: before.faces, embedded: 0, missing: [], dropped: none };
  }
  const run = new ReembedRun(reembedding, pipeline, (done) =>
    onProgress?.(before.done + done, before.faces),
  );
  for (const look of LOOKS) {
    await run.embed(look);
  }
  const { faces, done } = await reembedding.progress();
  const moved = done === faces || dropMissing;
  const dropped = moved
    ? await reembedding.finish({
        dropMissing,
        // The settings stay; who makes faces by them is another.
        recipeOf: (recipe) => recipe.replace(PIPELINE_IN_RECIPE, pipeline.recipe),
      })
    : none;
  return { moved, faces: done, embedded: done - before.done, missing: run.missing, dropped };
}

const PIPELINE_IN_RECIPE = /^.*?@\d+/;

/** A photo that is looked at again, with its content. */
interface OldPhoto {
  readonly photo: PhotoToReembed;
  readonly content: Uint8Array;
}

/** Ways in which the faces of a photo may have been looked for, by its recipe. */
const LOOKS: readonly Required<Pick<LookOptions, 'find' | 'anyOrientation'>>[] = [
  { find: 'subject', anyOrientation: false },
  { find: 'subject', anyOrientation: true },
  { find: 'all', anyOrientation: false },
  { find: 'all', anyOrientation: true },
];
type Look = (typeof LOOKS)[number];

class ReembedRun {
  readonly missing: MissingFaces[] = [];
  readonly #reembedding: Reembedding;
  readonly #pipeline: Pipeline;
  readonly #onFaces: (done: number) => void;
  #done = 0;

  constructor(reembedding: Reembedding, pipeline: Pipeline, onFaces: (done: number) => void) {
    this.#reembedding = reembedding;
    this.#pipeline = pipeline;
    this.#onFaces = onFaces;
  }

  /** Embeds the faces that are left of photos whose faces were looked for in this way. */
  async embed(look: Look): Promise<void> {
    let batch: ReembeddedFace[] = [];
    let photos = 0;
    const stage = async () => {
      await this.#reembedding.stage(batch);
      this.#done += batch.length;
      this.#onFaces(this.#done);
      [batch, photos] = [[], 0];
    };
    const analysed = this.#pipeline.analyseAll(this.#photos(look), {
      ...look,
      sourceOf: ({ content }) => content,
    });
    for await (const { item, result } of analysed) {
      batch.push(...(await this.#recognise(item, result, look)));
      photos += 1;
      if (photos === PHOTOS_PER_TRANSACTION) await stage();
    }
    await stage();
  }

  async *#photos(look: Look): AsyncGenerator<OldPhoto> {
    for await (const photo of this.#reembedding.photos()) {
      if (!isLook(look, photo.recipe)) continue;
      const content = await this.#read(photo);
      if (content !== undefined) yield { photo, content };
    }
  }

  /** The content of the first file that still is the photo. */
  async #read({ paths, contentHash, faces }: PhotoToReembed): Promise<Uint8Array | undefined> {
    let reason = 'the file is gone';
    for (const path of paths) {
      const content = await readFile(path).catch(() => undefined);
      if (content === undefined) continue;
      if (createHash('sha256').update(content).digest('hex') === contentHash) return content;
      reason = contentHash.startsWith('import:')
        ? 'its embeddings were imported, without the photo: index it'
        : 'the file has changed: index its folder first';
    }
    this.#miss(paths, faces.length, reason);
    return undefined;
  }

  async #recognise(
    { photo, content }: OldPhoto,
    result: AnalysedPhoto | PipelineError,
    look: Look,
  ): Promise<ReembeddedFace[]> {
    const known = photo.faces;
    let found = match(known, result);
    if (found.length < known.length && look.find === 'subject') {
      // To this model somebody else may be the subject.
      const all = await this.#pipeline
        .analyse(content, { ...look, find: 'all' })
        .catch((error: unknown) => {
          if (error instanceof PipelineError) return error;
          throw error;
        });
      found = match(known, all);
    }
    const lost = known.length - found.length;
    if (lost > 0) {
      const reason =
        result instanceof PipelineError ? result.message : 'no face is found where it was';
      this.#miss(photo.paths, lost, reason);
    }
    return found;
  }

  #miss(paths: readonly string[], faces: number, reason: string): void {
    this.missing.push({ path: paths[0] ?? '', faces, reason });
  }
}

function match(
  known: PhotoToReembed['faces'],
  result: AnalysedPhoto | PipelineError,
): ReembeddedFace[] {
  if (result instanceof PipelineError) return [];
  const boxes = result.faces.map(({ box }) => box);
  const matches = matchFaces(
    known.map(({ box }) => box),
    boxes,
  );
  return known.flatMap(({ id }, i) => {
    const face = result.faces[matches[i] ?? -1];
    return face === undefined ? [] : [{ ...face, id }];
  });
}

/** See the recipes of `indexFolder`. */
function isLook({ find, anyOrientation }: Look, recipe: string): boolean {
  return (
    (find === 'subject') === recipe.includes('+largest+') &&
    anyOrientation === recipe.endsWith('+any-orientation')
  );
}
