import { statSync } from 'node:fs';
import { join } from 'node:path';
import {
  CALIBRATION_FILE,
  countComparisons,
  DEFAULT_TEMPLATES,
  type Gallery,
  type PersonMatch,
} from '@facedex/gallery';
import type { Embedder } from '@facedex/pipeline';
import { ActiveCalibration, DEFAULT_FALSE_POSITIVE_RATE } from './calibration.js';
import type {
  IdentifyPhotoOptions,
  PhotoIdentification,
  RatedMatch,
  SearchPeopleOptions,
  SearchPhotoOptions,
} from './facedex.js';
import { FacedexError } from './facedex-error.js';

export const DEFAULT_K = 5;

/** What an answer to an embedding tells besides. */
export interface EmbeddingAnswer {
  /** Time of the search itself, in milliseconds. */
  readonly searchMs: number;
  readonly threshold: number;
}

type WithoutLook<T> = Omit<T, 'anyOrientation'>;

/** Asks a gallery by embedding; thresholds and rates come from the active calibration. */
export class EmbeddingQueries {
  readonly #gallery: Gallery;
  readonly #model: Embedder;
  readonly #file: string | undefined;
  readonly #onNotice: (message: string) => void;
  #toldOfLimit = false;
  #loaded: { readonly state: string; readonly calibration: Promise<ActiveCalibration> } | undefined;

  constructor(parts: {
    readonly gallery: Gallery;
    readonly model: Embedder;
    /** A calibration to decide by; default the gallery's own, else the model's. */
    readonly calibration?: string | undefined;
    readonly onNotice?: ((message: string) => void) | undefined;
  }) {
    this.#gallery = parts.gallery;
    this.#model = parts.model;
    this.#file = parts.calibration;
    this.#onNotice = parts.onNotice ?? (() => {});
  }

  /** The nearest faces. */
  async search(
    embedding: Float32Array,
    options: WithoutLook<SearchPhotoOptions> = {},
  ): Promise<EmbeddingAnswer & { matches: RatedMatch[] }> {
    const calibration = await this.calibration();
    const { answer, ...rest } = await this.#timed(options, (asked) =>
      this.#gallery.search(embedding, asked),
    );
    const matches = answer.map((match) => ({
      ...match,
      falseMatchRate: calibration.falseMatchRate(match.distance),
    }));
    return { ...rest, matches };
  }

  /** The nearest people. */
  async searchPeople(
    embedding: Float32Array,
    options: WithoutLook<SearchPeopleOptions> = {},
  ): Promise<EmbeddingAnswer & { people: PersonMatch[] }> {
    const { answer: people, ...rest } = await this.#timed(options, (asked) =>
      this.#gallery.searchPeople(embedding, { ...asked, topFaces: options.topFaces }),
    );
    return { ...rest, people };
  }

  /** Who it is. */
  async identify(
    embedding: Float32Array,
    options: WithoutLook<IdentifyPhotoOptions> = {},
  ): Promise<Omit<PhotoIdentification, 'liveness'>> {
    const calibration = await this.calibration();
    const { distance: threshold, comparisons } = await this.threshold(options);
    const answer = await this.#gallery.identify(embedding, {
      threshold,
      ...(options.margin === undefined ? {} : { margin: options.margin }),
      ...(options.templates === undefined ? {} : { templates: options.templates }),
    });
    return {
      ...answer,
      falseMatchRate: answer.distance === null ? null : calibration.falseMatchRate(answer.distance),
      comparisons,
      falsePositiveRate: calibration.falsePositiveRate(threshold, comparisons),
      calibration: calibration.from,
      model: this.#model.id,
    };
  }

  /**
   * The threshold of the options, or else the one that the size of the gallery asks for.
   *
   * @throws {FacedexError} `INVALID_ARGUMENT`, `NO_THRESHOLD`
   */
  async threshold(
    options: Pick<IdentifyPhotoOptions, 'threshold' | 'templates' | 'falsePositiveRate'>,
  ): Promise<{ distance: number; comparisons: number }> {
    const { templates = DEFAULT_TEMPLATES } = options;
    if (options.threshold !== undefined && options.falsePositiveRate !== undefined) {
      throw new FacedexError(
        'INVALID_ARGUMENT',
        'a threshold and a false positive rate were given: either one decides, leave the other out',
      );
    }
    const { people, faces, unlabelledFaces } = await this.#gallery.counts();
    const comparisons = countComparisons(templates, { people, faces: faces - unlabelledFaces });
    if (options.threshold !== undefined) return { distance: options.threshold, comparisons };
    const calibration = await this.calibration();
    const { falsePositiveRate = DEFAULT_FALSE_POSITIVE_RATE } = options;
    const found = calibration.identificationThreshold({ falsePositiveRate, comparisons });
    if (!found.reached && !this.#toldOfLimit) {
      this.#toldOfLimit = true;
      this.#onNotice(
        `the calibration (${calibration.from}) can't tell false match rates low enough for ` +
          `${comparisons} comparisons: its strictest distance is used, at which ` +
          `${(found.falsePositiveRate * 100).toPrecision(2)} % of strangers are taken for somebody`,
      );
    }
    return { distance: found.distance, comparisons };
  }

  /** Read again only when the gallery's own has changed. */
  async calibration(): Promise<ActiveCalibration> {
    const own = join(this.#gallery.directory, CALIBRATION_FILE);
    const { mtimeMs, size } = statSync(own, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
    const state = `${mtimeMs} ${size}`;
    if (this.#loaded?.state !== state) {
      const calibration = ActiveCalibration.load(this.#model, {
        file: this.#file,
        gallery: this.#gallery.directory,
      });
      this.#loaded = { state, calibration };
    }
    return this.#loaded.calibration;
  }

  async #timed<T>(
    { k = DEFAULT_K, filter, threshold }: WithoutLook<SearchPhotoOptions>,
    ask: (asked: {
      k: number;
      threshold: number;
      filter: SearchPhotoOptions['filter'];
    }) => Promise<T>,
  ): Promise<EmbeddingAnswer & { answer: T }> {
    const started = performance.now();
    const { distance } = await this.threshold({ threshold, templates: 'faces' });
    const answer = await ask({ k, threshold: distance, filter });
    return { searchMs: performance.now() - started, threshold: distance, answer };
  }
}
