import { decodePhoto, type PhotoSource } from './decode-photo.js';
import type { FaceEmbedder } from './face-embedder.js';
import { assessFace, type FaceQuality } from './face-quality.js';
import { findFaces, type LookOptions } from './find-faces.js';
import type { FinderNetworks, FoundFace, FoundFaces } from './find-in-view.js';
import type { Box, Landmarks } from './geometry.js';
import { PipelineError } from './pipeline-error.js';
import { boxInPhoto } from './view.js';

/** A face of a photo, in pixels of the upright photo. */
export interface Face {
  readonly box: Box;
  /** Of a face found with `anyOrientation`, "left" is left in the photo as it was turned. */
  readonly landmarks: Landmarks;
  /** The detector's confidence, 0…1. */
  readonly score: number;
  /** How well the face can be recognised. */
  readonly quality: FaceQuality;
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
export interface Networks extends FinderNetworks {
  readonly embedder: FaceEmbedder | undefined;
}

/**
 * Analyses photos together, so that their faces are embedded in one batch. A photo that can't be
 * analysed gives its error in its place and doesn't stop the others.
 */
export async function analysePhotos(
  sources: readonly PhotoSource[],
  networks: Networks,
  options: LookOptions = {},
): Promise<(AnalysedPhoto | PipelineError)[]> {
  // All photos start decoding in libuv's pool while the networks run on the first ones.
  const decoding = sources.map((source) => decodePhoto(source).catch(asPipelineError));
  const photos: (FoundPhoto | PipelineError)[] = [];
  for (const [i, pending] of decoding.entries()) {
    const pixels = await pending;
    if (pixels instanceof PipelineError) {
      photos.push(pixels);
      continue;
    }
    const { fullWidth: width, fullHeight: height } = pixels;
    const found = await findFaces({ source: sources[i]!, pixels }, networks, options).catch(
      asPipelineError,
    );
    photos.push(found instanceof PipelineError ? found : { width, height, ...found });
  }
  const faces = photos.flatMap((photo) =>
    photo instanceof PipelineError
      ? []
      : photo.faces.map(({ face, view }) => ({ pixels: view.pixels, landmarks: face.landmarks })),
  );
  const embeddings = (await networks.embedder?.embed(faces)) ?? [];
  let next = 0;
  return photos.map((photo) => {
    if (photo instanceof PipelineError) return photo;
    const own = embeddings.slice(next, next + photo.faces.length);
    next += photo.faces.length;
    const { width, height, facesSeen } = photo;
    return {
      width,
      height,
      facesSeen,
      faces: photo.faces.map((face, i) => describe(face, own[i])),
    };
  });
}

interface FoundPhoto extends FoundFaces {
  /** Of the upright photo. */
  readonly width: number;
  readonly height: number;
}

/** Moves what was found from the pixels that were looked at to those of the photo itself. */
function describe({ face, view, score }: FoundFace, embedding: Float32Array | undefined): Face {
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = face.landmarks;
  return {
    box: boxInPhoto(face.box, view),
    landmarks: [
      view.toPhoto(leftEye),
      view.toPhoto(rightEye),
      view.toPhoto(nose),
      view.toPhoto(leftMouth),
      view.toPhoto(rightMouth),
    ],
    score,
    quality: assessFace(view.pixels, {
      landmarks: face.landmarks,
      confidence: Math.min(score, face.score),
    }),
    embedding: embedding ?? new Float32Array(),
  };
}

function asPipelineError(error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PipelineError('INFERENCE_FAILED', `the photo could not be analysed: ${message}`);
}
