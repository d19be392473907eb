import { resolve } from 'node:path';
import {
  distanceOfSimilarity,
  type EmbeddingSpace,
  type FalseMatchRate,
  Gallery,
  type GalleryStats,
  type Identification,
  type Match,
  type Person,
  type PersonMatch,
  type Removal,
  type SearchFilter,
  type Templates,
} from '@facedex/gallery';
import {
  type AnalysedPhoto,
  type Embedder,
  type EmbedderChoice,
  type Face,
  type LookOptions,
  type PhotoSource,
  Pipeline,
} from '@facedex/pipeline';
import { ActiveCalibration } from './calibration.js';
import { EmbeddingQueries } from './embedding-queries.js';
import { FacedexError } from './facedex-error.js';
import { type IndexOptions, type IndexSummary, indexFolder } from './index-folder.js';
import { similarityOf } from './likeness.js';
import type { PictureFormat } from './picture/picture-format.js';
import { renderComparison } from './picture/render-comparison.js';

/** How to open a {@link Facedex}. */
export interface FacedexOptions extends EmbedderChoice {
  /** Folder of the gallery, which brings its embedder along; default `facedex-data`. */
  readonly gallery?: string;
  /** Opens an existing gallery for reading only, also while another process writes; default false. */
  readonly readOnly?: boolean;
  /** Whether {@link Facedex.identify} also judges if the face is live; weak evidence; default false. */
  readonly liveness?: boolean;
  /** Worker threads; default one per core. */
  readonly workers?: number;
  /**
   * A pipeline to share, which stays open when this closes: its model is used, and `model`, `preset`,
   * `liveness`, `workers` and `cacheDirectory` count for nothing. Default: one of its own.
   */
  readonly pipeline?: Pipeline;
  /** Folder of the models; default `$FACEDEX_CACHE` or the system's cache folder. */
  readonly cacheDirectory?: string;
  /** Which index answers searches: `auto`, `compact` or a FAISS factory; see `GalleryOptions`. */
  readonly index?: string;
  /** What the index may take of memory; default half of what is free. */
  readonly indexMemoryBytes?: number;
  /** A calibration to decide by; default the gallery's own, else the one that ships for the model. */
  readonly calibration?: string;
  /** Told what a user should know and isn't an error, such as that the index was rebuilt. */
  readonly onNotice?: (message: string) => void;
}

/** How to search. */
export interface SearchPhotoOptions {
  /** How many faces to return, 1…10000; default 5. */
  readonly k?: number;
  /** Distance up to which a match counts as known; default as in {@link IdentifyPhotoOptions}. */
  readonly threshold?: number | undefined;
  /** Also look at the photo turned by quarters, where it shows no upright face; default false. */
  readonly anyOrientation?: boolean;
  /** Only among these faces; default all. */
  readonly filter?: SearchFilter | undefined;
}

/** How to search for people. */
export interface SearchPeopleOptions extends SearchPhotoOptions {
  /** A person's distance is the mean of so many of their nearest faces, 1…100; default 1. */
  readonly topFaces?: number;
}

/** How to identify. */
export interface IdentifyPhotoOptions {
  /** Distance up to which a probe is taken for a person; default from `falsePositiveRate`. */
  readonly threshold?: number | undefined;
  /**
   * How often a stranger may be taken for somebody, above 0 and below 1; default 0.01. The threshold
   * that keeps it gets stricter as the gallery grows.
   */
  readonly falsePositiveRate?: number;
  /** By how much the runner-up must be farther, 0…2; see the gallery's `IdentifyOptions`. */
  readonly margin?: number;
  /** What stands for a person; see the gallery's `Templates`. */
  readonly templates?: Templates;
  /** Also look at the photo turned by quarters, where it shows no upright face; default false. */
  readonly anyOrientation?: boolean;
}

/** A face of the gallery that is near the query. */
export interface RatedMatch extends Match {
  /** How often a face of somebody else is at least so near. */
  readonly falseMatchRate: FalseMatchRate | null;
}

/** Who a photo shows, and how sure that is. */
export interface PhotoIdentification extends Identification {
  /** How often a face of somebody else is at least as near as the best person's. */
  readonly falseMatchRate: FalseMatchRate | null;
  /** Faces that the probe was compared with; see the gallery's `countComparisons`. */
  readonly comparisons: number;
  /** How often a stranger is expected to be taken for somebody at this threshold. */
  readonly falsePositiveRate: number | null;
  /** Where the rates are known from. */
  readonly calibration: string;
  /** Whether the face is live, 0…1: weak evidence; null where it wasn't judged. */
  readonly liveness: number | null;
  readonly model: string;
}

/** The face of a query photo that was looked for. */
export interface Probe {
  readonly box: Face['box'];
  /** How many faces the photo shows; the largest and most central one was taken. */
  readonly facesSeen: number;
}

