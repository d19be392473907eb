import { expect, it } from 'vitest';
import { boxInPhoto, turnedViews, wholeView } from './view.js';

/** A decoded photo at half its size, every pixel of another colour. */
const width = 5;
const height = 3;
const pixels = {
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => i),
  fullWidth: 2 * width,
  fullHeight: 2 * height,
};

it('moves points of the decoded photo to the photo at its full size', () => {
  expect(wholeView(pixels).toPhoto([1.5, 2])).toEqual([3, 4]);
});

it('turns the photo by quarters, and knows where each pixel lies in the photo', () => {
  const views = [...turnedViews(pixels)];
  expect(views.map(({ pixels: { width: w, height: h } }) => [w, h])).toEqual([
    [3, 5],
    [3, 5],
    [5, 3],
  ]);
  for (const { pixels: turned, toPhoto } of views) {
    for (let y = 0; y < turned.height; y++) {
      for (let x = 0; x < turned.width; x++) {
        const [u, v] = toPhoto([x + 0.5, y + 0.5]);
        const from = (Math.floor(v / 2) * width + Math.floor(u / 2)) * 3;
        const at = (y * turned.width + x) * 3;
        expect(turned.data.subarray(at, at + 3)).toEqual(pixels.data.subarray(from, from + 3));
      }
    }
  }
  // The first is turned clockwise: the photo's left bottom corner becomes the left top one.
  expect(views[0]!.toPhoto([0, 0])).toEqual([0, 6]);
});

it('keeps boxes upright', () => {
  const [clockwise] = turnedViews(pixels);
  expect(boxInPhoto({ x: 0, y: 1, width: 2, height: 3 }, clockwise!)).toEqual({
    x: 2,
    y: 2,
    width: 6,
    height: 4,
  });
});
