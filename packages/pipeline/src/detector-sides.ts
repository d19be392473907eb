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

/** Sides at which all faces are looked for, and those that are tried only where that finds none. */
export function sidesForAll(
  photo: { readonly width: number; readonly height: number },
  size: DetectorSize,
): { readonly sides: readonly number[]; readonly ifNone: readonly number[] } {
  if (size !== 'auto') return { sides: [size], ifNone: [] };
  return {
    sides: [...finestSide(photo), GROUP_SIDE, PORTRAIT_SIDE],
    ifNone: [CLOSE_UP_SIDE],
  };
}

/** Sides at which the subject of a photo is looked for, one after the other until it is found. */
export function sidesForSubject(
  photo: { readonly width: number; readonly height: number },
  size: DetectorSize,
): readonly number[] {
  if (size !== 'auto') return [size];
  return [PORTRAIT_SIDE, GROUP_SIDE, CLOSE_UP_SIDE, ...finestSide(photo)];
}

function finestSide(photo: { readonly width: number; readonly height: number }): number[] {
  const longSide = Math.min(FINEST_SIDE, Math.max(photo.width, photo.height));
  return longSide > WORTH_A_LOOK * GROUP_SIDE ? [longSide] : [];
}
