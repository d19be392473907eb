import type { Effort } from './effort.js';
import { PipelineError } from './pipeline-error.js';

/** Long side of the detector's input in pixels; `auto` follows the photo. */
export type DetectorSize = 'auto' | number;

/**
 * The smaller the detector's input, the cheaper and the larger the faces that it finds: a portrait's
 * subject at 320, at 640 faces of 24 pixels in a photo of 640 (but of portraits that fill the picture
 * 0.6 % are missed), at 160 faces that fill the picture.
 */
const PORTRAIT_SIDE = 320;
const GROUP_SIDE = 640;
const CLOSE_UP_SIDE = 160;

/**
 * The finest look: every pixel of a photo up to this side, where faces of 20 pixels are found; in a
 * larger photo 1 % of its side. Time grows with the square.
 */
export const FINEST_SIDE = 2048;

/** Quick looks take half of the time, and miss faces that are smaller than 1.4 times as large. */
const QUICK_SCALE = 0.7;

/** Photos that are larger by less are seen no better than at {@link GROUP_SIDE}. */
const WORTH_A_LOOK = 1.25;

const SMALLEST_SIDE = 32;
const LARGEST_SIDE = 4096;

/** @throws {PipelineError} `INVALID_ARGUMENT` unless it is `auto` or a whole number, 32…4096 */
export function checkDetectorSize(size: DetectorSize): void {
  if (size === 'auto') return;
  if (Number.isInteger(size) && size >= SMALLEST_SIDE && size <= LARGEST_SIDE) return;
  throw new PipelineError(
    'INVALID_ARGUMENT',
    `expected auto or a whole number from ${SMALLEST_SIDE} to ${LARGEST_SIDE} for the detector's size, received ${size}`,
  );
}

/** How a photo is looked at. */
export interface Closeness {
  readonly detectorSize: DetectorSize;
  /** Counts where the size is `auto`. */
  readonly effort: Effort;
}

/** Sides at which all faces are looked for, and those that are tried only where that finds none. */
export function sidesForAll(
  photo: { readonly width: number; readonly height: number },
  { detectorSize, effort }: Closeness,
): { readonly sides: readonly number[]; readonly ifNone: readonly number[] } {
  if (detectorSize !== 'auto') return { sides: [detectorSize], ifNone: [] };
  return {
    sides: scaled([...finestSide(photo), GROUP_SIDE, PORTRAIT_SIDE], effort),
    ifNone: scaled([CLOSE_UP_SIDE], effort),
  };
}

/** Sides at which the subject of a photo is looked for, one after the other until it is found. */
export function sidesForSubject(
  photo: { readonly width: number; readonly height: number },
  { detectorSize, effort }: Closeness,
): readonly number[] {
  if (detectorSize !== 'auto') return [detectorSize];
  return scaled([PORTRAIT_SIDE, GROUP_SIDE, CLOSE_UP_SIDE, ...finestSide(photo)], effort);
}

function scaled(sides: readonly number[], effort: Effort): number[] {
  return sides.map((side) => (effort === 'quick' ? Math.round(side * QUICK_SCALE) : side));
}

function finestSide(photo: { readonly width: number; readonly height: number }): number[] {
  const longSide = Math.min(FINEST_SIDE, Math.max(photo.width, photo.height));
  return longSide > WORTH_A_LOOK * GROUP_SIDE ? [longSide] : [];
}
