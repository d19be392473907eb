import { GalleryError } from '../errors.js';
import type { Calibration } from './calibration.js';

/** How often two different people are at most so far apart. */
export interface FalseMatchRate {
  /** 0…1. */
  rate: number;
  /** `at-most`: nearer than the calibration's data can tell, so that `rate` is only a bound. */
  kind: 'measured' | 'at-most';
}

/**
 * The expected false match rate of a distance: how often a face of somebody else is at least so near.
 * Between measured points the logarithm of the rate is taken as straight; beyond them nothing is
 * guessed.
 */
export function falseMatchRate(
  { curve }: Pick<Calibration, 'curve'>,
  distance: number,
): FalseMatchRate {
  const first = curve[0]!;
  if (distance < first.distance) {
    return { rate: first.far, kind: 'at-most' };
  }
  for (let i = 1; i < curve.length; i++) {
    const [from, to] = [curve[i - 1]!, curve[i]!];
    if (distance < to.distance) {
      const part = (distance - from.distance) / (to.distance - from.distance);
      return { rate: from.far * (to.far / from.far) ** part, kind: 'measured' };
    }
  }
  return distance === curve.at(-1)!.distance
    ? { rate: curve.at(-1)!.far, kind: 'measured' }
    : { rate: 1, kind: 'at-most' };
}

/**
 * The distance of a false match rate, the inverse of {@link falseMatchRate}; undefined where the
 * calibration's data does not carry that rate.
 */
export function distanceAtRate(
  { curve }: Pick<Calibration, 'curve'>,
  rate: number,
): number | undefined {
  for (let i = 0; i < curve.length; i++) {
    const to = curve[i]!;
    if (rate <= to.far) {
      const from = curve[i - 1];
      if (from === undefined) {
        return rate === to.far ? to.distance : undefined;
      }
      const part = Math.log(rate / from.far) / Math.log(to.far / from.far);
      return from.distance + part * (to.distance - from.distance);
    }
  }
  return undefined;
}

/**
 * How often a stranger is taken for somebody, when compared with `comparisons` faces: independent
 * comparisons add up to 1 - (1 - rate)^comparisons.
 */
export function falsePositiveRate(rate: number, comparisons: number): number {
  return -Math.expm1(comparisons * Math.log1p(-rate));
}

/** The threshold with which a gallery of a certain size is asked. */
export interface IdentificationThreshold {
  /** 0…2. */
  distance: number;
  /** How often a stranger is expected to be taken for somebody, 0…1. */
  falsePositiveRate: number;
  /**
   * Whether the calibration's data carries the rate that was asked for. If not, the strictest measured
   * distance is given, at which strangers are taken for somebody more often than asked.
   */
  reached: boolean;
}

/**
 * The threshold at which a stranger, compared with everybody in the gallery, is taken for somebody
 * only so often. It is stricter the larger the gallery: the rate of each comparison must be
 * 1 - (1 - rate)^(1 / comparisons).
 *
 * @param options.falsePositiveRate the rate wanted, above 0 and below 1
 * @param options.comparisons enrolled faces or templates; 0 counts as 1
 * @throws GalleryError `INVALID_ARGUMENT`
 */
export function identificationThreshold(
  calibration: Pick<Calibration, 'curve'>,
  options: { falsePositiveRate: number; comparisons: number },
): IdentificationThreshold {
  const { falsePositiveRate: wanted } = options;
  if (!(wanted > 0 && wanted < 1)) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `expected falsePositiveRate to be above 0 and below 1 but received ${wanted}`,
    );
  }
  const comparisons = Math.max(1, options.comparisons);
  const distance = distanceAtRate(calibration, -Math.expm1(Math.log1p(-wanted) / comparisons));
  if (distance !== undefined) {
    return { distance, falsePositiveRate: wanted, reached: true };
  }
  const { curve } = calibration;
  // Rates beyond the lenient end can't be had either, but there the nearest point keeps what was asked.
  const lenient = falsePositiveRate(curve.at(-1)!.far, comparisons) < wanted;
  const nearest = lenient ? curve.at(-1)! : curve[0]!;
  return {
    distance: nearest.distance,
    falsePositiveRate: falsePositiveRate(nearest.far, comparisons),
    reached: lenient,
  };
}
