import sharp from 'sharp';
import { decodePhoto, MAX_PHOTO_PIXELS, type PhotoSource, type Pixels } from './decode-photo.js';
import { type FinderNetworks, type FoundFace, findAtSides } from './find-in-view.js';
import type { Box, Point } from './geometry.js';
import { storedRegion } from './stored-region.js';

/** Side of a tile, in pixels of the photo at full size. */
const TILE = 1024;

/** Neighbouring tiles share this much: faces up to it are whole in one of them. */
const SHARED = 160;

/** The most that is decoded at once, in pixels: a row of tiles, or a part of one (57 MB). */
const MAX_BLOCK_WIDTH = 16_384;

/** A face keeps this much of the photo around it, as a multiple of its box. */
const KEPT = 3;

/**
 * Looks at every pixel of a photo at its full size, tile by tile, for faces up to 160 pixels, which
 * may be too small in the photo as it was decoded. Holds one row of tiles and the surroundings of
 * the faces found, whatever the size of the photo.
 *
 * @throws {PipelineError} as {@link decodePhoto}
 */
export async function findInTiles(
  source: PhotoSource,
  { fullWidth, fullHeight }: Pixels,
  networks: FinderNetworks,
): Promise<FoundFace[]> {
  const found: FoundFace[] = [];
  for (const y of starts(fullHeight, TILE)) {
    const height = Math.min(TILE, fullHeight - y);
    for (const blockX of starts(fullWidth, MAX_BLOCK_WIDTH)) {
      const width = Math.min(MAX_BLOCK_WIDTH, fullWidth - blockX);
      const block = await decodeRegion(source, { x: blockX, y, width, height });
      for (const x of starts(width, TILE)) {
        const region = { x, y: 0, width: Math.min(TILE, width - x), height };
        found.push(...(await findInTile(block, region, [blockX, y], networks)));
      }
    }
  }
  return found;
}

/** Where tiles begin on an axis: evenly, sharing at least {@link SHARED} pixels. */
function starts(length: number, tile: number): number[] {
  if (length <= tile) return [0];
  const count = Math.ceil((length - SHARED) / (tile - SHARED));
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - tile)) / (count - 1)));
}

async function findInTile(
  block: Pixels,
  region: Box,
  [left, top]: Point,
  networks: FinderNetworks,
): Promise<FoundFace[]> {
  const pixels = crop(block, region);
  const tile = { pixels, toPhoto: ([x, y]: Point): Point => [left + region.x + x, top + y] };
  const faces = await findAtSides(tile, networks, [Math.max(pixels.width, pixels.height)]);
  return faces
    .filter(({ face }) => Math.max(face.box.width, face.box.height) <= SHARED)
    .map(keepSurroundings);
}

/** The same face in a small view of its own, so that the tile's pixels can go. */
function keepSurroundings(found: FoundFace): FoundFace {
  const { face, view } = found;
  const { box } = face;
  const side = Math.ceil(KEPT * Math.max(box.width, box.height));
  const x = Math.max(0, Math.floor(box.x + (box.width - side) / 2));
  const y = Math.max(0, Math.floor(box.y + (box.height - side) / 2));
  const width = Math.min(side, view.pixels.width - x);
  const height = Math.min(side, view.pixels.height - y);
  const move = ([px, py]: Point): Point => [px - x, py - y];
  const [leftEye, rightEye, nose, leftMouth, rightMouth] = face.landmarks;
  return {
    score: found.score,
    view: {
      pixels: crop(view.pixels, { x, y, width, height }),
      toPhoto: ([px, py]) => view.toPhoto([px + x, py + y]),
    },
    face: {
      score: face.score,
      box: { ...box, x: box.x - x, y: box.y - y },
      landmarks: [move(leftEye), move(rightEye), move(nose), move(leftMouth), move(rightMouth)],
    },
  };
}

function crop(pixels: Pixels, { x, y, width, height }: Box): Pixels {
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * pixels.width + x) * 3;
    data.set(pixels.data.subarray(from, from + width * 3), row * width * 3);
  }
  return { width, height, data, fullWidth: width, fullHeight: height };
}

/** Decodes a part of the upright photo at full size. */
async function decodeRegion(source: PhotoSource, region: Box): Promise<Pixels> {
  const image = sharp(source, { limitInputPixels: MAX_PHOTO_PIXELS, failOn: 'warning' });
  const { width, height, orientation = 1 } = await image.metadata();
  const stored = storedRegion(region, { width, height, orientation });
  // A picture of the part, with the photo's orientation, is decoded like the photo itself.
  const part = await image
    .extract({ left: stored.x, top: stored.y, width: stored.width, height: stored.height })
    .withMetadata({ orientation })
    .png({ compressionLevel: 0 })
    .toBuffer();
  return decodePhoto(part, { maxSide: MAX_BLOCK_WIDTH });
}
