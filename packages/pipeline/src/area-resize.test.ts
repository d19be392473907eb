import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizeRegion } from './area-resize.js';
import type { Pixels } from './decode-photo.js';

const asIs = { mean: [0, 0, 0], scale: [1, 1, 1] } as const;

describe('resizeRegion', () => {
  it('is the identity at the same size, in planes', () => {
    const pixels = noise(5, 4);
    const out = new Float32Array(60);
    const region = { x: 0, y: 0, width: 5, height: 4 };
    resizeRegion(pixels, region, { width: 5, height: 4, scale: asIs, out });
    for (let i = 0; i < 20; i++) {
      for (let c = 0; c < 3; c++) expect(out[c * 20 + i]).toBe(pixels.data[i * 3 + c]);
    }
  });

  it('normalises each channel by its own mean and scale', () => {
    const pixels = { ...noise(1, 1), data: new Uint8Array([10, 20, 30]) };
    const out = new Float32Array(3);
    const scale = { mean: [10, 10, 10], scale: [1, 2, 4] } as const;
    resizeRegion(pixels, { x: 0, y: 0, width: 1, height: 1 }, { width: 1, height: 1, scale, out });
    expect([...out]).toEqual([0, 5, 5]);
  });

  it('averages the covered area when it shrinks, black outside: equal to the definition', () => {
    const offset = fc.double({ min: -6, max: 12, noNaN: true });
    const side = fc.double({ min: 4, max: 20, noNaN: true });
    const pixels = noise(9, 7);
    fc.assert(
      fc.property(offset, offset, side, (x, y, length) => {
        const size = 3;
        const out = new Float32Array(3 * size * size);
        const region = { x, y, width: length, height: length };
        resizeRegion(pixels, region, { width: size, height: size, scale: asIs, out });
        const step = length / size;
        for (let row = 0; row < size; row++) {
          for (let column = 0; column < size; column++) {
            const expected = meanOver(pixels, x + column * step, y + row * step, step);
            // Single precision sums of up to 400 values below 256.
            expect(Math.abs(out[row * size + column]! - expected)).toBeLessThan(1e-2);
          }
        }
      }),
    );
  });

  it('interpolates when it enlarges', () => {
    const pixels: Pixels = {
      width: 2,
      height: 1,
      data: new Uint8Array([0, 0, 0, 100, 100, 100]),
      fullWidth: 2,
      fullHeight: 1,
    };
    const out = new Float32Array(3 * 4);
    const region = { x: 0, y: 0, width: 2, height: 1 };
    resizeRegion(pixels, region, { width: 4, height: 1, scale: asIs, out });
    // Samples at .25, .75, 1.25 and 1.75: a window of one pixel around each.
    expect([...out.subarray(1, 3)]).toEqual([25, 75]);
  });

  it('leaves a region outside the photo black', () => {
    const out = new Float32Array(12).fill(9);
    const region = { x: 100, y: 100, width: 8, height: 8 };
    resizeRegion(noise(3, 3), region, { width: 2, height: 2, scale: asIs, out });
    expect([...out]).toEqual(Array(12).fill(0));
  });
});

function meanOver(pixels: Pixels, x: number, y: number, side: number): number {
  let sum = 0;
  for (let row = 0; row < pixels.height; row++) {
    const down = Math.min(row + 1, y + side) - Math.max(row, y);
    if (down <= 0) continue;
    for (let column = 0; column < pixels.width; column++) {
      const across = Math.min(column + 1, x + side) - Math.max(column, x);
      if (across > 0) sum += down * across * pixels.data[(row * pixels.width + column) * 3]!;
    }
  }
  return sum / (side * side);
}

/** A fixed picture without structure. */
function noise(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = (i * 7919 + 13) % 251;
  return { width, height, data, fullWidth: width, fullHeight: height };
}
