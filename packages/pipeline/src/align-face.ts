import type { Pixels } from './decode-photo.js';
import type { Point } from './geometry.js';

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
  const samples = Math.min(MAX_SAMPLES, Math.max(1, Math.round(1 / Math.sqrt(determinant))));
  const share = 1 / (samples * samples);
  const out = new Uint8Array(size * size * 3);
  const sum = new Float64Array(3);
  const narrowing = 1 / stretch;
  // The middle column stays where it is.
  const shift = ((size - 1) / 2) * (1 - narrowing) - tx;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      sum.fill(0);
      for (let i = 0; i < samples; i++) {
        for (let j = 0; j < samples; j++) {
          const u = (column + (j + 0.5) / samples - 0.5) * narrowing + shift;
          const v = row + (i + 0.5) / samples - 0.5 - ty;
          addBilinear(pixels, p * u + q * v, p * v - q * u, sum);
        }
      }
      const at = (row * size + column) * 3;
      out[at] = sum[0]! * share + 0.5;
      out[at + 1] = sum[1]! * share + 0.5;
      out[at + 2] = sum[2]! * share + 0.5;
    }
  }
  return out;
}

function addBilinear(pixels: Pixels, x: number, y: number, sum: Float64Array): void {
  const { width, height, data } = pixels;
  const left = Math.floor(x);
  const top = Math.floor(y);
  const right = x - left;
  const down = y - top;
  for (let dy = 0; dy < 2; dy++) {
    const row = top + dy;
    if (row < 0 || row >= height) continue;
    for (let dx = 0; dx < 2; dx++) {
      const column = left + dx;
      if (column < 0 || column >= width) continue;
      const weight = (dx === 0 ? 1 - right : right) * (dy === 0 ? 1 - down : down);
      const at = (row * width + column) * 3;
      sum[0]! += weight * data[at]!;
      sum[1]! += weight * data[at + 1]!;
      sum[2]! += weight * data[at + 2]!;
    }
  }
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
