import { basename } from 'node:path';
import { type Box, PipelineError } from '@facedex/pipeline';
import type { SKRSContext2D } from '@napi-rs/canvas';
import { drawFacePhoto } from './face-photo.js';
import type { Fonts } from './fonts.js';
import { COLOURS } from './style.js';
import { drawText, measureText } from './text.js';

/** Size of a tile: a square photo with two lines of text beneath, in pixels. */
export const TILE = { width: 320, height: 424 } as const;

const PHOTO_SIDE = TILE.width;
const RADIUS = 14;
const PADDING = 16;
/** Height of the coloured line beneath the photo. */
const ACCENT_HEIGHT = 6;
const TITLE_MIDDLE = PHOTO_SIDE + 38;
const DETAIL_MIDDLE = PHOTO_SIDE + 77;

/** A photo with its face boxed, and what is said about it. */
export interface Tile {
  /** A text: there is no photo to show, and it stands in its place. */
  readonly picture: { readonly photo: string | Uint8Array; readonly box: Box } | string;
  readonly title: string;
  readonly detail: string;
  readonly colour: string;
  /** Draws box in a dashed line and the title in a lighter colour: nobody was recognised. */
  readonly unsure: boolean;
  /** Shown in the corner of the photo. */
  readonly badge?: string;
  /** A word in the tile's colour, at the right of the detail. */
  readonly verdict?: string;
}

/** Draws a tile with its top left corner at (x, y). A photo that can't be read is told so in it. */
export async function drawTile(
  context: SKRSContext2D,
  { tile, fonts }: { readonly tile: Tile; readonly fonts: Fonts },
  [x, y]: readonly [x: number, y: number],
): Promise<void> {
  context.save();
  context.translate(x, y);
  drawCard(context);
  context.save();
  context.beginPath();
  context.roundRect(0, 0, PHOTO_SIDE, PHOTO_SIDE, [RADIUS, RADIUS, 0, 0]);
  context.clip();
  const face = await drawPicture(context, { tile, fonts });
  context.restore();
  context.fillStyle = tile.colour;
  context.fillRect(0, PHOTO_SIDE, TILE.width, ACCENT_HEIGHT);
  if (tile.badge !== undefined) drawBadge(context, { text: tile.badge, fonts }, face);
  drawLines(context, { tile, fonts });
  context.restore();
}

function drawCard(context: SKRSContext2D): void {
  context.beginPath();
  context.roundRect(0, 0, TILE.width, TILE.height, RADIUS);
  context.save();
  context.shadowColor = 'rgba(23, 32, 42, 0.12)';
  context.shadowBlur = 14;
  context.shadowOffsetY = 3;
  context.fillStyle = COLOURS.card;
  context.fill();
  context.restore();
  context.lineWidth = 1;
  context.strokeStyle = COLOURS.edge;
  context.stroke();
}

/** Draws the photo or what stands in its place; tells where the face is, if there is one. */
async function drawPicture(
  context: SKRSContext2D,
  { tile, fonts }: { readonly tile: Tile; readonly fonts: Fonts },
): Promise<Box | undefined> {
  const { picture, colour, unsure } = tile;
  if (typeof picture === 'string') {
    drawPlaceholder(context, { lines: [picture], fonts });
    return undefined;
  }
  try {
    const { canvas, box } = await drawFacePhoto({ ...picture, colour, dashed: unsure }, PHOTO_SIDE);
    context.drawImage(canvas, 0, 0);
    return box;
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    const reason = error.code === 'PHOTO_NOT_FOUND' ? 'photo missing' : 'photo unreadable';
    const name = typeof picture.photo === 'string' ? [basename(picture.photo)] : [];
    drawPlaceholder(context, { lines: [reason, ...name], fonts });
    return undefined;
  }
}

/** An empty picture frame and the reason. */
function drawPlaceholder(
  context: SKRSContext2D,
  { lines, fonts }: { readonly lines: readonly string[]; readonly fonts: Fonts },
): void {
  context.fillStyle = COLOURS.placeholder;
  context.fillRect(0, 0, PHOTO_SIDE, PHOTO_SIDE);
  const centre = PHOTO_SIDE / 2;
  context.strokeStyle = '#a3acb8';
  context.lineWidth = 5;
  context.lineJoin = 'round';
  context.lineCap = 'round';
  context.beginPath();
  context.roundRect(centre - 46, centre - 80, 92, 72, 10);
  context.stroke();
  context.beginPath();
  context.arc(centre + 20, centre - 58, 7, 0, 2 * Math.PI);
  context.stroke();
  context.beginPath();
  context.moveTo(centre - 40, centre - 20);
  context.lineTo(centre - 16, centre - 46);
  context.lineTo(centre + 4, centre - 26);
  context.lineTo(centre + 16, centre - 36);
  context.lineTo(centre + 40, centre - 16);
  context.stroke();
  for (const [i, text] of lines.entries()) {
    drawText(
      context,
      { text, fonts },
      {
        x: centre,
        middle: centre + 34 + i * 34,
        sizePx: i === 0 ? 24 : 20,
        weight: i === 0 ? 600 : 400,
        colour: COLOURS.muted,
        align: 'center',
        maxWidth: PHOTO_SIDE - 2 * PADDING,
      },
    );
  }
}

/** In the left corner; in the right one when it would cover the face. */
function drawBadge(
  context: SKRSContext2D,
  badge: { readonly text: string; readonly fonts: Fonts },
  face: Box | undefined,
): void {
  const font = { sizePx: 22, weight: 700 } as const;
  const height = 38;
  const width = Math.max(height, measureText(context, badge, font) + 22);
  const covers = face !== undefined && face.x < 12 + width && face.y < 12 + height;
  const x = covers ? PHOTO_SIDE - 12 - width : 12;
  context.beginPath();
  context.roundRect(x, 12, width, height, height / 2);
  context.fillStyle = 'rgba(23, 32, 42, 0.82)';
  context.fill();
  drawText(context, badge, {
    ...font,
    x: x + width / 2,
    middle: 12 + height / 2,
    colour: '#fff',
    align: 'center',
  });
}

function drawLines(
  context: SKRSContext2D,
  { tile, fonts }: { readonly tile: Tile; readonly fonts: Fonts },
): void {
  const room = TILE.width - 2 * PADDING;
  drawText(
    context,
    { text: tile.title, fonts },
    {
      x: PADDING,
      middle: TITLE_MIDDLE,
      sizePx: 27,
      weight: 600,
      colour: tile.unsure ? COLOURS.muted : COLOURS.ink,
      maxWidth: room,
    },
  );
  const detail = { sizePx: 22, weight: 400, colour: COLOURS.muted } as const;
  const verdict = { text: tile.verdict ?? '', fonts };
  const verdictFont = { sizePx: 22, weight: 700 } as const;
  const verdictWidth = measureText(context, verdict, verdictFont);
  drawText(
    context,
    { text: tile.detail, fonts },
    {
      ...detail,
      x: PADDING,
      middle: DETAIL_MIDDLE,
      maxWidth: room - verdictWidth - PADDING,
    },
  );
  drawText(context, verdict, {
    ...verdictFont,
    x: TILE.width - PADDING,
    middle: DETAIL_MIDDLE,
    colour: tile.colour,
    align: 'right',
  });
}
