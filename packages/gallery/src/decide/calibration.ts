import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type EmbeddingSpace, isSameSpace } from '../embedding-space.js';
import { GalleryError } from '../errors.js';

const rate = z.number().min(0).max(1);
const distance = z.number().min(0).max(2);
const interval = z.tuple([rate, rate]).readonly();

/** False accept rates that thresholds are fitted for, most lenient first. */
export const CALIBRATED_RATES = ['1e-2', '1e-3', '1e-4', '1e-5', '1e-6'] as const;

/** The calibration that a gallery uses, in its directory. */
export const CALIBRATION_FILE = 'calibration.json';

const calibrationSchema = z.object({
  format: z.literal('facedex-calibration'),
  version: z.literal(1),
  space: z.object({ id: z.string().min(1), dimension: z.int().positive() }),
  /** What was measured, in words. */
  data: z.string(),
  people: z.int().nonnegative(),
  faces: z.int().nonnegative(),
  genuinePairs: z.int().positive(),
  impostorPairs: z.int().positive(),
  thresholds: z.array(
    z.object({
      /** The false accept rate asked for. */
      far: z.enum(CALIBRATED_RATES),
      /** Up to this distance faces count as one person's. */
      distance,
      /** Pairs of different people that were accepted. */
      falseAccepts: z.int().nonnegative(),
      /** Where the false accept rate may really lie, with 95 % confidence. */
      farInterval: interval,
      /** The true accept rate at this distance. */
      tar: rate,
      tarInterval: interval,
    }),
  ),
  /** Rates for which there are too few pairs of different people. */
  notMeasured: z.array(z.enum(CALIBRATED_RATES)),
  /** The false accept rate at distances, both ascending. */
  curve: z
    .array(z.object({ distance, far: rate.refine((far) => far > 0, 'expected a rate above 0') }))
    .min(1)
    .refine(
      (points) =>
        points.every(
          (point, i) =>
            i === 0 || (point.far > points[i - 1]!.far && point.distance > points[i - 1]!.distance),
        ),
      'expected distances and rates to ascend',
    ),
});

/** How distances of a model translate into error rates, measured on labelled faces. */
export type Calibration = z.infer<typeof calibrationSchema>;
export type CalibratedThreshold = Calibration['thresholds'][number];

/**
 * Reads a calibration that {@link Calibration} describes.
 *
 * @param what names the text in errors, such as a path
 * @throws GalleryError `INVALID_FILE`
 */
export function parseCalibration(text: string, what: string): Calibration {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new GalleryError('INVALID_FILE', `${what}: expected a calibration but it is no JSON`);
  }
  const result = calibrationSchema.safeParse(value);
  if (!result.success) {
    throw new GalleryError(
      'INVALID_FILE',
      `${what}: expected a calibration (facedex calibrate writes one): ${z.prettifyError(result.error)}`,
    );
  }
  return result.data;
}

/**
 * Reads a calibration from a file.
 *
 * @throws GalleryError `INVALID_FILE`, also where it is not there; `WRONG_SPACE` where it is of
 *   another model
 */
export async function readCalibration(path: string, space: EmbeddingSpace): Promise<Calibration> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new GalleryError('INVALID_FILE', `can't read the calibration ${path}: ${reason}`);
  });
  const calibration = parseCalibration(text, path);
  if (!isSameSpace(calibration.space, space)) {
    const { id, dimension } = calibration.space;
    throw new GalleryError(
      'WRONG_SPACE',
      `the calibration ${path} is of "${id}" (${dimension} values) but "${space.id}" (${space.dimension} values) was asked for; distances of one model say nothing of another's`,
    );
  }
  return calibration;
}

/**
 * Gives the calibration in a gallery's directory another name where it is of another model: it would be
 * refused whenever somebody is identified. One that can't be read stays, for check to report.
 *
 * @returns its new path, if it has one
 */
export async function setCalibrationAside(
  directory: string,
  space: EmbeddingSpace,
): Promise<string | undefined> {
  const path = join(directory, CALIBRATION_FILE);
  const of = await readFile(path, 'utf8')
    .then((text) => parseCalibration(text, path).space)
    .catch(() => undefined);
  if (of === undefined || isSameSpace(of, space)) {
    return undefined;
  }
  const aside = join(directory, `calibration-${encodeURIComponent(of.id)}.json`);
  await rename(path, aside);
  return aside;
}
