import type { Pixels } from './decode-photo.js';
import type { Point } from './geometry.js';
import { kernels, scratch } from './pixel-kernels.js';

/**
 * A similarity (rotation, uniform scale, shift) from source to target:
 * `u = a x - b y + tx`, `v = b x + a y + ty`.
 */
export interface Similarity {
  readonly a: number;
  readonly b: number;
  readonly tx: number;
  readonly ty: number;
}

/** How a photo is drawn into an aligned face. */
export interface Alignment extends Similarity {
  /** How much wider the aligned face is drawn, about its middle; default 1. */
  readonly stretch?: number;
}

/**
 * The similarity that maps `source` onto `target` with the least squared error (Umeyama 1991, in
 * two dimensions and without reflection, where it has this closed form).
 */
export function fitSimilarity(source: readonly Point[], target: readonly Point[]): Similarity {
  const from = centroid(source);
  const to = centroid(target);
  let a = 0;
  let b = 0;
  let spread = 0;
  for (const [i, point] of source.entries()) {
    const x = point[0] - from[0];
    const y = point[1] - from[1];
    const u = target[i]![0] - to[0];
    const v = target[i]![1] - to[1];
    a += x * u + y * v;
    b += x * v - y * u;
    spread += x * x + y * y;
  }
  a /= spread;
  b /= spread;
  return {
    a,
    b,
    tx: to[0] - a * from[0] + b * from[1],
    ty: to[1] - b * from[0] - a * from[1],
  };
}

/** Above this many samples a pixel and axis, finer sampling no longer shows. */
const MAX_SAMPLES = 8;

/**
 * Draws the photo through `alignment` into a square of `size` pixels: RGB, row by row,
 * `size * size * 3` bytes. Bilinear, black outside the photo. A face that is much larger than the
 * square is averaged over several samples a pixel, since single samples would alias.
 */
export function warpFace(pixels: Pixels, alignment: Alignment, size: number): Uint8Array {
  const { a, b, tx, ty, stretch = 1 } = alignment;
  const determinant = a * a + b * b;
  // The inverse maps a target pixel back into the photo.
  const p = a / determinant;
  const q = b / determinant;
  const narrowing = 1 / stretch;
  // The middle column stays where it is.
  const shift = ((size - 1) / 2) * (1 - narrowing) - tx;
  const x = p * shift - q * ty;
  const y = -q * shift - p * ty;
  const samples = Math.min(MAX_SAMPLES, Math.max(1, Math.round(1 / Math.sqrt(determinant))));

  // Only the part of the photo that is seen goes into the kernels' memory.
  const corners = [-1, size].flatMap((u) =>
    [-1, size].map((v): Point => [p * narrowing * u + q * v + x, p * v - q * narrowing * u + y]),
  );
  const [left, right] = extent(
    corners.map(([across]) => across),
    pixels.width,
  );
  const [top, bottom] = extent(
    corners.map(([, down]) => down),
    pixels.height,
  );
  const width = right - left;
  const height = bottom - top;
  const { buffer, at } = scratch(width * height * 3, size * size * 3);
  const [source = 0, out = 0] = at;
  const bytes = new Uint8Array(buffer);
  for (let row = 0; row < height; row++) {
    const start = (top + row) * pixels.width + left;
    bytes.set(pixels.data.subarray(start * 3, (start + width) * 3), source + row * width * 3);
  }
  kernels.warp(
    source,
    width,
    height,
    p * narrowing,
    q,
    x - left,
    -q * narrowing,
    p,
    y - top,
    samples,
    size,
    out,
  );
  return bytes.slice(out, out + size * size * 3);
}

/** The pixels from the least to the greatest coordinate, and their neighbours, as far as there are. */
function extent(coordinates: readonly number[], limit: number): [from: number, to: number] {
  const from = Math.floor(Math.min(...coordinates));
  const to = Math.floor(Math.max(...coordinates)) + 2;
  return [Math.min(limit, Math.max(0, from)), Math.min(limit, Math.max(0, to))];
}

function centroid(points: readonly Point[]): Point {
  let x = 0;
  let y = 0;
  for (const point of points) {
    x += point[0] / points.length;
    y += point[1] / points.length;
  }
  return [x, y];
}
