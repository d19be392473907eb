import type { Box, Point } from '@facedex/pipeline';
import { createCanvas, type SKRSContext2D } from '@napi-rs/canvas';
import { encodePicture } from './encode-picture.js';
import { Fonts } from './fonts.js';
import type { PictureFormat } from './picture-format.js';
import { COLOURS } from './style.js';
import { drawText, measureText } from './text.js';
import { openUprightPhoto } from './upright-photo.js';

/** A larger photo is drawn smaller: its longest side, in pixels. */
const MAX_SIDE = 2400;

/** A face to draw, in pixels of the upright photo. */
export interface DrawnFace {
  readonly box: Box;
  readonly landmarks: readonly Point[];
  /** 0 to 1. */
  readonly score: number;
}

/** Sizes that grow with the picture, in pixels. */
interface Sizes {
  readonly scale: number;
  readonly line: number;
  readonly text: number;
}

/**
 * Draws the whole upright photo with every face boxed, its landmarks dotted, its number (from 1, in
 * the order given) and its score. A photo of more than 2,400 pixels is drawn smaller.
 *
 * @returns the bytes of a picture file.
 * @throws {PipelineError} `PHOTO_NOT_FOUND`, `UNREADABLE_PHOTO`
 */
export async function renderFaces(
  photo: string | Uint8Array,
  faces: readonly DrawnFace[],
  format: PictureFormat,
): Promise<Uint8Array> {
  const upright = await openUprightPhoto(photo);
  const longest = Math.max(upright.width, upright.height);
  const scale = Math.min(1, MAX_SIDE / longest);
  const size = {
    width: Math.max(1, Math.round(upright.width * scale)),
    height: Math.max(1, Math.round(upright.height * scale)),
  };
  const whole = { left: 0, top: 0, width: upright.width, height: upright.height };
  const canvas = createCanvas(size.width, size.height);
  const context = canvas.getContext('2d');
  context.drawImage(await upright.read(whole, size), 0, 0);
  const sizes = {
    scale,
    line: Math.max(2, Math.round((longest * scale) / 450)),
    text: Math.max(11, Math.round((longest * scale) / 85)),
  };
  for (const face of faces) drawFace(context, face, sizes);
  // Above all boxes, since in a crowd the box of a neighbour would cross them.
  const fonts = new Fonts();
  for (const [i, face] of faces.entries()) {
    drawLabel(context, { text: `${i + 1} · ${face.score.toFixed(2)}`, fonts }, { face, sizes });
  }
  return encodePicture(canvas, format);
}

function drawFace(
  context: SKRSContext2D,
  { box, landmarks }: DrawnFace,
  { scale, line }: Sizes,
): void {
  context.beginPath();
  context.roundRect(
    box.x * scale,
    box.y * scale,
    box.width * scale,
    box.height * scale,
    Math.min(2 * line, (box.width * scale) / 8),
  );
  outline(context, line);
  const radius = Math.max(1, Math.min(1.25 * line, (box.width * scale) / 30));
  for (const [x, y] of landmarks) {
    context.beginPath();
    context.arc(x * scale, y * scale, radius + 1, 0, 2 * Math.PI);
    context.fillStyle = 'rgba(255, 255, 255, 0.85)';
    context.fill();
    context.beginPath();
    context.arc(x * scale, y * scale, radius, 0, 2 * Math.PI);
    context.fillStyle = COLOURS.unknown;
    context.fill();
  }
}

/** A white rim keeps the line apart from a background of its colour. */
function outline(context: SKRSContext2D, line: number): void {
  context.lineWidth = line + 2;
  context.strokeStyle = 'rgba(255, 255, 255, 0.7)';
  context.stroke();
  context.lineWidth = line;
  context.strokeStyle = COLOURS.known;
  context.stroke();
}

/** On top of the box, or inside where the photo ends; moved to be inside of the photo as a whole. */
function drawLabel(
  context: SKRSContext2D,
  label: { readonly text: string; readonly fonts: Fonts },
  { face: { box }, sizes }: { readonly face: DrawnFace; readonly sizes: Sizes },
): void {
  const { scale, line, text } = sizes;
  const font = { sizePx: text, weight: 600 } as const;
  const height = Math.round(text * 1.5);
  const width = Math.ceil(measureText(context, label, font) + text * 0.8);
  const left = box.x * scale - line / 2;
  const above = box.y * scale - height;
  const x = Math.max(0, Math.min(left, context.canvas.width - width));
  const y = Math.min(Math.max(0, above), context.canvas.height - height);
  context.beginPath();
  context.roundRect(x, y, width, height, text / 4);
  context.fillStyle = COLOURS.known;
  context.fill();
  drawText(context, label, {
    ...font,
    x: x + width / 2,
    middle: y + height / 2,
    colour: '#fff',
    align: 'center',
  });
}
