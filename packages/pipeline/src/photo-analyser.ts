import { decodePhoto, type PhotoSource, type Pixels } from './decode-photo.js';
import type { FaceDetector } from './face-detector.js';
import type { FaceEmbedder } from './face-embedder.js';
import { type Box, bySubject, type Landmarks, type Point, suppressOverlaps } from './geometry.js';
import type { LandmarkedFace, LandmarkFinder } from './landmark-finder.js';
import { PipelineError } from './pipeline-error.js';

/** Which faces of a photo are wanted: all, or only the person that the photo shows. */
export type Find = 'all' | 'subject';

/** A face of a photo, in pixels of the upright photo. */
export interface Face {
  readonly box: Box;
  readonly landmarks: Landmarks;
  /** The detector's confidence, 0…1. */
  readonly score: number;
  /** Unit length, as many values as the embedder's dimension; empty where none was asked for. */
  readonly embedding: Float32Array;
}

/** What was found in a photo. */
export interface AnalysedPhoto {
  /** Size of the upright photo, in pixels. */
  readonly width: number;
  readonly height: number;
  /** `all`: every face, largest first. `subject`: at most one. */
  readonly faces: readonly Face[];
  /** How many faces the detector saw, also where only one was asked for. */
  readonly facesSeen: number;
}

/** The networks of a pipeline; the embedder is absent where only detection is wanted. */
export interface Networks {
  readonly detector: FaceDetector;
  readonly landmarks: LandmarkFinder;
  readonly embedder: FaceEmbedder | undefined;
}

/**
 * Long sides of the detector's input, in pixels. The subject of a portrait is found at the small
 * size, four times cheaper; small faces need the large one (at 320 a face of 38 pixels in a
 * 1000-pixel photo is missed in 8 % of cases, at 640 faces of 24 pixels are found).
 */
const PORTRAIT_SIDE = 320;
const GROUP_SIDE = 640;

/** A face at least this tall, as a share of the photo's shorter side, makes the photo a portrait. */
const PORTRAIT_SHARE = 0.2;

/** Below this the landmark network says that the detector was wrong. */
const MIN_LANDMARK_SCORE = 0.5;

/** Refined boxes that overlap more are one face that the detector saw twice. */
const MAX_REFINED_OVERLAP = 0.5;

/** A face whose embedding is still to be made. */
interface FoundFace {
  readonly face: LandmarkedFace;
  readonly score: number;
}

/**
 * Analyses photos together, so that their faces are embedded in one batch. A photo that can't be
 * analysed gives its error in its place and doesn't stop the others.
 */
export async function analysePhotos(
  sources: readonly PhotoSource[],
  networks: Networks,
  find: Find,
): Promise<(AnalysedPhoto | PipelineError)[]> {
  // All photos start decoding in libuv's pool while the networks run on the first ones.
  const decoding = sources.map((source) => decodePhoto(source).catch(asPipelineError));
  const photos: (FoundPhoto | PipelineError)[] = [];
  for (const pending of decoding) {
    const pixels = await pending;
    photos.push(
      pixels instanceof PipelineError
        ? pixels
        : await findFaces(pixels, networks, find).catch(asPipelineError),
    );
  }
  const found = photos.filter((photo) => !(photo instanceof PipelineError));
  const faces = found.flatMap(({ pixels, faces }) =>
    faces.map(({ face }) => ({ pixels, landmarks: face.landmarks })),
  );
  const embeddings = (await networks.embedder?.embed(faces)) ?? [];
  let next = 0;
  return photos.map((photo) => {
    if (photo instanceof PipelineError) return photo;
    const own = embeddings.slice(next, next + photo.faces.length);
    next += photo.faces.length;
    return describe(photo, own);
  });
}

interface FoundPhoto {
  readonly pixels: Pixels;
  readonly faces: readonly FoundFace[];
  readonly facesSeen: number;
}

async function findFaces(pixels: Pixels, networks: Networks, find: Find): Promise<FoundPhoto> {
  return find === 'all' ? findAll(pixels, networks) : findSubject(pixels, networks);
}

async function findAll(pixels: Pixels, { detector, landmarks }: Networks): Promise<FoundPhoto> {
  const detections = await detector.detect(pixels, GROUP_SIDE);
  const refined = await landmarks.find(
    pixels,
    detections.map(({ box }) => box),
  );
  const faces = refined
    .map((face, i) => ({ face, box: face.box, score: detections[i]!.score }))
    .filter(({ face }) => face.score > MIN_LANDMARK_SCORE);
  const distinct = suppressOverlaps(faces, MAX_REFINED_OVERLAP).sort(
    (a, b) => b.box.height - a.box.height,
  );
  return { pixels, faces: distinct, facesSeen: distinct.length };
}

async function findSubject(pixels: Pixels, { detector, landmarks }: Networks): Promise<FoundPhoto> {
  const shorter = Math.min(pixels.width, pixels.height);
  let detections = await detector.detect(pixels, PORTRAIT_SIDE);
  if (!detections.some(({ box }) => box.height >= PORTRAIT_SHARE * shorter)) {
    detections = await detector.detect(pixels, GROUP_SIDE);
  }
  for (const { box, score } of bySubject(detections, pixels)) {
    const [face] = await landmarks.find(pixels, [box]);
    if (face !== undefined && face.score > MIN_LANDMARK_SCORE) {
      return { pixels, faces: [{ face, score }], facesSeen: detections.length };
    }
  }
  return { pixels, faces: [], facesSeen: 0 };
}

/** Moves what was found from the decoded pixels to those of the photo itself. */
function describe({ pixels, faces, facesSeen }: FoundPhoto, embeddings: Float32Array[]) {
  const x = pixels.fullWidth / pixels.width;
  const y = pixels.fullHeight / pixels.height;
  const move = ([px, py]: Point): Point => [px * x, py * y];
  return {
    width: pixels.fullWidth,
    height: pixels.fullHeight,
    facesSeen,
    faces: faces.map(({ face, score }, i) => {
      const { box, landmarks } = face;
      const [leftEye, rightEye, nose, leftMouth, rightMouth] = landmarks;
      return {
        box: { x: box.x * x, y: box.y * y, width: box.width * x, height: box.height * y },
        landmarks: [
          move(leftEye),
          move(rightEye),
          move(nose),
          move(leftMouth),
          move(rightMouth),
        ] as const,
        score,
        embedding: embeddings[i] ?? new Float32Array(),
      };
    }),
  };
}

function asPipelineError(error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PipelineError('INFERENCE_FAILED', `the photo could not be analysed: ${message}`);
}