/** What every search of a photo tells. */
export interface PhotoSearch {
  /** Time of the search itself, in milliseconds. */
  readonly searchMs: number;
  /** Time to find and embed the face of the query photo, in milliseconds. */
  readonly analyseMs: number;
  readonly probe: Probe;
  readonly threshold: number;
  readonly model: string;
}

/** The nearest faces of the gallery. */
export interface SearchResult extends PhotoSearch {
  /** Nearest first. */
  readonly matches: readonly RatedMatch[];
}

/** The nearest people of the gallery. */
export interface PeopleSearchResult extends PhotoSearch {
  /** Nearest first. */
  readonly people: readonly PersonMatch[];
}

/** Whether two photos show the same person. */
export interface Verification {
  readonly same: boolean;
  /** Between the unit-length embeddings, 0…2. */
  readonly distance: number;
  /** Cosine, -1…1. */
  readonly similarity: number;
  /** How often two different people are at least so near. */
  readonly falseMatchRate: FalseMatchRate | null;
  /** The distance up to which two faces are taken for the same person. */
  readonly threshold: number;
  readonly model: string;
}

export const DEFAULT_GALLERY = 'facedex-data';

/**
 * A gallery of faces and the pipeline that fills and asks it.
 *
 * @example
 * await using facedex = await Facedex.open({ gallery: 'facedex-data' });
 * await facedex.index('datasets/');
 * const { matches } = await facedex.search('who.jpg', { k: 5 });
 */
export class Facedex implements AsyncDisposable {
  readonly pipeline: Pipeline;
  readonly gallery: Gallery;
  /** The same questions, by embedding. */
  readonly byEmbedding: EmbeddingQueries;
  readonly #options: FacedexOptions;

  private constructor(pipeline: Pipeline, gallery: Gallery, options: FacedexOptions) {
    this.pipeline = pipeline;
    this.gallery = gallery;
    this.byEmbedding = new EmbeddingQueries({
      gallery,
      model: pipeline.model,
      calibration: options.calibration,
      onNotice: options.onNotice,
    });
    this.#options = options;
  }

