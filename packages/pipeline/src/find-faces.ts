import type { PhotoSource, Pixels } from './decode-photo.js';
import { type DetectorSize, FINEST_SIDE } from './detector-sides.js';
import { findInTiles } from './find-in-tiles.js';
import {
  type Find,
  type FinderNetworks,
  type FoundFace,
  type FoundFaces,
  findInView,
  MAX_OVERLAP,
} from './find-in-view.js';
import { overlap, suppressOverlaps } from './geometry.js';
import { boxInPhoto, turnedViews, wholeView } from './view.js';

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
  /**
   * With `find: 'all'`, also look at a photo of more than 2,048 pixels a side at its full size, part
   * by part, for faces of 20 pixels; default false. Takes about 4 s per 10 megapixels.
   */
  readonly tiles?: boolean;
}

/**
 * All three networks are this sure of upright faces (100 of 100 LFW portraits), and hardly ever of
 * faces that lie on their side or stand on their head (1 of 286).
 */
const UPRIGHT_SCORE = 0.9;

/** Finds the faces of a photo, given its file and its decoded pixels. */
export async function findFaces(
  { source, pixels }: { readonly source: PhotoSource; readonly pixels: Pixels },
  networks: FinderNetworks,
  options: LookOptions = {},
): Promise<FoundFaces> {
  const { find = 'all', detectorSize = 'auto' } = options;
  const look = { find, detectorSize };
  const whole = await findInView(wholeView(pixels), networks, look);
  const longSide = Math.max(pixels.fullWidth, pixels.fullHeight);
  const inTiles = options.tiles && find === 'all' && longSide > FINEST_SIDE;
  const upright = inTiles ? mergeTiles(whole, await findInTiles(source, pixels, networks)) : whole;
  return options.anyOrientation ? bestTurn(upright, { pixels, networks, look }) : upright;
}

/** The faces of the photo as it is or, where they don't convince, of the quarter turn that has most. */
async function bestTurn(
  upright: FoundFaces,
  { pixels, networks, look }: Turning,
): Promise<FoundFaces> {
  let best = { found: upright, scores: await confidences(upright, networks) };
  if (Math.max(...best.scores) >= UPRIGHT_SCORE) return upright;
  for (const view of turnedViews(pixels)) {
    const found = await findInView(view, networks, look);
    const scores = await confidences(found, networks);
    if (sum(scores) > sum(best.scores)) best = { found, scores };
  }
  return best.found;
}

interface Turning {
  readonly pixels: Pixels;
  readonly networks: FinderNetworks;
  readonly look: { readonly find: Find; readonly detectorSize: DetectorSize };
}

/** A face that is seen in a tile is seen more closely there than in the whole photo. */
function mergeTiles({ faces: whole }: FoundFaces, tiled: readonly FoundFace[]): FoundFaces {
  const inPhoto = (found: FoundFace) => ({ found, box: boxInPhoto(found.face.box, found.view) });
  const close = suppressOverlaps(
    tiled.map((found) => ({ ...inPhoto(found), score: found.score })),
    MAX_OVERLAP,
  );
  const others = whole
    .map(inPhoto)
    .filter(({ box }) => close.every((other) => overlap(box, other.box) <= MAX_OVERLAP));
  const faces = [...close, ...others]
    .sort((a, b) => b.box.height - a.box.height)
    .map(({ found }) => found);
  return { faces, facesSeen: faces.length };
}

/** How sure all three networks are of each face, 0…1. */
async function confidences({ faces }: FoundFaces, { verifier }: FinderNetworks): Promise<number[]> {
  const scores: number[] = [];
  for (const { face, view, score } of faces) {
    const [second] = await verifier.scores(view.pixels, [face.box]);
    scores.push(Math.min(score, face.score, second!));
  }
  return scores;
}

function sum(scores: readonly number[]): number {
  return scores.reduce((total, score) => total + score, 0);
}
