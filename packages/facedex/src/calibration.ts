import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  CALIBRATION_FILE,
  type Calibration,
  distanceAtRate,
  type FalseMatchRate,
  falseMatchRate,
  falsePositiveRate,
  type IdentificationThreshold,
  identificationThreshold,
  readCalibration,
} from '@facedex/gallery';
import type { Embedder } from '@facedex/pipeline';
import { FacedexError } from './facedex-error.js';

/** Calibrations of built-in models, named by their embedding spaces. */
const BUILT_IN = join(import.meta.dirname, '../calibrations');

/** Verifying compares once: one stranger in a thousand may pass. */
const VERIFICATION_RATE = 1e-3;

/** Clusters on LFW View 1 DevTrain are best about here; see docs/decisions/0010. */
const CLUSTER_RATE = 1e-5;

/** Of a hundred strangers one may be taken for somebody in the gallery. */
export const DEFAULT_FALSE_POSITIVE_RATE = 0.01;

/** How distances of a model translate into false match rates, and the thresholds that follow. */
export class ActiveCalibration {
  /** The path of a calibration, or `model card`. */
  readonly from: string;
  readonly #curve: Calibration['curve'];

  private constructor(from: string, curve: Calibration['curve']) {
    this.from = from;
    this.#curve = curve;
  }

  /**
   * The calibration to decide by: the file if one is given, else the gallery's own, else the one that
   * ships for the model, else the few thresholds of the model's card.
   *
   * @throws {GalleryError} `INVALID_FILE`, `WRONG_SPACE`
   */
  static async load(
    model: Pick<Embedder, 'space' | 'dimension' | 'thresholds'>,
    places: { readonly file?: string | undefined; readonly gallery?: string } = {},
  ): Promise<ActiveCalibration> {
    const space = { id: model.space, dimension: model.dimension };
    const own = places.gallery === undefined ? [] : [join(places.gallery, CALIBRATION_FILE)];
    const known = [...own, join(BUILT_IN, `${model.space}.json`)];
    const file = places.file ?? known.find((path) => existsSync(path));
    if (file !== undefined) {
      return new ActiveCalibration(file, (await readCalibration(file, space)).curve);
    }
    const curve = Object.entries(model.thresholds)
      .map(([far, distance]) => ({ far: Number(far), distance }))
      .sort((a, b) => a.far - b.far);
    return new ActiveCalibration('model card', curve);
  }

  /** The expected false match rate of a distance; null where the model has no figures at all. */
  falseMatchRate(distance: number): FalseMatchRate | null {
    return this.#curve.length === 0 ? null : falseMatchRate({ curve: this.#curve }, distance);
  }

  /** How often a stranger is taken for somebody at a distance; null as in {@link falseMatchRate}. */
  falsePositiveRate(distance: number, comparisons: number): number | null {
    const match = this.falseMatchRate(distance);
    return match === null ? null : falsePositiveRate(match.rate, comparisons);
  }

  /**
   * The distance up to which two faces are verified as one person's.
   *
   * @throws {FacedexError} `NO_THRESHOLD`
   */
  verificationThreshold(): number {
    return this.#distanceAt(VERIFICATION_RATE);
  }

  /**
   * The distance up to which groups of faces are taken for one person: every face is compared with
   * every other.
   *
   * @throws {FacedexError} `NO_THRESHOLD`
   */
  clusterThreshold(): number {
    return this.#distanceAt(CLUSTER_RATE);
  }

  /**
   * The distance up to which a probe is taken for somebody in a gallery; stricter in a larger one.
   *
   * @throws {FacedexError} `NO_THRESHOLD`
   * @throws {GalleryError} `INVALID_ARGUMENT`
   */
  identificationThreshold(options: {
    readonly falsePositiveRate: number;
    readonly comparisons: number;
  }): IdentificationThreshold {
    if (this.#curve.length === 0) throw this.#noThreshold(options.falsePositiveRate);
    return identificationThreshold({ curve: this.#curve }, options);
  }

  #distanceAt(rate: number): number {
    const distance = distanceAtRate({ curve: this.#curve }, rate);
    if (distance === undefined) throw this.#noThreshold(rate);
    return distance;
  }

  #noThreshold(rate: number): FacedexError {
    return new FacedexError(
      'NO_THRESHOLD',
      `the ${this.from} does not carry a false match rate of ${rate}: give a distance ` +
        '(--threshold), or a calibration (--calibration; facedex calibrate writes one)',
    );
  }
}
