import { fitSimilarity, warpFace } from './align-face.js';
import type { Pixels } from './decode-photo.js';
import { type Pose, poseOf } from './face-pose.js';
import type { Landmarks } from './geometry.js';
import { ARCFACE_ALIGNMENT } from './models/alignments.js';

/** How well a face can be recognised: one number, and the parts that it is the product of. */
export interface FaceQuality {
  /** `size * sharpness * frontality * exposure * detection`, 0…1. */
  readonly score: number;
  /** 1 where the face fills an aligned face of 112 pixels, less where it has to be enlarged. */
  readonly size: number;
  /** 1 for crisp detail, near 0 for a blurred face. */
  readonly sharpness: number;
  /** 1 for a frontal face, 0 for a profile: cos yaw · cos pitch. */
  readonly frontality: number;
  /** 1 where no part of the face is black or white and the whole neither dark nor bright. */
  readonly exposure: number;
  /** The smaller one of the detector's and the landmark network's confidence. */
  readonly detection: number;
  readonly pose: Pose;
  /** Mean of the aligned face, 0…255. */
  readonly brightness: number;
  /** Share of the aligned face's pixels that are black or white (up to 3, from 252), 0…1. */
  readonly clipped: number;
}

const { size: SIDE, template: TEMPLATE } = ARCFACE_ALIGNMENT;

/** Assesses a face of a photo from its pixels and landmarks. */
export function assessFace(
  pixels: Pixels,
  { landmarks, confidence }: { readonly landmarks: Landmarks; readonly confidence: number },
): FaceQuality {
  const transform = fitSimilarity(landmarks, TEMPLATE);
  const grey = toGrey(warpFace(pixels, transform, SIDE));
  const pose = poseOf(landmarks);
  const { brightness, contrast, clipped } = exposureOf(grey);
  const size = Math.min(1, 1 / Math.hypot(transform.a, transform.b));
  const sharpness = sharpnessOf(grey, contrast);
  const frontality = Math.cos(pose.yaw / DEGREES) * Math.cos(pose.pitch / DEGREES);
  const exposure = (1 - clipped) * evenness(brightness);
  return {
    score: size * sharpness * frontality * exposure * confidence,
    size,
    sharpness,
    frontality,
    exposure,
    detection: confidence,
    pose,
    brightness,
    clipped,
  };
}

const DEGREES = 180 / Math.PI;

/** Of red, green and blue in the brightness of a pixel (ITU-R BT.601). */
const LUMA = [0.299, 0.587, 0.114] as const;

/** Pixels up to the first and from the second are black and white. */
const BLACK = 3;
const WHITE = 252;

/** A mean brightness in between is neither dark nor bright. */
const DARK = 60;
const BRIGHT = 200;

/** The part of the aligned face that hair and background seldom reach, in pixels. */
const INNER = { left: 20, right: 92, top: 16, bottom: 100 };

/** A face with this much fine detail for its contrast is crisp, as 19 of 20 of LFW's are. */
const CRISP = 0.1;

function toGrey(rgb: Uint8Array): Float32Array {
  const [red, green, blue] = LUMA;
  const grey = new Float32Array(rgb.length / 3);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = red * rgb[i * 3]! + green * rgb[i * 3 + 1]! + blue * rgb[i * 3 + 2]!;
  }
  return grey;
}

function exposureOf(grey: Float32Array) {
  let total = 0;
  let squares = 0;
  let extreme = 0;
  for (let i = 0; i < grey.length; i++) {
    const value = grey[i]!;
    total += value;
    squares += value * value;
    if (value <= BLACK || value >= WHITE) extreme++;
  }
  const brightness = total / grey.length;
  const contrast = Math.sqrt(Math.max(0, squares / grey.length - brightness ** 2));
  return { brightness, contrast, clipped: extreme / grey.length };
}

/** 1 between dark and bright, falling to 0 at black and white. */
function evenness(brightness: number): number {
  return Math.max(0, Math.min(1, brightness / DARK, (255 - brightness) / (255 - BRIGHT)));
}

/**
 * Mean magnitude of the Laplacian over the face's inner part, relative to the contrast: blur takes the
 * finest detail first, and a dim picture isn't a blurred one.
 */
function sharpnessOf(grey: Float32Array, contrast: number): number {
  if (contrast === 0) return 0;
  let total = 0;
  for (let y = INNER.top; y < INNER.bottom; y++) {
    for (let x = INNER.left; x < INNER.right; x++) {
      const i = y * SIDE + x;
      total += Math.abs(
        4 * grey[i]! - grey[i - 1]! - grey[i + 1]! - grey[i - SIDE]! - grey[i + SIDE]!,
      );
    }
  }
  const mean = total / ((INNER.bottom - INNER.top) * (INNER.right - INNER.left));
  return Math.min(1, mean / contrast / CRISP);
}
