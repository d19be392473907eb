import type { Pixels } from './decode-photo.js';
import type { Box, Point } from './geometry.js';

/** Pixels to look for faces in, and where they lie in the upright photo. */
export interface View {
  readonly pixels: Pixels;
  /** From pixels of the view to those of the photo, at its full size. */
  readonly toPhoto: (point: Point) => Point;
}

/** The whole photo as it was decoded. */
export function wholeView(pixels: Pixels): View {
  const x = pixels.fullWidth / pixels.width;
  const y = pixels.fullHeight / pixels.height;
  return { pixels, toPhoto: ([u, v]) => [u * x, v * y] };
}

/** The photo turned clockwise by one, three and two quarters: on its side first, as photos are. */
export function* turnedViews(pixels: Pixels): Generator<View> {
  const { toPhoto } = wholeView(pixels);
  const { width, height } = pixels;
  yield { pixels: turn(pixels, 1), toPhoto: ([u, v]) => toPhoto([v, height - u]) };
  yield { pixels: turn(pixels, 3), toPhoto: ([u, v]) => toPhoto([width - v, u]) };
  yield { pixels: turn(pixels, 2), toPhoto: ([u, v]) => toPhoto([width - u, height - v]) };
}

/** The upright box in the photo around a box of a view. */
export function boxInPhoto({ x, y, width, height }: Box, { toPhoto }: View): Box {
  const [ax, ay] = toPhoto([x, y]);
  const [bx, by] = toPhoto([x + width, y + height]);
  return {
    x: Math.min(ax, bx),
    y: Math.min(ay, by),
    width: Math.abs(bx - ax),
    height: Math.abs(by - ay),
  };
}

function turn(pixels: Pixels, quarters: 1 | 2 | 3): Pixels {
  const { width, height, data } = pixels;
  const turned = new Uint8Array(data.length);
  const sideways = quarters !== 2;
  const turnedWidth = sideways ? height : width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = quarters === 1 ? height - 1 - y : quarters === 2 ? width - 1 - x : y;
      const row = quarters === 1 ? x : quarters === 2 ? height - 1 - y : width - 1 - x;
      const from = (y * width + x) * 3;
      const to = (row * turnedWidth + column) * 3;
      turned[to] = data[from]!;
      turned[to + 1] = data[from + 1]!;
      turned[to + 2] = data[from + 2]!;
    }
  }
  return {
    width: turnedWidth,
    height: sideways ? width : height,
    data: turned,
    fullWidth: sideways ? pixels.fullHeight : pixels.fullWidth,
    fullHeight: sideways ? pixels.fullWidth : pixels.fullHeight,
  };
}