  /**
   * @throws {PipelineError} `UNKNOWN_MODEL`, `MODEL_MISSING`, `MODEL_CORRUPT`
   * @throws {GalleryError} `NO_GALLERY` (read only), `WRONG_SPACE`, `LOCKED`, `CORRUPT_DATABASE`
   */
  static async open(options: FacedexOptions = {}): Promise<Facedex> {
    const { gallery: directory = DEFAULT_GALLERY, readOnly = false, onNotice, ...others } = options;
    const { index, indexMemoryBytes, ...rest } = others;
    const pipeline =
      options.pipeline ??
      (await Pipeline.open({ ...rest, ...(await embedderFor(directory, rest)) }));
    try {
      const gallery = await Gallery.open(resolve(directory), {
        space: spaceOf(pipeline.model),
        mode: readOnly ? 'read' : 'write',
        ...(onNotice ? { onNotice } : {}),
        ...(index !== undefined && { index }),
        ...(indexMemoryBytes !== undefined && { indexMemoryBytes }),
      });
      return new Facedex(pipeline, gallery, options);
    } catch (error) {
      if (pipeline !== options.pipeline) await pipeline[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Brings the gallery up to date with a folder of people; see {@link indexFolder}. */
  index(folder: string, options?: IndexOptions): Promise<IndexSummary> {
    return indexFolder(folder, this, options);
  }

  /**
   * The faces of the gallery that are most like the face in a photo.
   *
   * @throws {FacedexError} `NO_FACE`
   * @throws {PipelineError} where the photo can't be read
   * @throws {GalleryError} `INVALID_ARGUMENT` where k is out of range
   */
  async search(photo: PhotoSource, options: SearchPhotoOptions = {}): Promise<SearchResult> {
    return this.#ask(photo, options, (embedding) => this.byEmbedding.search(embedding, options));
  }

  /**
   * The people of the gallery who are most like the face in a photo; `k` counts people.
   *
   * @throws {FacedexError} `NO_FACE`
   * @throws {PipelineError} where the photo can't be read
   * @throws {GalleryError} `INVALID_ARGUMENT` where k or topFaces is out of range
   */
  async searchPeople(
    photo: PhotoSource,
    options: SearchPeopleOptions = {},
  ): Promise<PeopleSearchResult> {
    return this.#ask(photo, options, (embedding) =>
      this.byEmbedding.searchPeople(embedding, options),
    );
  }

  /**
   * Who a photo shows: a known person, nobody known, or one of two who are too alike (1:N, open set).
   *
   * @throws {FacedexError} `NO_FACE`
   * @throws {PipelineError} where the photo can't be read
   */
  async identify(
    photo: PhotoSource,
    options: IdentifyPhotoOptions = {},
  ): Promise<PhotoIdentification> {
    const { face } = await subjectOf(this.pipeline, photo, options);
    const answer = await this.byEmbedding.identify(face.embedding, options);
    return { ...answer, liveness: face.liveness };
  }

  /** Whether two photos show the same person; see {@link verify}. */
  verify(a: PhotoSource, b: PhotoSource, options?: VerifyOptions): Promise<Verification> {
    const { calibration } = this.#options;
    return verify(this.pipeline, [a, b], { ...(calibration ? { calibration } : {}), ...options });
  }

  /** Every face of a photo: box, landmarks, score, quality. */
  detect(photo: PhotoSource, options: Omit<LookOptions, 'find'> = {}): Promise<AnalysedPhoto> {
    return this.pipeline.analyse(photo, { ...options, embed: false });
  }

  /** The comparison picture: the query photo first, then each match. */
  compare(photo: PhotoSource, result: SearchResult, format: PictureFormat): Promise<Uint8Array> {
    return renderComparison({ ...result, probe: { photo, box: result.probe.box } }, format);
  }

  people(): Promise<Person[]> {
    return this.gallery.people();
  }

  stats(): Promise<GalleryStats> {
    return this.gallery.stats();
  }

  /** Deletes a person with all photos, faces and vectors. */
  removePerson(name: string): Promise<Removal> {
    return this.gallery.removePerson(name);
  }

  /** Deletes a photo with its faces and vectors; the file itself stays. */
  removePhoto(path: string): Promise<Removal> {
    return this.gallery.removePhoto(resolve(path));
  }

  async #ask<T extends { readonly searchMs: number; readonly threshold: number }>(
    photo: PhotoSource,
    options: SearchPhotoOptions,
    ask: (embedding: Float32Array) => Promise<T>,
  ): Promise<PhotoSearch & T> {
    const started = performance.now();
    const { face, facesSeen } = await subjectOf(this.pipeline, photo, options);
    const analyseMs = performance.now() - started;
    const answer = await ask(face.embedding);
    const { model } = this.pipeline;
    return { ...answer, analyseMs, probe: { box: face.box, facesSeen }, model: model.id };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gallery[Symbol.asyncDispose]();
    if (this.pipeline !== this.#options.pipeline) await this.pipeline[Symbol.asyncDispose]();
  }
}

/** The embedder that is asked for, else that of the gallery, else the default. */
export async function embedderFor(
  directory: string,
  choice: EmbedderChoice,
): Promise<EmbedderChoice> {
  if (choice.model !== undefined || choice.preset !== undefined) return choice;
  // An embedding space has the id of its embedder.
  const space = await Gallery.spaceOf(directory);
  return space === undefined ? {} : { model: space.id };
}

/** The space that a model's embeddings live in: those of another model can't be compared. */
export function spaceOf(model: Embedder): EmbeddingSpace {
  return { id: model.space, dimension: model.dimension };
}

/** How to verify. */
export interface VerifyOptions {
  /** Distance up to which the faces count as the same person, 0…2; default: false match rate 1e-3. */
  readonly threshold?: number;
  /** Also look at a photo turned by quarters, where it shows no upright face; default false. */
  readonly anyOrientation?: boolean;
  /** A calibration to decide by; default the one that ships for the model. */
  readonly calibration?: string;
}

/**
 * Whether two photos show the same person (1:1). Needs no gallery.
 *
 * @throws {FacedexError} `NO_FACE`; `INVALID_ARGUMENT` where the threshold is out of range
 * @throws {PipelineError} where a photo can't be read
 */
export async function verify(
  pipeline: Pipeline,
  photos: readonly [PhotoSource, PhotoSource],
  options: VerifyOptions = {},
): Promise<Verification> {
  const given = options.threshold;
  if (given !== undefined && !(given >= 0 && given <= 2)) {
    const expected = `expected threshold to be a distance from 0 to 2 but received ${given}`;
    throw new FacedexError('INVALID_ARGUMENT', expected);
  }
  const [a, b] = await Promise.all(photos.map((photo) => subjectOf(pipeline, photo, options)));
  const calibration = await ActiveCalibration.load(pipeline.model, { file: options.calibration });
  const threshold = given ?? calibration.verificationThreshold();
  const similarity = similarityOf(a!.face.embedding, b!.face.embedding);
  const distance = distanceOfSimilarity(similarity);
  return {
    same: distance <= threshold,
    distance,
    similarity,
    falseMatchRate: calibration.falseMatchRate(distance),
    threshold,
    model: pipeline.model.id,
  };
}

async function subjectOf(
  pipeline: Pipeline,
  photo: PhotoSource,
  { anyOrientation = false }: { readonly anyOrientation?: boolean },
) {
  const { faces, facesSeen } = await pipeline.analyse(photo, { find: 'subject', anyOrientation });
  const [face] = faces;
  if (face === undefined) {
    const name = typeof photo === 'string' ? photo : 'the photo';
    throw new FacedexError(
      'NO_FACE',
      `no face found in ${name}: use a photo with a face of at least 20 pixels, not turned away`,
    );
  }
  return { face, facesSeen };
}
