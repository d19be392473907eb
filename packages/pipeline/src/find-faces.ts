import type { Pixels } from './decode-photo.js';
import { type DetectorSize, sidesForAll, sidesForSubject } from './detector-sides.js';
import type { FaceDetector } from './face-detector.js';
import { type Box, bySubject, suppressOverlaps } from './geometry.js';
import type { LandmarkedFace, LandmarkFinder } from './landmark-finder.js';
import { turnedViews, type View, wholeView } from './view.js';

/** Which faces of a photo are wanted: all, or only the person that the photo shows. */
export type Find = 'all' | 'subject';

/** Where and how closely to look for faces. */
export interface LookOptions {
  /** Default `all`. */
  readonly find?: Find;
  /** Long side of the detector's input in pixels, 32…4096; default `auto`: it follows the photo. */
  readonly detectorSize?: DetectorSize;
  /**
   * Also turn the photo by quarters where it shows no convincing face, and take the turn that shows
   * the most convincing ones; default false. Costs time only for such photos.
   */
  readonly anyOrientation?: boolean;
}

/** The networks that find faces. */
export interface FinderNetworks {
  readonly detector: FaceDetector;
  readonly landmarks: LandmarkFinder;
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
 * A face that both networks are this sure of is there: chance patterns, and faces that lie on their
 * side, rarely convince both (see docs/decisions/0007).
 */
const CONVINCING_SCORE = 0.9;

/** Finds the faces of a decoded photo. */
export async function findFaces(
  pixels: Pixels,
  networks: FinderNetworks,
  options: LookOptions = {},
): Promise<FoundFaces> {
  const upright = await look(wholeView(pixels), networks, options);
  if (!options.anyOrientation || confidence(upright) >= CONVINCING_SCORE) return upright;
  let best = upright;
  for (const view of turnedViews(pixels)) {
    const turned = await look(view, networks, options);
    if (confidence(turned) > confidence(best)) best = turned;
  }
  return best;
}

/** How sure both networks are of the face that convinces them most, 0…1; 0 without a face. */
function confidence({ faces }: FoundFaces): number {
  return Math.max(0, ...faces.map(({ face, score }) => Math.min(face.score, score)));
}

function look(view: View, networks: FinderNetworks, options: LookOptions): Promise<FoundFaces> {
  const { find = 'all', detectorSize = 'auto' } = options;
  return find === 'all'
    ? findAll(view, networks, detectorSize)
    : findSubject(view, networks, detectorSize);
}

async function findAll(
  view: View,
  networks: FinderNetworks,
  size: DetectorSize,
): Promise<FoundFaces> {
  const { sides, ifNone } = sidesForAll(view.pixels, size);
  let faces = await findAtSides(view, networks, sides);
  if (faces.length === 0) faces = await findAtSides(view, networks, ifNone);
  return { faces, facesSeen: faces.length };
}

/** All faces that are seen at some of the sides, largest first. */
export async function findAtSides(
  view: View,
  { detector, landmarks }: FinderNetworks,
  sides: readonly number[],
): Promise<FoundFace[]> {
  const { pixels } = view;
  const detections = [];
  for (const side of sides) detections.push(...(await detector.detect(pixels, side)));
  const distinct = suppressOverlaps(detections, MAX_OVERLAP);
  const refined = await landmarks.find(
    pixels,
    distinct.map(({ box }) => box),
  );
  const faces = refined
    .map((face, i) => ({ face, view, box: face.box, score: distinct[i]!.score }))
    .filter(({ face }) => isFace(face));
  // Boxes that were apart may be refined to the same face.
  return suppressOverlaps(faces, MAX_OVERLAP).sort(byHeight);
}

async function findSubject(
  view: View,
  { detector, landmarks }: FinderNetworks,
  size: DetectorSize,
): Promise<FoundFaces> {
  const { pixels } = view;
  const shorter = Math.min(pixels.width, pixels.height);
  const sides = sidesForSubject(pixels, size);
  for (const [i, side] of sides.entries()) {
    const detections = await detector.detect(pixels, side);
    const large = detections.some(({ box }) => box.height >= PORTRAIT_SHARE * shorter);
    // The first look is at a portrait; small faces are left to the closer look that follows.
    if (i === 0 && sides.length > 1 && !large) continue;
    for (const { box, score } of bySubject(detections, pixels)) {
      const [face] = await landmarks.find(pixels, [box]);
      if (face !== undefined && isFace(face)) {
        return { faces: [{ face, view, score }], facesSeen: detections.length };
      }
    }
  }
  return { faces: [], facesSeen: 0 };
}

function isFace({ score, box }: LandmarkedFace): boolean {
  return score > MIN_LANDMARK_SCORE && box.height >= MIN_FACE_HEIGHT;
}

function byHeight(a: { readonly box: Box }, b: { readonly box: Box }): number {
  return b.box.height - a.box.height;
}
