import type { Box } from '@facedex/pipeline';
import { type Canvas, createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { type Region, regionAroundFace } from './face-region.js';
import { openUprightPhoto, type UprightPhoto } from './upright-photo.js';

/** Lines around faces, in pixels. */
const LINE_WIDTH = 4;

/** Longest side of the inset, and its distance from the edges, in pixels. */
const INSET_SIDE = 96;
const INSET_MARGIN = 12;

/** The inset is drawn when the part shown is less than this much of the photo's area. */
const INSET_BELOW = 0.2;

/** A photo more stretched than this would make an inset too thin to show anything. */
const INSET_MAX_ASPECT = 4;

/** What to draw: a face of a photo. */
export interface FaceInPhoto {
  readonly photo: string | Uint8Array;
  /** In pixels of the upright photo; may reach over its edges. */
  readonly box: Box;
  readonly colour: string;
  /** Draws the box with a dashed line. */
  readonly dashed: boolean;
}

/** A drawn face: a square canvas, and where the face is in it. */
export interface FacePhoto {
  readonly canvas: Canvas;
  /** In pixels of the canvas, inside of it. */
  readonly box: Box;
}

/**
 * A square with the part of the photo around a face and a box around the face. Of a photo that is
 * much larger, an inset shows the whole, with the place of the face.
 *
 * @throws {PipelineError} `PHOTO_NOT_FOUND`, `UNREADABLE_PHOTO`
 */
export async function drawFacePhoto(face: FaceInPhoto, side: number): Promise<FacePhoto> {
  const photo = await openUprightPhoto(face.photo);
  const region = regionAroundFace(face.box, photo);
  const canvas = createCanvas(side, side);
  const context = canvas.getContext('2d');
  context.drawImage(await photo.read(region, { width: side, height: side }), 0, 0);
  const box = boxIn(region, { box: face.box, side });
  drawBox(context, box, face);
  if (wantsInset(photo, region)) await drawInset(context, { photo, face, region, side });
  return { canvas, box };
}

/** The box in pixels of the square, cut at its edges so that every side of it is seen. */
function boxIn(region: Region, { box, side }: { box: Box; side: number }): Box {
  const scale = side / region.width;
  const margin = LINE_WIDTH;
  const left = limit((box.x - region.left) * scale, margin, side - margin);
  const top = limit((box.y - region.top) * scale, margin, side - margin);
  const right = limit((box.x + box.width - region.left) * scale, margin, side - margin);
  const bottom = limit((box.y + box.height - region.top) * scale, margin, side - margin);
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function drawBox(context: SKRSContext2D, box: Box, { colour, dashed }: FaceInPhoto): void {
  context.save();
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, Math.min(8, box.width / 4));
  // A white rim keeps the colour apart from a background of the same colour.
  context.lineWidth = LINE_WIDTH + 3;
  context.strokeStyle = 'rgba(255, 255, 255, 0.85)';
  context.stroke();
  context.lineWidth = LINE_WIDTH;
  context.strokeStyle = colour;
  if (dashed) context.setLineDash([14, 8]);
  context.stroke();
  context.restore();
}

function wantsInset(photo: UprightPhoto, region: Region): boolean {
  const { width, height } = photo;
  const aspect = Math.max(width / height, height / width);
  const share = (region.width * region.height) / (width * height);
  return share < INSET_BELOW && aspect <= INSET_MAX_ASPECT;
}

async function drawInset(
  context: SKRSContext2D,
  input: { photo: UprightPhoto; face: FaceInPhoto; region: Region; side: number },
): Promise<void> {
  const { photo, face, region, side } = input;
  const scale = INSET_SIDE / Math.max(photo.width, photo.height);
  const width = Math.round(photo.width * scale);
  const height = Math.round(photo.height * scale);
  const whole = { left: 0, top: 0, width: photo.width, height: photo.height };
  const picture = await photo.read(whole, { width, height });

  // At the bottom, on the side that the face leaves free; above a face at the bottom's middle.
  const faceX = (face.box.x + face.box.width / 2 - region.left) / region.width;
  const faceY = (face.box.y + face.box.height / 2 - region.top) / region.height;
  const above = faceY > 0.6 && Math.abs(faceX - 0.5) < 0.15;
  const onLeft = !above && faceX > 0.52;
  const x = onLeft ? INSET_MARGIN : side - width - INSET_MARGIN;
  const y = above ? INSET_MARGIN : side - height - INSET_MARGIN;

  context.save();
  context.beginPath();
  context.roundRect(x, y, width, height, 6);
  context.lineWidth = 6;
  context.strokeStyle = '#fff';
  context.shadowColor = 'rgba(0, 0, 0, 0.45)';
  context.shadowBlur = 8;
  context.stroke();
  context.shadowColor = 'transparent';
  context.clip();
  context.drawImage(picture, x, y);
  const marked = Math.max(8, Math.max(face.box.width, face.box.height) * scale);
  context.lineWidth = 3;
  context.strokeStyle = face.colour;
  context.strokeRect(
    limit(x + (face.box.x + face.box.width / 2) * scale - marked / 2, x, x + width - marked),
    limit(y + (face.box.y + face.box.height / 2) * scale - marked / 2, y, y + height - marked),
    marked,
    marked,
  );
  context.restore();
}

function limit(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max);
}
