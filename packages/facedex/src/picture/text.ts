import type { SKRSContext2D } from '@napi-rs/canvas';
import type { Fonts } from './fonts.js';

/** How a line of text looks, and where it stands. */
export interface TextLine {
  /** Left end, centre or right end, as `align` says, in pixels. */
  readonly x: number;
  /** The vertical middle of the capitals, in pixels. */
  readonly middle: number;
  readonly sizePx: number;
  readonly weight: 400 | 500 | 600 | 700;
  readonly colour: string;
  /** Default left. */
  readonly align?: 'left' | 'center' | 'right';
  /** In pixels; a longer text ends in an ellipsis. Default: no limit. */
  readonly maxWidth?: number;
}

/** Capitals of Inter are 0.727 of its size high. */
const CAPITAL_HEIGHT = 0.727;

/** No line has room for more; to measure a name of a megabyte would take minutes. */
const MAX_LENGTH = 300;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Draws one line of text. */
export function drawText(
  context: SKRSContext2D,
  { text, fonts }: { readonly text: string; readonly fonts: Fonts },
  line: TextLine,
): void {
  const shown = visible(text.slice(0, MAX_LENGTH));
  setFont(context, { text: shown, fonts }, line);
  context.textAlign = line.align ?? 'left';
  context.textBaseline = 'alphabetic';
  context.fillStyle = line.colour;
  const fitted = line.maxWidth === undefined ? shown : shorten(context, shown, line.maxWidth);
  context.fillText(fitted, line.x, line.middle + (line.sizePx * CAPITAL_HEIGHT) / 2);
}

/** Width of a text in pixels, in the same font as {@link drawText} takes. */
export function measureText(
  context: SKRSContext2D,
  { text, fonts }: { readonly text: string; readonly fonts: Fonts },
  font: Pick<TextLine, 'sizePx' | 'weight'>,
): number {
  setFont(context, { text, fonts }, font);
  return context.measureText(text).width;
}

function setFont(
  context: SKRSContext2D,
  { text, fonts }: { readonly text: string; readonly fonts: Fonts },
  { sizePx, weight }: Pick<TextLine, 'sizePx' | 'weight'>,
): void {
  context.font = `${weight} ${sizePx}px ${fonts.familiesFor(text)}`;
}

/**
 * A name can hold anything. Characters that would break a line or turn the direction of the text
 * around them are shown as the replacement character.
 */
function visible(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');
}

/** The longest beginning of a text that fits with an ellipsis, cut between whole characters. */
function shorten(context: SKRSContext2D, text: string, maxWidth: number): string {
  if (context.measureText(text).width <= maxWidth) return text;
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment);
  let fits = 0;
  let tooLong = parts.length + 1;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (context.measureText(ellipsis(parts, middle)).width <= maxWidth) fits = middle;
    else tooLong = middle;
  }
  return ellipsis(parts, fits);
}

function ellipsis(parts: readonly string[], count: number): string {
  return `${parts.slice(0, count).join('').trimEnd()}…`;
}
