import type { Box } from '@facedex/pipeline';
import sharp, { type OverlayOptions } from 'sharp';

/** A photo of one person, and where the face is. */
export interface Portrait {
  readonly path: string;
  readonly box: Box;
  readonly width: number;
  readonly height: number;
}

/** Many portraits on one canvas, and where each face lies. */
export interface Collage {
  readonly picture: Uint8Array;
  readonly faces: readonly Box[];
}

/** Side of a portrait's tile, as a multiple of its face's height: hair, ears and some background. */
const TILE = 2.6;

/** How many portraits fit on a canvas. */
export function collageCapacity(canvas: readonly [number, number], faceHeight: number): number {
  const tile = Math.round(TILE * faceHeight);
  return Math.floor(canvas[0] / tile) * Math.floor(canvas[1] / tile);
}

/** Lays portraits out in rows, each scaled so that its face has the given height in pixels. */
export async function makeCollage(
  portraits: readonly Portrait[],
  { canvas, faceHeight }: { canvas: readonly [number, number]; faceHeight: number },
): Promise<Collage> {
  const [width, height] = canvas;
  const tile = Math.round(TILE * faceHeight);
  const columns = Math.floor(width / tile);
  const tiles: OverlayOptions[] = [];
  const faces: Box[] = [];
  for (const [i, { path, box, ...photo }] of portraits.entries()) {
    const scale = faceHeight / box.height;
    const scaled = {
      width: Math.round(photo.width * scale),
      height: Math.round(photo.height * scale),
    };
    const left = clamp((box.x + box.width / 2) * scale - tile / 2, scaled.width - tile);
    const top = clamp((box.y + box.height / 2) * scale - tile / 2, scaled.height - tile);
    const part = {
      left,
      top,
      width: Math.min(tile, scaled.width),
      height: Math.min(tile, scaled.height),
    };
    const input = await sharp(path)
      .resize({ ...scaled, fit: 'fill' })
      .extract(part)
      .png({ compressionLevel: 1 })
      .toBuffer();
    const x = (i % columns) * tile;
    const y = Math.floor(i / columns) * tile;
    tiles.push({ input, left: x, top: y });
    faces.push({
      x: x + box.x * scale - left,
      y: y + box.y * scale - top,
      width: box.width * scale,
      height: box.height * scale,
    });
  }
  const picture = await sharp({ create: { width, height, channels: 3, background: '#777' } })
    .composite(tiles)
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { picture, faces };
}

function clamp(value: number, most: number): number {
  return Math.max(0, Math.min(Math.round(value), most));
}
