import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitSimilarity, warpFace } from './align-face.js';
import type { Pixels } from './decode-photo.js';
import type { Point } from './geometry.js';

const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const template: Point[] = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
];

describe('fitSimilarity', () => {
  it('recovers any rotation, scale and shift exactly', () => {
    const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
    const scale = fc.double({ min: 0.05, max: 20, noNaN: true });
    fc.assert(
      fc.property(angle, scale, coordinate, coordinate, (turn, size, tx, ty) => {
        const a = size * Math.cos(turn);
        const b = size * Math.sin(turn);
        const moved = template.map(([x, y]): Point => [a * x - b * y + tx, b * x + a * y + ty]);
        const fit = fitSimilarity(template, moved);
        // Double precision on coordinates of up to some thousand pixels.
        expect(fit.a).toBeCloseTo(a, 8);
        expect(fit.b).toBeCloseTo(b, 8);
        expect(fit.tx).toBeCloseTo(tx, 6);
        expect(fit.ty).toBeCloseTo(ty, 6);
      }),
    );
  });

  it('has no less squared error anywhere near its answer', () => {
    const points = fc.array(fc.tuple(coordinate, coordinate), { minLength: 5, maxLength: 5 });
    const nudge = fc.tuple(
      ...Array.from({ length: 4 }, () => fc.double({ min: -1, max: 1, noNaN: true })),
    );
    fc.assert(
      fc.property(points, nudge, (target, [da, db, dx, dy]) => {
        const fit = fitSimilarity(template, target);
        const error = (a: number, b: number, tx: number, ty: number) =>
          template.reduce((sum, [x, y], i) => {
            const [u, v] = target[i]!;
            return sum + (a * x - b * y + tx - u) ** 2 + (b * x + a * y + ty - v) ** 2;
          }, 0);
        const best = error(fit.a, fit.b, fit.tx, fit.ty);
        const other = error(fit.a + da!, fit.b + db!, fit.tx + dx!, fit.ty + dy!);
        expect(other).toBeGreaterThanOrEqual(best - 1e-6 * (1 + best));
      }),
    );
  });
});

describe('warpFace', () => {
  it('copies pixels exactly under a whole shift, and is black outside the photo', () => {
    const pixels = photo(6, 6, (x, y) => [x * 10, y * 10, 7]);
    const out = warpFace(pixels, { a: 1, b: 0, tx: -3, ty: -2 }, 5);
    expect(pixelAt(out, 5, 0, 0)).toEqual([30, 20, 7]);
    expect(pixelAt(out, 5, 2, 3)).toEqual([50, 50, 7]);
    expect(pixelAt(out, 5, 4, 0)).toEqual([0, 0, 0]);
  });

  it('turns clockwise as the similarity says', () => {
    const pixels = photo(4, 4, (x, y) => [x === 1 && y === 0 ? 200 : 0, 0, 0]);
    // A quarter turn about the origin maps (1, 0) to (0, 1), shifted by 2 to the right.
    const out = warpFace(pixels, { a: 0, b: 1, tx: 2, ty: 0 }, 4);
    expect(pixelAt(out, 4, 2, 1)[0]).toBe(200);
  });

  it('stretches about the middle column, and rows not at all', () => {
    const pixels = photo(5, 5, (x, y) => [x * 10, y * 10, 0]);
    const out = warpFace(pixels, { a: 1, b: 0, tx: 0, ty: 0, stretch: 2 }, 5);
    // Half a source column per column, from the middle: columns 1, 1.5, 2, 2.5, 3.
    expect([0, 1, 2, 3, 4].map((x) => pixelAt(out, 5, x, 4))).toEqual(
      [10, 15, 20, 25, 30].map((red) => [red, 40, 0]),
    );
  });

  it('is bilinear, also across the border of the photo: equal to the definition', () => {
    const pixels = photo(9, 7, (x, y) => [(x * 83 + y * 151) % 256, (x * y * 29) % 256, 255]);
    const part = fc.double({ min: -1, max: 1, noNaN: true });
    const shift = fc.double({ min: -6, max: 12, noNaN: true });
    fc.assert(
      fc.property(part, part, shift, shift, (a, b, tx, ty) => {
        // Enlarged at least a little, so that a pixel is a single sample.
        fc.pre(Math.hypot(a, b) > 0.7);
        const size = 6;
        const out = warpFace(pixels, { a, b, tx, ty }, size);
        for (let v = 0; v < size; v++) {
          for (let u = 0; u < size; u++) {
            // The point that the similarity maps to (u, v), by Cramer's rule.
            const determinant = a * a + b * b;
            const x = (a * (u - tx) + b * (v - ty)) / determinant;
            const y = (a * (v - ty) - b * (u - tx)) / determinant;
            for (const [c, value] of pixelAt(out, size, u, v).entries()) {
              // Rounding to a whole number, and single precision.
              expect(Math.abs(value - bilinear(pixels, { x, y, c }))).toBeLessThan(0.501);
            }
          }
        }
      }),
    );
  });

  it('is black where a face lies outside the photo, however far', () => {
    for (const tx of [50, -50, 1e9, -1e12]) {
      const out = warpFace(
        photo(4, 4, () => [9, 9, 9]),
        { a: 1, b: 0, tx, ty: tx },
        3,
      );
      expect([...out]).toEqual(Array(27).fill(0));
    }
  });

  it('averages when it shrinks: fine stripes become grey instead of aliasing', () => {
    const stripes = photo(256, 256, (x) => (x % 2 === 0 ? [255, 255, 255] : [0, 0, 0]));
    const out = warpFace(stripes, { a: 0.125, b: 0, tx: 0, ty: 0 }, 32);
    for (let x = 4; x < 28; x++) {
      const [red] = pixelAt(out, 32, x, 16);
      expect(Math.abs(red! - 127.5)).toBeLessThanOrEqual(2);
    }
  });
});

function bilinear({ width, height, data }: Pixels, at: { x: number; y: number; c: number }) {
  let sum = 0;
  for (let row = 0; row < height; row++) {
    const down = Math.max(0, 1 - Math.abs(row - at.y));
    for (let column = 0; column < width; column++) {
      const across = Math.max(0, 1 - Math.abs(column - at.x));
      sum += down * across * data[(row * width + column) * 3 + at.c]!;
    }
  }
  return sum;
}

function photo(
  width: number,
  height: number,
  colour: (x: number, y: number) => [number, number, number],
): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 3);
  }
  return { width, height, data, fullWidth: width, fullHeight: height };
}

function pixelAt(data: Uint8Array, size: number, x: number, y: number): number[] {
  return [...data.subarray((y * size + x) * 3, (y * size + x) * 3 + 3)];
}
