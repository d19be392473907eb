import type { PhotoSource, Pixels } from './decode-photo.js';
import { type DetectorSize, FINEST_SIDE } from './detector-sides.js';
import { findInTiles } from './find-in-tiles.js';
import {
  CONVINCING_SCORE,
  certainty,
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
  if (!options.anyOrientation || confidence(upright) >= CONVINCING_SCORE) return upright;
  let best = upright;
  for (const view of turnedViews(pixels)) {
    const turned = await findInView(view, networks, look);
    if (confidence(turned) > confidence(best)) best = turned;
  }
  return best;
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

/** How sure both networks are of the face that convinces them most, 0…1; 0 without a face. */
function confidence({ faces }: FoundFaces): number {
  return Math.max(0, ...faces.map(certainty));
}
