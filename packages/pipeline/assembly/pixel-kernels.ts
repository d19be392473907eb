// The inner loops of the pipeline, in AssemblyScript: WebAssembly works on four channels at once,
// where JavaScript does one. `node scripts/build-kernels.mjs` compiles this into
// src/pixel-kernels-wasm.ts. All pointers are bytes from the start of the module's memory; pixels are
// RGB bytes, of which a fourth byte may be read behind the last; sums are four floats a pixel.

/** Resizes a row across: output pixel i is the weighted sum of `taps` pixels, at byte offsets. */
export function narrowRow(
  row: usize,
  offsets: usize,
  weights: usize,
  taps: i32,
  width: i32,
  out: usize,
): void {
  for (let i = 0; i < width; i++) {
    let sum = f32x4.splat(0);
    for (let t = 0; t < taps; t++) {
      const pixel = loadPixel(row + load<u32>(offsets));
      sum = f32x4.add(sum, f32x4.mul(pixel, v128.load_splat<f32>(weights)));
      offsets += 4;
      weights += 4;
    }
    v128.store(out, sum);
    out += 16;
  }
}

/** Adds two narrowed rows, weighted, to the sums of an output row. */
export function addRows(
  sums: usize,
  first: usize,
  firstWeight: f32,
  second: usize,
  secondWeight: f32,
  width: i32,
): void {
  const a = f32x4.splat(firstWeight);
  const b = f32x4.splat(secondWeight);
  for (let i = 0; i < width; i++) {
    const added = f32x4.add(f32x4.mul(v128.load(first), a), f32x4.mul(v128.load(second), b));
    v128.store(sums, f32x4.add(v128.load(sums), added));
    sums += 16;
    first += 16;
    second += 16;
  }
}

/** Writes the sums of a row as `sum * scale + shift` into three planes, and sets them to zero. */
export function writePlanes(
  sums: usize,
  width: i32,
  scale: usize,
  shift: usize,
  out: usize,
  plane: usize,
): void {
  const factor = v128.load(scale);
  const summand = v128.load(shift);
  const zero = f32x4.splat(0);
  let left = width;
  // Four pixels of red, green, blue become four of red, four of green and four of blue.
  for (; left >= 4; left -= 4) {
    const a = f32x4.add(f32x4.mul(v128.load(sums), factor), summand);
    const b = f32x4.add(f32x4.mul(v128.load(sums, 16), factor), summand);
    const c = f32x4.add(f32x4.mul(v128.load(sums, 32), factor), summand);
    const d = f32x4.add(f32x4.mul(v128.load(sums, 48), factor), summand);
    v128.store(sums, zero);
    v128.store(sums, zero, 16);
    v128.store(sums, zero, 32);
    v128.store(sums, zero, 48);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const abBlue = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdBlue = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(out + plane, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    v128.store(out + 2 * plane, v128.shuffle<f32>(abBlue, cdBlue, 0, 1, 4, 5));
    sums += 64;
    out += 16;
  }
  for (; left > 0; left--) {
    const values = f32x4.add(f32x4.mul(v128.load(sums), factor), summand);
    store<f32>(out, f32x4.extract_lane(values, 0));
    store<f32>(out + plane, f32x4.extract_lane(values, 1));
    store<f32>(out + 2 * plane, f32x4.extract_lane(values, 2));
    v128.store(sums, zero);
    sums += 16;
    out += 4;
  }
}

/**
 * Draws a square of `size` RGB pixels: the point (u, v) of the square is the point
 * (xu u + xv v + x, yu u + yv v + y) of the source. Averaged over `samples` squared points a pixel,
 * bilinear, black outside the source.
 */
export function warp(
  pixels: usize,
  width: i32,
  height: i32,
  xu: f64,
  xv: f64,
  x: f64,
  yu: f64,
  yv: f64,
  y: f64,
  samples: i32,
  size: i32,
  out: usize,
): void {
  const step: f64 = 1 / <f64>samples;
  const share = f32x4.splat(<f32>(step * step));
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let sum = f32x4.splat(0);
      for (let i = 0; i < samples; i++) {
        const v = <f64>row + (<f64>i + 0.5) * step - 0.5;
        for (let j = 0; j < samples; j++) {
          const u = <f64>column + (<f64>j + 0.5) * step - 0.5;
          const point = bilinear(pixels, width, height, xu * u + xv * v + x, yu * u + yv * v + y);
          sum = f32x4.add(sum, point);
        }
      }
      // Added to 2^23, a float has its nearest whole number in its last bits.
      const rounded = f32x4.add(f32x4.mul(sum, share), f32x4.splat(8388608));
      // The fourth byte is overwritten by the next pixel.
      const rgb = v128.shuffle<u8>(
        rounded,
        rounded,
        0,
        4,
        8,
        12,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
      );
      store<u32>(out, i32x4.extract_lane(rgb, 0));
      out += 3;
    }
  }
}

function bilinear(pixels: usize, width: i32, height: i32, x: f64, y: f64): v128 {
  const floorX = Math.floor(x);
  const floorY = Math.floor(y);
  const right = f32x4.splat(<f32>(x - floorX));
  const down = f32x4.splat(<f32>(y - floorY));
  const stride = width * 3;
  // Inside, as most points are.
  if (floorX >= 0 && floorY >= 0 && floorX < width - 1 && floorY < height - 1) {
    const at = pixels + <i32>floorY * stride + <i32>floorX * 3;
    const above = between(loadPixel(at), loadPixel(at + 3), right);
    const below = between(loadPixel(at + stride), loadPixel(at + stride + 3), right);
    return between(above, below, down);
  }
  const zero = f32x4.splat(0);
  if (!(floorX >= -1 && floorY >= -1 && floorX < width && floorY < height)) return zero;
  const left = <i32>floorX;
  const top = <i32>floorY;
  const at = pixels + top * stride + left * 3;
  const isLeft = left >= 0;
  const isTop = top >= 0;
  const isRight = left + 1 < width;
  const isBottom = top + 1 < height;
  const a = isTop && isLeft ? loadPixel(at) : zero;
  const b = isTop && isRight ? loadPixel(at + 3) : zero;
  const c = isBottom && isLeft ? loadPixel(at + stride) : zero;
  const d = isBottom && isRight ? loadPixel(at + stride + 3) : zero;
  return between(between(a, b, right), between(c, d, right), down);
}

function between(a: v128, b: v128, share: v128): v128 {
  return f32x4.add(a, f32x4.mul(f32x4.sub(b, a), share));
}

/** Writes RGB pixels as `value * scale + shift` into planes at these places, one for each channel. */
export function splitPlanes(
  pixels: usize,
  count: i32,
  scale: usize,
  shift: usize,
  red: usize,
  green: usize,
  blue: usize,
): void {
  const factor = v128.load(scale);
  const summand = v128.load(shift);
  for (let i = 0; i < count; i++) {
    const values = f32x4.add(f32x4.mul(loadPixel(pixels), factor), summand);
    store<f32>(red, f32x4.extract_lane(values, 0));
    store<f32>(green, f32x4.extract_lane(values, 1));
    store<f32>(blue, f32x4.extract_lane(values, 2));
    pixels += 3;
    red += 4;
    green += 4;
    blue += 4;
  }
}

/** Red, green, blue and the byte behind them, as floats; from signed integers it takes one step. */
function loadPixel(at: usize): v128 {
  const bytes = v128.load_zero<u32>(at);
  return f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)));
}
