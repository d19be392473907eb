import { type DetectorSize, sidesForAll, sidesForSubject } from './detector-sides.js';
import type { Effort } from './effort.js';
import type { FaceDetector } from './face-detector.js';
import type { FaceVerifier } from './face-verifier.js';
import { bySubject, suppressOverlaps } from './geometry.js';
import type { LandmarkedFace, LandmarkFinder } from './landmark-finder.js';
import type { View } from './view.js';

/** Which faces of a photo are wanted: all, or only the person that the photo shows. */
export type Find = 'all' | 'subject';

/** The networks that find faces. */
export interface FinderNetworks {
  readonly detector: FaceDetector;
  readonly verifier: FaceVerifier;
  readonly landmarks: LandmarkFinder;
  readonly effort: Effort;
}

/** A face that was found, and the view of the photo that it was found in. */
export interface FoundFace {
  /** In pixels of the view. */
  readonly face: LandmarkedFace;
  readonly view: View;
  /** The detector's confidence, 0…1. */
  readonly score: number;
}

/** The faces of a photo, and how many the detector saw. */
export interface FoundFaces {
  /** `all`: largest first. `subject`: at most one. */
  readonly faces: readonly FoundFace[];
  readonly facesSeen: number;
}

/** A face at least this tall, as a share of the photo's shorter side, makes the photo a portrait. */
const PORTRAIT_SHARE = 0.2;

/** Below this the landmark network says that the detector was wrong. */
const MIN_LANDMARK_SCORE = 0.5;

/** Smaller faces, in decoded pixels, can't be told from chance patterns and have no identity left. */
const MIN_FACE_HEIGHT = 12;

/** Boxes that overlap more are one face that was seen twice. */
export const MAX_OVERLAP = 0.4;

/**
 * A face that detector and landmark network are both this sure of is there; on a more doubtful one
 * the verifier is asked, which must be surer than {@link MIN_VERIFIED} (see docs/decisions/0007).
 */
const CONVINCING_SCORE = 0.95;
const MIN_VERIFIED = 0.6;

/** From this height in decoded pixels the detector's word is enough. */
const LARGE_FACE = 40;

/** Finds the faces of one view of a photo. */
export function findInView(
  view: View,
  networks: FinderNetworks,
  { find, detectorSize }: { readonly find: Find; readonly detectorSize: DetectorSize },
): Promise<FoundFaces> {
  return find === 'all'
    ? findAll(view, networks, detectorSize)
    : findSubject(view, networks, detectorSize);
}

/** All faces that are seen at some of the sides, largest first. */
export async function findAtSides(
  view: View,
  networks: FinderNetworks,
  sides: readonly number[],
): Promise<FoundFace[]> {
  const { detector, landmarks } = networks;
  const detections = [];
  for (const side of sides) detections.push(...(await detector.detect(view.pixels, side)));
  const distinct = suppressOverlaps(detections, MAX_OVERLAP);
  const refined = await landmarks.find(
    view.pixels,
    distinct.map(({ box }) => box),
  );
  const candidates = refined.map((face, i) => ({
    face,
    view,
    box: face.box,
    score: distinct[i]!.score,
  }));
  // Boxes that were apart may be refined to the same face.
  const faces = suppressOverlaps(await realFaces(candidates, networks), MAX_OVERLAP);
  return faces.sort((a, b) => b.box.height - a.box.height);
}

/**
 * Of a large face the detector's word is enough: landmark network and verifier both mistrust heads
 * that are tilted, and chance patterns are small, or the detector isn't sure of them.
 */
function isConvincing({ face, score }: FoundFace): boolean {
  const certainty = face.box.height < LARGE_FACE ? Math.min(face.score, score) : score;
  return certainty >= CONVINCING_SCORE;
}

async function findAll(
  view: View,
  networks: FinderNetworks,
  detectorSize: DetectorSize,
): Promise<FoundFaces> {
  const { sides, ifNone } = sidesForAll(view.pixels, { detectorSize, effort: networks.effort });
  let faces = await findAtSides(view, networks, sides);
  if (faces.length === 0) faces = await findAtSides(view, networks, ifNone);
  return { faces, facesSeen: faces.length };
}

async function findSubject(
  view: View,
  networks: FinderNetworks,
  detectorSize: DetectorSize,
): Promise<FoundFaces> {
  const { detector, landmarks, effort } = networks;
  const { pixels } = view;
  const shorter = Math.min(pixels.width, pixels.height);
  const sides = sidesForSubject(pixels, { detectorSize, effort });
  for (const [i, side] of sides.entries()) {
    const detections = await detector.detect(pixels, side);
    const large = detections.some(({ box }) => box.height >= PORTRAIT_SHARE * shorter);
    // The first look is at a portrait; small faces are left to the closer look that follows.
    if (i === 0 && sides.length > 1 && !large) continue;
    for (const { box, score } of bySubject(detections, pixels)) {
      const [face] = await landmarks.find(pixels, [box]);
      const faces = await realFaces([{ face: face!, view, score }], networks);
      if (faces.length > 0) return { faces, facesSeen: detections.length };
    }
  }
  return { faces: [], facesSeen: 0 };
}

/** Those candidates that are faces, in their order. */
async function realFaces<T extends FoundFace>(
  candidates: readonly T[],
  { verifier }: FinderNetworks,
): Promise<T[]> {
  const likely = candidates.filter(
    ({ face }) => face.score > MIN_LANDMARK_SCORE && face.box.height >= MIN_FACE_HEIGHT,
  );
  const doubtful = likely.filter((candidate) => !isConvincing(candidate));
  if (doubtful.length === 0) return likely;
  const scores = await verifier.scores(
    doubtful[0]!.view.pixels,
    doubtful.map(({ face }) => face.box),
  );
  const wrong = new Set(doubtful.filter((_, i) => scores[i]! < MIN_VERIFIED));
  return likely.filter((candidate) => !wrong.has(candidate));
}
