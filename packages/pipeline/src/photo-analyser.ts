import { decodePhoto, type PhotoSource, type Pixels } from './decode-photo.js';
import type { FaceDetector } from './face-detector.js';
import type { FusedEmbedder } from './fused-embedder.js';
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
  readonly embedder: FusedEmbedder | undefined;
}

/**
 * Long sides of the detector's input, in pixels: the smaller, the cheaper and the larger the faces
 * that it finds. A portrait's subject is found at 320; at 640 faces of 24 pixels in a 640-pixel photo
 * are found, but of portraits that fill the picture 0.6 % are missed; 160 is for faces that fill it.
 */
const PORTRAIT_SIDE = 320;
const GROUP_SIDE = 640;
const CLOSE_UP_SIDE = 160;

/** A face at least this tall, as a share of the photo's shorter side, makes the photo a portrait. */
const PORTRAIT_SHARE = 0.2;

/** Below this the landmark network says that the detector was wrong. */
const MIN_LANDMARK_SCORE = 0.5;

/** Smaller faces, in decoded pixels, can't be told from chance patterns and have no identity left. */
const MIN_FACE_HEIGHT = 12;

/** Boxes that overlap more are one face that was seen twice. */
const MAX_OVERLAP = 0.4;

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
  const faces = photos.flatMap((photo) =>
    photo instanceof PipelineError
      ? []
      : photo.faces.map(({ face }) => ({ pixels: photo.pixels, landmarks: face.landmarks })),
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
  const detections = [
    ...(await detector.detect(pixels, GROUP_SIDE)),
    ...(await detector.detect(pixels, PORTRAIT_SIDE)),
  ];
  if (detections.length === 0) detections.push(...(await detector.detect(pixels, CLOSE_UP_SIDE)));
  const distinct = suppressOverlaps(detections, MAX_OVERLAP);
  const refined = await landmarks.find(
    pixels,
    distinct.map(({ box }) => box),
  );
  const faces = refined
    .map((face, i) => ({ face, box: face.box, score: distinct[i]!.score }))
    .filter(({ face }) => isFace(face));
  // Boxes that were apart may be refined to the same face.
  const found = suppressOverlaps(faces, MAX_OVERLAP).sort((a, b) => b.box.height - a.box.height);
  return { pixels, faces: found, facesSeen: found.length };
}

async function findSubject(pixels: Pixels, { detector, landmarks }: Networks): Promise<FoundPhoto> {
  const shorter = Math.min(pixels.width, pixels.height);
  for (const side of [PORTRAIT_SIDE, GROUP_SIDE, CLOSE_UP_SIDE]) {
    const detections = await detector.detect(pixels, side);
    const large = detections.some(({ box }) => box.height >= PORTRAIT_SHARE * shorter);
    if (side === PORTRAIT_SIDE && !large) continue;
    for (const { box, score } of bySubject(detections, pixels)) {
      const [face] = await landmarks.find(pixels, [box]);
      if (face !== undefined && isFace(face)) {
        return { pixels, faces: [{ face, score }], facesSeen: detections.length };
      }
    }
  }
  return { pixels, faces: [], facesSeen: 0 };
}

function isFace({ score, box }: LandmarkedFace): boolean {
  return score > MIN_LANDMARK_SCORE && box.height >= MIN_FACE_HEIGHT;
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
