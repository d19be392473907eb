/** A point in pixels: `[x, y]`, origin at the top left corner. */
export type Point = readonly [x: number, y: number];

/** An upright rectangle in pixels; parts of it may lie outside the photo. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Centres of the eyes, tip of the nose and corners of the mouth; "left" is left in the picture. */
export type Landmarks = readonly [
  leftEye: Point,
  rightEye: Point,
  nose: Point,
  leftMouth: Point,
  rightMouth: Point,
];

/** Intersection over union of two boxes, 0…1. */
export function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (a.width * a.height + b.width * b.height - shared);
}

/** The square with the box's centre and the given side. */
export function squareAround(box: Box, side: number): Box {
  return {
    x: box.x + (box.width - side) / 2,
    y: box.y + (box.height - side) / 2,
    width: side,
    height: side,
  };
}

/**
 * Greedy non-maximum suppression: the best-scored of every group of boxes that overlap by more
 * than `maxOverlap`, best first.
 */
export function suppressOverlaps<T extends { readonly box: Box; readonly score: number }>(
  candidates: readonly T[],
  maxOverlap: number,
): T[] {
  const kept: T[] = [];
  for (const candidate of candidates.toSorted((a, b) => b.score - a.score)) {
    if (kept.every(({ box }) => overlap(box, candidate.box) <= maxOverlap)) kept.push(candidate);
  }
  return kept;
}

/**
 * A face at least this tall, as a share of the tallest, is close to it in size. The detector's box is
 * up to a half too tall where two faces are side by side.
 */
const CLOSE_IN_SIZE = 0.65;

/**
 * The candidates for "the person of this photo", likeliest first: the one nearest the photo's centre
 * among those close in size to the tallest, then the others by size. By size alone, a bystander at
 * the edge or a box around two heads would win over the subject.
 */
export function bySubject<T extends { readonly box: Box }>(
  faces: readonly T[],
  photo: { readonly width: number; readonly height: number },
): T[] {
  const tallest = Math.max(...faces.map(({ box }) => box.height));
  const fromCentre = ({ box }: T) =>
    Math.hypot(box.x + (box.width - photo.width) / 2, box.y + (box.height - photo.height) / 2);
  const isClose = ({ box }: T) => box.height >= CLOSE_IN_SIZE * tallest;
  return [
    ...faces.filter(isClose).sort((a, b) => fromCentre(a) - fromCentre(b)),
    ...faces.filter((face) => !isClose(face)).sort((a, b) => b.box.height - a.box.height),
  ];
}
