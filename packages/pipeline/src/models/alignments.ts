import type { EmbedderCard } from './model-card.js';

/** ArcFace's template for 112 pixels, which most embedders since then were trained with. */
export const ARCFACE_ALIGNMENT = {
  size: 112,
  template: [
    [38.2946, 51.6963],
    [73.5318, 51.5014],
    [56.0252, 71.7366],
    [41.5493, 92.3655],
    [70.7299, 92.2041],
  ],
} as const satisfies EmbedderCard['alignment'];

/**
 * dlib's chip of 150 pixels with a padding of 0.25, from its mean face shape: eye centres are the
 * means of the eyes' points.
 */
export const DLIB_ALIGNMENT = {
  size: 150,
  template: [
    [47.549, 46.599],
    [100.476, 46.599],
    [74.013, 76.563],
    [50.415, 103.023],
    [97.61, 103.023],
  ],
} as const satisfies EmbedderCard['alignment'];

/**
 * David Sandberg's crop of 160 pixels: the mean landmarks in MTCNN's boxes with a margin of 32 pixels,
 * which were drawn into squares whatever their shape (docs/decisions/0012).
 */
export const FACENET_ALIGNMENT = {
  size: 160,
  template: [
    [57.42, 64.67],
    [102.58, 64.67],
    [80, 91.03],
    [59.92, 114.02],
    [100.08, 114.02],
  ],
  stretch: 1.26,
} as const satisfies EmbedderCard['alignment'];

/** Alignments that models are usually trained with, by name. */
export const ALIGNMENTS = {
  arcface: ARCFACE_ALIGNMENT,
  facenet: FACENET_ALIGNMENT,
  dlib: DLIB_ALIGNMENT,
} as const;

/** Name of a usual alignment. */
export type AlignmentName = keyof typeof ALIGNMENTS;

/** A usual alignment, scaled to an aligned face of another size. */
export function alignmentOf(name: AlignmentName, size: number): EmbedderCard['alignment'] {
  const alignment = ALIGNMENTS[name];
  const factor = size / alignment.size;
  const scale = ([x, y]: readonly [number, number]) => [x * factor, y * factor] as const;
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = alignment.template;
  return {
    ...alignment,
    size,
    template: [scale(leftEye), scale(rightEye), scale(nose), scale(leftMouth), scale(rightMouth)],
  };
}
