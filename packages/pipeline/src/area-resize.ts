import type { Pixels } from './decode-photo.js';
import type { Box } from './geometry.js';
import type { ChannelScale } from './normalise.js';

/**
 * Cuts a region out of a photo and resizes it to `width` x `height` by area averaging (each output
 * pixel is the mean of the source area that it covers, bilinear where the region is enlarged), and
 * writes it as normalised planes (channels first, RGB) into `out` at `offset`. What lies outside
 * the photo counts as black, as MTCNN's padding does.
 */
export function resizeRegion(
  pixels: Pixels,
  region: Box,
  target: {
    readonly width: number;
    readonly height: number;
    readonly scale: ChannelScale;
    readonly out: Float32Array;
    readonly offset?: number;
  },
): void {
  const { width, height, scale, out, offset = 0 } = target;
  const columns = coverage(region.x, region.width, width, pixels.width);
  const rows = coverage(region.y, region.height, height, pixels.height);
  const plane = width * height;

  // Separable: a source row is resized across, then rows are summed down. Neighbouring output rows
  // share at most their last two source rows, so two narrowed rows are all that is kept.
  const narrowed = [new Float64Array(width * 3), new Float64Array(width * 3)] as const;
  const held = [-1, -1];
  const sums = new Float64Array(width * 3);
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    for (let t = rows.starts[row]!; t < rows.starts[row + 1]!; t++) {
      const source = rows.sources[t]!;
      const slot = source % 2;
      const values = slot === 0 ? narrowed[0] : narrowed[1];
      if (held[slot] !== source) {
        resizeRow(pixels, source, columns, values);
        held[slot] = source;
      }
      const weight = rows.weights[t]!;
      for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! + weight * values[i]!;
    }
    for (let c = 0; c < 3; c++) {
      const mean = scale.mean[c]!;
      const factor = 1 / scale.scale[c]!;
      const at = offset + c * plane + row * width;
      for (let column = 0; column < width; column++) {
        out[at + column] = (sums[column * 3 + c]! - mean) * factor;
      }
    }
  }
}

/** For each output pixel of an axis: which source pixels it covers, and how much of it each fills. */
interface Coverage {
  /** Entries of output pixel i: `starts[i]` up to `starts[i + 1]`. */
  readonly starts: Int32Array;
  readonly sources: Int32Array;
  readonly weights: Float64Array;
}

function coverage(from: number, length: number, count: number, limit: number): Coverage {
  const step = length / count;
  const starts = new Int32Array(count + 1);
  const sources: number[] = [];
  const weights: number[] = [];
  for (let i = 0; i < count; i++) {
    // An enlarged picture takes a window of one source pixel around each sample: bilinear.
    const window = Math.max(step, 1);
    const begin = from + (i + 0.5) * step - window / 2;
    const end = begin + window;
    for (let source = Math.floor(begin); source < end; source++) {
      const share = Math.min(source + 1, end) - Math.max(source, begin);
      if (share < 1e-6 || source < 0 || source >= limit) continue;
      sources.push(source);
      weights.push(share / window);
    }
    starts[i + 1] = sources.length;
  }
  return { starts, sources: Int32Array.from(sources), weights: Float64Array.from(weights) };
}

function resizeRow(pixels: Pixels, y: number, columns: Coverage, out: Float64Array): void {
  const { data } = pixels;
  const row = y * pixels.width;
  const { starts, sources, weights } = columns;
  const count = starts.length - 1;
  for (let column = 0; column < count; column++) {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let t = starts[column]!; t < starts[column + 1]!; t++) {
      const weight = weights[t]!;
      const at = (row + sources[t]!) * 3;
      red += weight * data[at]!;
      green += weight * data[at + 1]!;
      blue += weight * data[at + 2]!;
    }
    out[column * 3] = red;
    out[column * 3 + 1] = green;
    out[column * 3 + 2] = blue;
  }
}
