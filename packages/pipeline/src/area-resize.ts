import type { Pixels } from './decode-photo.js';
import type { Box } from './geometry.js';
import type { ChannelScale } from './normalise.js';
import { kernels, scratch } from './pixel-kernels.js';

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
  const { buffer, at } = scratch(
    (columns.last - columns.first) * 3,
    columns.sources.length * 4,
    columns.weights.length * 4,
    width * 16,
    width * 16,
    width * 16,
    32,
    width * height * 12,
  );
  const [row = 0, offsets = 0, weights = 0, even = 0, odd = 0, sums = 0, norm = 0, planes = 0] = at;
  const bytes = new Uint8Array(buffer);
  new Uint32Array(buffer, offsets).set(columns.sources.map((x) => (x - columns.first) * 3));
  new Float32Array(buffer, weights).set(columns.weights);
  new Float32Array(buffer, sums, width * 4).fill(0);
  new Float32Array(buffer, norm).set([
    ...[...scale.scale.map((range) => 1 / range), 0],
    ...scale.mean.map((mean, c) => -mean / scale.scale[c]!),
  ]);

  // Separable: a source row is resized across, then rows are summed down. Neighbouring output rows
  // share at most their last two source rows, so two narrowed rows are all that is kept.
  const held = [-1, -1];
  for (let y = 0; y < height; y++) {
    const end = (y + 1) * rows.taps;
    for (let t = y * rows.taps; t < end; t++) {
      const weight = rows.weights[t]!;
      if (weight === 0) continue;
      const source = rows.sources[t]!;
      const slot = source & 1;
      const narrowed = slot === 0 ? even : odd;
      if (held[slot] !== source) {
        const start = source * pixels.width;
        bytes.set(
          pixels.data.subarray((start + columns.first) * 3, (start + columns.last) * 3),
          row,
        );
        kernels.narrowRow(row, offsets, weights, columns.taps, width, narrowed);
        held[slot] = source;
      }
      kernels.addRow(sums, narrowed, weight, width);
    }
    kernels.writePlanes(sums, width, norm, norm + 16, planes + y * width * 4, width * height * 4);
  }
  out.set(new Float32Array(buffer, planes, width * height * 3), offset);
}

/**
 * For each output pixel of an axis: which source pixels it covers, and how much of it each fills. All
 * have the same number of entries, filled up with some of weight 0.
 */
interface Coverage {
  /** Entries of an output pixel: those of pixel i begin at `i * taps`. */
  readonly taps: number;
  readonly sources: Uint32Array;
  readonly weights: Float32Array;
  /** All sources lie from `first` to before `last`. */
  readonly first: number;
  readonly last: number;
}

function coverage(from: number, length: number, count: number, limit: number): Coverage {
  const step = length / count;
  // An enlarged picture takes a window of one source pixel around each sample: bilinear.
  const window = Math.max(step, 1);
  const first = Math.min(limit - 1, Math.max(0, Math.floor(from + (step - window) / 2)));
  const last = Math.max(first + 1, Math.min(limit, Math.ceil(from + length + (window - step) / 2)));
  const taps = Math.ceil(window) + 1;
  const sources = new Uint32Array(count * taps).fill(first);
  const weights = new Float32Array(count * taps);
  for (let i = 0; i < count; i++) {
    const begin = from + (i + 0.5) * step - window / 2;
    const end = begin + window;
    let t = i * taps;
    for (let source = Math.floor(begin); source < end; source++) {
      const share = Math.min(source + 1, end) - Math.max(source, begin);
      if (share < 1e-6 || source < first || source >= last) continue;
      sources[t] = source;
      weights[t] = share / window;
      t++;
    }
  }
  return { taps, sources, weights, first, last };
}
