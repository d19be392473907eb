import type { Box } from '@facedex/pipeline';
import { createCanvas } from '@napi-rs/canvas';
import { encodePicture } from './encode-picture.js';
import { Fonts } from './fonts.js';
import type { PictureFormat } from './picture-format.js';
import { COLOURS } from './style.js';
import { drawTile, TILE, type Tile } from './tile.js';

/** A face of the gallery that a search found. */
export interface PictureMatch {
  /** 1 is the nearest. */
  readonly rank: number;
  /** `null`: the face has no name yet. */
  readonly person: string | null;
  /** Path of the photo. */
  readonly photo: string;
  /** In pixels of the upright photo. */
  readonly box: Box;
  /** Euclidean, 0 to 2. */
  readonly distance: number;
  /** Cosine, -1 to 1. */
  readonly similarity: number;
  /** Whether the distance is within the threshold. */
  readonly known: boolean;
}

/** A search and its answer. */
export interface Comparison {
  readonly probe: {
    /** Path or bytes of the photo. */
    readonly photo: string | Uint8Array;
    /** The face that was searched with, in pixels of the upright photo. */
    readonly box: Box;
  };
  /** Duration of the search, in milliseconds. */
  readonly searchMs: number;
  /** The largest distance of a known person. */
  readonly threshold: number;
  /** Nearest first. */
  readonly matches: readonly PictureMatch[];
}

/** Matches side by side; more are wrapped, in rows of about the same length. */
const MAX_COLUMNS = 10;

/** More rows would make a picture that no viewer shows well, and soon one that no format holds. */
const MAX_ROWS = 6;

/** Between tiles, between the query and the matches, and around all; in pixels. */
const GAP = 24;
const QUERY_GAP = 48;
const MARGIN = 32;

/**
 * Draws a search: the query first, titled with the search time, then each match with its face
 * boxed, its rank, person and distance. A match beyond the threshold is marked "unknown". Up to 10
 * matches stand in one row; at most 60 are shown. A photo that is gone or can't be decoded leaves a
 * tile that says so.
 *
 * @returns the bytes of a picture file; its size depends on the number of matches only.
 */
export async function renderComparison(
  comparison: Comparison,
  format: PictureFormat,
): Promise<Uint8Array> {
  const tiles = matchTiles(comparison);
  const rows = Math.ceil(tiles.length / MAX_COLUMNS);
  const columns = Math.ceil(tiles.length / rows);
  const firstColumn = MARGIN + TILE.width + QUERY_GAP;
  const canvas = createCanvas(
    firstColumn + columns * (TILE.width + GAP) - GAP + MARGIN,
    MARGIN + rows * (TILE.height + GAP) - GAP + MARGIN,
  );
  const context = canvas.getContext('2d');
  context.fillStyle = COLOURS.page;
  context.fillRect(0, 0, canvas.width, canvas.height);
  const fonts = new Fonts();
  await drawTile(context, { tile: queryTile(comparison), fonts }, [MARGIN, MARGIN]);
  // One after the other: of many large photos, only one should be in memory.
  for (const [i, tile] of tiles.entries()) {
    const x = firstColumn + (i % columns) * (TILE.width + GAP);
    const y = MARGIN + Math.floor(i / columns) * (TILE.height + GAP);
    await drawTile(context, { tile, fonts }, [x, y]);
  }
  return encodePicture(canvas, format);
}

function queryTile({ probe, searchMs, threshold, matches }: Comparison): Tile {
  const shown = MAX_COLUMNS * MAX_ROWS;
  return {
    picture: probe,
    title: `query · ${duration(searchMs)}`,
    detail:
      matches.length > shown
        ? `first ${shown} of ${matches.length} matches`
        : `threshold ${threshold.toFixed(3)}`,
    colour: COLOURS.query,
    unsure: false,
  };
}

function matchTiles({ matches }: Comparison): Tile[] {
  if (matches.length === 0) {
    return [
      {
        picture: 'no match',
        title: 'nobody',
        detail: 'no face to compare with',
        colour: COLOURS.unknown,
        unsure: true,
      },
    ];
  }
  return matches.slice(0, MAX_COLUMNS * MAX_ROWS).map(matchTile);
}

function matchTile({ rank, person, photo, box, distance, known }: PictureMatch): Tile {
  return {
    picture: { photo, box },
    title: person ?? 'unnamed',
    detail: `distance ${distance.toFixed(3)}`,
    colour: known ? COLOURS.known : COLOURS.unknown,
    unsure: !known,
    badge: String(rank),
    verdict: known ? (person === null ? 'match' : 'known') : 'unknown',
  };
}

/** Three digits are as many as a measurement repeats. */
function duration(ms: number): string {
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 100) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(2)} s`;
}
