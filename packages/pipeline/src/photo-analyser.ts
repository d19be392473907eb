import { decodePhoto, type PhotoSource, type Pixels } from './decode-photo.js';
import { assessFace, type FaceQuality } from './face-quality.js';
import { findFaces, type LookOptions } from './find-faces.js';
import type { FinderNetworks, FoundFace, FoundFaces } from './find-in-view.js';
import type { FusedEmbedder } from './fused-embedder.js';
import type { Box, Landmarks } from './geometry.js';
import type { LandmarkRefiner } from './landmark-refiner.js';
import type { LivenessJudge } from './liveness-judge.js';
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
  /** How likely the face is live, 0…1, weak evidence; null where it isn't judged. */
  readonly liveness: number | null;
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

/** The networks of a pipeline; absent are those whose answer isn't wanted. */
export interface Networks extends FinderNetworks {
  readonly embedder: FusedEmbedder | undefined;
  readonly refiner: LandmarkRefiner | undefined;
  readonly liveness: LivenessJudge | undefined;
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
    const photo = { source: sources[i]!, pixels };
    photos.push(await findInPhoto(photo, networks, options).catch(asPipelineError));
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
    const { width, height, facesSeen, faces: found, liveness } = photo;
    const own = embeddings.slice(next, next + found.length);
    next += found.length;
    return {
      width,
      height,
      facesSeen,
      faces: found.map((face, i) => ({
        ...describe(face),
        liveness: liveness[i] ?? null,
        embedding: own[i] ?? new Float32Array(),
      })),
    };
  });
}

interface FoundPhoto extends FoundFaces {
  /** Of the upright photo. */
  readonly width: number;
  readonly height: number;
  /** Per face; empty where it isn't judged. */
  readonly liveness: readonly number[];
}

async function findInPhoto(
  photo: { readonly source: PhotoSource; readonly pixels: Pixels },
  networks: Networks,
  options: LookOptions,
): Promise<FoundPhoto> {
  const { fullWidth: width, fullHeight: height } = photo.pixels;
  const { faces, facesSeen } = await findFaces(photo, networks, options);
  const refined = await refineAll(faces, networks);
  const liveness: number[] = [];
  for (const { face, view } of refined) {
    if (networks.liveness) liveness.push(await networks.liveness.score(view.pixels, face.box));
  }
  return { width, height, faces: refined, facesSeen, liveness };
}

async function refineAll(
  faces: readonly FoundFace[],
  { refiner }: Networks,
): Promise<readonly FoundFace[]> {
  if (!refiner) return faces;
  const refined: FoundFace[] = [];
  for (const found of faces) {
    refined.push({ ...found, face: await refiner.refine(found.view.pixels, found.face) });
  }
  return refined;
}

/** Moves what was found from the pixels that were looked at to those of the photo itself. */
function describe({ face, view, score }: FoundFace): Omit<Face, 'liveness' | 'embedding'> {
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
  };
}

function asPipelineError(error: unknown): PipelineError {
  if (error instanceof PipelineError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new PipelineError('INFERENCE_FAILED', `the photo could not be analysed: ${message}`);
}
