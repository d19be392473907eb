import { basename } from 'node:path';
import type { Cluster, ClusterFace } from '@facedex/gallery';
import { createCanvas } from '@napi-rs/canvas';
import { encodePicture } from './encode-picture.js';
import { Fonts } from './fonts.js';
import type { PictureFormat } from './picture-format.js';
import { COLOURS } from './style.js';
import { drawText } from './text.js';
import { drawTile, TILE } from './tile.js';

const MAX_COLUMNS = 6;
/** More faces would make a picture that no viewer shows well. */
const MAX_FACES = 48;

/** Between tiles, and around all; in pixels. */
const GAP = 24;
const MARGIN = 32;
const HEADING = { height: 96, sizePx: 44 } as const;
/** The heading of a small cluster needs more room than its faces. */
const MIN_COLUMNS = 3;

/**
 * Draws a cluster's contact sheet: who it is, and each face boxed in its photo, with its id, by which
 * it can be corrected. At most 48 faces are shown. A photo that is gone or can't be decoded leaves a
 * tile that says so.
 *
 * @returns the bytes of a picture file
 */
export async function renderClusterSheet(
  cluster: Pick<Cluster, 'id' | 'person'>,
  faces: readonly ClusterFace[],
  format: PictureFormat,
): Promise<Uint8Array> {
  const shown = faces.slice(0, MAX_FACES);
  const columns = Math.min(shown.length, MAX_COLUMNS);
  const rows = Math.ceil(shown.length / MAX_COLUMNS);
  const canvas = createCanvas(
    2 * MARGIN + Math.max(columns, MIN_COLUMNS) * (TILE.width + GAP) - GAP,
    MARGIN + HEADING.height + rows * (TILE.height + GAP) - GAP + MARGIN,
  );
  const context = canvas.getContext('2d');
  context.fillStyle = COLOURS.page;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const fonts = new Fonts();
  const middle = MARGIN + HEADING.sizePx / 2;
  const count =
    faces.length > MAX_FACES
      ? `first ${MAX_FACES} of ${faces.length} faces`
      : facesText(faces.length);
  drawText(
    context,
    { text: cluster.person ?? `cluster ${cluster.id}`, fonts },
    {
      x: MARGIN,
      middle,
      sizePx: HEADING.sizePx,
      weight: 700,
      colour: cluster.person === null ? COLOURS.muted : COLOURS.ink,
      maxWidth: canvas.width - 2 * MARGIN - 460,
    },
  );
  drawText(
    context,
    { text: cluster.person === null ? count : `cluster ${cluster.id} · ${count}`, fonts },
    {
      x: canvas.width - MARGIN,
      middle,
      sizePx: 26,
      weight: 400,
      colour: COLOURS.muted,
      align: 'right',
    },
  );
  // One after the other: of many large photos, only one should be in memory.
  for (const [i, face] of shown.entries()) {
    const tile = {
      picture: { photo: face.photo, box: face.box },
      title: basename(face.photo),
      detail: `face ${face.id}`,
      colour: face.confirmed ? COLOURS.known : COLOURS.query,
      unsure: false,
      ...(face.confirmed ? { verdict: 'confirmed' } : {}),
    };
    await drawTile(context, { tile, fonts }, [
      MARGIN + (i % MAX_COLUMNS) * (TILE.width + GAP),
      MARGIN + HEADING.height + Math.floor(i / MAX_COLUMNS) * (TILE.height + GAP),
    ]);
  }
  return encodePicture(canvas, format);
}

/** `1 face`, `2 faces`. */
export function facesText(count: number): string {
  return count === 1 ? '1 face' : `${count} faces`;
}
