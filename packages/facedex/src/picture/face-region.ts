import type { Box } from '@facedex/pipeline';

/** A part of a photo, in whole pixels, inside of it. */
export interface Region {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Side of the part that is shown, in sides of the face's box: head, shoulders, some background. */
const CONTEXT = 2.6;

/** A smaller part would only show the pixels of a tiny face, in pixels. */
const MIN_SIDE = 96;

/**
 * The square part of a photo that shows a face, moved inward at the edges of the photo, and smaller
 * where the photo is.
 *
 * @param options.context its side in sides of the face's box; default 2.6
 */
export function regionAroundFace(
  box: Box,
  photo: { readonly width: number; readonly height: number },
  { context = CONTEXT }: { readonly context?: number } = {},
): Region {
  const wanted = Math.max(MIN_SIDE, context * Math.max(box.width, box.height));
  const side = Math.max(1, Math.floor(Math.min(wanted, photo.width, photo.height)));
  const left = Math.round(box.x + box.width / 2 - side / 2);
  const top = Math.round(box.y + box.height / 2 - side / 2);
  return {
    left: clamp(left, photo.width - side),
    top: clamp(top, photo.height - side),
    width: side,
    height: side,
  };
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max);
}
