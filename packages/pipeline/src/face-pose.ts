import { fitSimilarity } from './align-face.js';
import type { Landmarks, Point } from './geometry.js';
import { ARCFACE_ALIGNMENT } from './models/alignments.js';

/** Which way a face looks, in degrees; approximate, 0 is frontal. */
export interface Pose {
  /** Turned to the right of the picture is positive, -90…90. */
  readonly yaw: number;
  /** Looking up is positive, -90…90. */
  readonly pitch: number;
  /** Head tilted clockwise is positive, -180…180. */
  readonly roll: number;
}

/** The mean frontal face in a square of 112 pixels; its eyes are 35 pixels apart (63 mm). */
const FRONTAL = ARCFACE_ALIGNMENT.template;
const [EYE_WIDTH, EYES_TO_MOUTH, NOSE_SHARE] = proportions(FRONTAL);

/**
 * How far nose tip and mouth corners lie before the eyes' centres, in the same pixels: about 40 mm and
 * 12 mm on a mean face.
 */
const NOSE_DEPTH = 22;
const MOUTH_DEPTH = 7;

const DEGREES = 180 / Math.PI;

/**
 * The pose of a face from its landmarks, as if seen from far away. A yaw ψ narrows the eyes' distance
 * by cos ψ and moves the nose tip, which lies before the line from eyes to mouth, by its depth times
 * sin ψ; pitch does the same to the nose's place between eyes and mouth.
 */
export function poseOf(landmarks: Landmarks): Pose {
  const { a, b } = fitSimilarity(landmarks, FRONTAL);
  const turned = landmarks.map(([x, y]): Point => [a * x - b * y, b * x + a * y]);
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = turned as unknown as Landmarks;
  const eyes = middle(leftEye, rightEye);
  const mouth = middle(leftMouth, rightMouth);
  const share = (nose[1] - eyes[1]) / (mouth[1] - eyes[1]);
  const beside = nose[0] - (eyes[0] + share * (mouth[0] - eyes[0]));
  const before = NOSE_DEPTH - NOSE_SHARE * MOUTH_DEPTH;
  const yaw = Math.atan((beside / (rightEye[0] - leftEye[0])) * (EYE_WIDTH / before));
  const pitch = Math.atan(
    (EYES_TO_MOUTH * (NOSE_SHARE - share)) / (NOSE_DEPTH - share * MOUTH_DEPTH),
  );
  return { yaw: yaw * DEGREES, pitch: pitch * DEGREES, roll: -Math.atan2(b, a) * DEGREES };
}

/** Eye distance, distance of eyes and mouth, and at which share of it the nose tip is. */
function proportions(points: readonly Point[]): [number, number, number] {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = points as unknown as Landmarks;
  const eyes = middle(leftEye, rightEye);
  const height = middle(leftMouth, rightMouth)[1] - eyes[1];
  return [rightEye[0] - leftEye[0], height, (nose[1] - eyes[1]) / height];
}

function middle(a: Point, b: Point): Point {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}
