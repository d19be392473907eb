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
  const stride = pixels.width * 3;
  const blockRows = Math.max(1, Math.floor(BLOCK / stride));
  const { buffer, at } = scratch(
    blockRows * stride,
    columns.sources.length * 4,
    columns.weights.length * 4,
    width * 16,
    width * 16,
    width * 16,
    32,
    width * height * 12,
  );
  const [block = 0, offsets = 0, weights = 0, even = 0, odd = 0, sums = 0, norm = 0, planes = 0] =
    at;
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
  let blockStart = -blockRows;
  const narrow = (source: number): number => {
    const slot = source & 1;
    const narrowed = slot === 0 ? even : odd;
    if (held[slot] === source) return narrowed;
    if (source >= blockStart + blockRows || source < blockStart) {
      const end = Math.min(source + blockRows, rows.last) - 1;
      const from = source * stride + columns.first * 3;
      bytes.set(pixels.data.subarray(from, end * stride + columns.last * 3), block);
      blockStart = source;
    }
    const row = block + (source - blockStart) * stride;
    kernels.narrowRow(row, offsets, weights, columns.taps, width, narrowed);
    held[slot] = source;
    return narrowed;
  };
  for (let y = 0; y < height; y++) {
    const end = (y + 1) * rows.taps;
    for (let t = y * rows.taps; t < end; t += 2) {
      const first = narrow(rows.sources[t]!);
      const second = narrow(rows.sources[t + 1]!);
      kernels.addRows(sums, first, rows.weights[t]!, second, rows.weights[t + 1]!, width);
    }
    kernels.writePlanes(sums, width, norm, norm + 16, planes + y * width * 4, width * height * 4);
  }
  out.set(new Float32Array(buffer, planes, width * height * 3), offset);
}

/** Bytes of the photo that are taken into the kernels' memory at a time, if a row isn't longer. */
const BLOCK = 16_384;

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
  // An even number, as rows are added in pairs.
  const taps = 2 * Math.ceil((Math.ceil(window) + 1) / 2);
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
    // The last one again, so that none is read in vain.
    if (t > i * taps) sources.fill(sources[t - 1]!, t, (i + 1) * taps);
  }
  return { taps, sources, weights, first, last };
}
