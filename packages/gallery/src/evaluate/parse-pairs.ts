import { GalleryError } from '../errors.js';

/** A picture in a pairs list: the `number`th of a person, from 1. */
export interface PhotoReference {
  person: string;
  number: number;
}

export interface Pair {
  a: PhotoReference;
  b: PhotoReference;
  /** Whether both are of one person. */
  same: boolean;
  /** From 0; always 0 in a list that is not divided into folds. */
  fold: number;
}

/**
 * Reads a pairs list of Labeled Faces in the Wild (https://vis-www.cs.umass.edu/lfw/README.txt).
 *
 * The first line is `folds pairs` (View 2: `10 300`) or `pairs` (View 1: `1100`, a single fold). For
 * each fold follow that many pairs of the same person, `name i j`, and then as many of different
 * people, `name1 i name2 j`. Blank lines and CRLF are fine.
 *
 * @throws GalleryError `INVALID_FILE` naming the line
 */
export function parsePairs(text: string): Pair[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index) => ({ line: index + 1, fields: line.trim().split(/\s+/) }))
    .filter(({ fields }) => fields[0] !== '');
  const [header, ...rows] = lines;
  if (header === undefined) {
    throw new GalleryError('INVALID_FILE', 'expected a pairs list but the text is empty');
  }
  const { folds, pairsPerKind } = parseHeader(header);
  const expected = folds * pairsPerKind * 2;
  if (rows.length !== expected) {
    throw new GalleryError(
      'INVALID_FILE',
      `line ${header.line} announces ${folds} x 2 x ${pairsPerKind} = ${expected} pairs but ${rows.length} follow`,
    );
  }
  return rows.map((row, index) => {
    const fold = Math.floor(index / (2 * pairsPerKind));
    const same = index % (2 * pairsPerKind) < pairsPerKind;
    return parsePair(row, { fold, same });
  });
}

interface Line {
  line: number;
  fields: string[];
}

function parseHeader({ line, fields }: Line): { folds: number; pairsPerKind: number } {
  const numbers = fields.map(count);
  const [first, second] = numbers;
  if (numbers.length > 2 || first === undefined || numbers.includes(undefined)) {
    throw new GalleryError(
      'INVALID_FILE',
      `line ${line}: expected "folds pairs" or "pairs" but received "${fields.join(' ')}"`,
    );
  }
  return second === undefined
    ? { folds: 1, pairsPerKind: first }
    : { folds: first, pairsPerKind: second };
}

function parsePair({ line, fields }: Line, { fold, same }: { fold: number; same: boolean }): Pair {
  const [a, i, b, j] = same ? [fields[0], fields[1], fields[0], fields[2]] : fields;
  const [first, second] = [count(i), count(j)];
  if (
    fields.length !== (same ? 3 : 4) ||
    a === undefined ||
    b === undefined ||
    first === undefined ||
    second === undefined
  ) {
    const form = same
      ? '"name i j" (pictures i and j of one person)'
      : '"name1 i name2 j" (pictures of two people)';
    throw new GalleryError(
      'INVALID_FILE',
      `line ${line}: expected ${form} but received "${fields.join(' ')}"`,
    );
  }
  return { a: { person: a, number: first }, b: { person: b, number: second }, same, fold };
}

function count(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
