import { createRequire } from 'node:module';
import { GlobalFonts } from '@napi-rs/canvas';

/**
 * The fonts that text is drawn with, whatever the machine has: a fresh server has none. The first
 * that has a character draws it. Each comes in subsets, with a list of what is in which; where the
 * list names characters that the font lacks (`exact: false`), those after it get their turn.
 */
const PACKAGES = [
  // Latin with Vietnamese, Greek, Cyrillic.
  { name: '@fontsource-variable/inter', file: 'inter', exact: true },
  // Simplified Chinese, most of traditional Chinese, Japanese.
  { name: '@fontsource-variable/noto-sans-sc', file: 'noto-sans-sc', exact: false },
  // The rest of traditional Chinese: one in twenty of its common characters.
  { name: '@fontsource-variable/noto-sans-tc', file: 'noto-sans-tc', exact: false },
  // Korean.
  { name: '@fontsource-variable/noto-sans-kr', file: 'noto-sans-kr', exact: false },
] as const;

/** Its subset draws every digit and most labels, and the ellipsis, so it leads every list. */
const BASE_CHARACTER = 'a';

const require = createRequire(import.meta.url);

/** One font file of a package. */
interface Subset {
  readonly family: string;
  /** Module path of the font file. */
  readonly file: string;
  /** First and last code point of each run of characters. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
}

/** The bundled fonts; a font file is read when a text first needs it. */
export class Fonts {
  readonly #packages = PACKAGES.map((one) => ({
    subsets: readSubsets(one),
    exact: one.exact,
  }));

  /**
   * A CSS `font-family` list that draws a text from the bundled fonts. A script that none of them
   * has is left to the fonts of the system.
   */
  familiesFor(text: string): string {
    const needed = new Set<Subset>();
    let characters = Array.from(BASE_CHARACTER + text, (one) => one.codePointAt(0)!);
    for (const { subsets, exact } of this.#packages) {
      const missing: number[] = [];
      for (const codePoint of characters) {
        const subset = subsets.find((one) => covers(one, codePoint));
        if (subset !== undefined) needed.add(subset);
        if (subset === undefined || !exact) missing.push(codePoint);
      }
      characters = missing;
    }
    for (const { family, file } of needed) {
      if (!GlobalFonts.has(family)) GlobalFonts.registerFromPath(require.resolve(file), family);
    }
    return Array.from(needed, ({ family }) => JSON.stringify(family)).join(', ');
  }
}

/** Keys are a subset's name, or its number in brackets; values as in a CSS `unicode-range`. */
function readSubsets({ name, file }: (typeof PACKAGES)[number]): Subset[] {
  const rangesOfSubset: Record<string, string> = require(`${name}/unicode.json`);
  return Object.entries(rangesOfSubset).map(([key, ranges]) => {
    const family = `${file}-${key.replace(/[[\]]/g, '')}`;
    return {
      family,
      file: `${name}/files/${family}-wght-normal.woff2`,
      ranges: ranges.split(',').map(parseRange),
    };
  });
}

/** Reads `U+0370-0377` or `U+037A`. */
function parseRange(range: string): readonly [number, number] {
  const [first = '', last = first] = range.replace(/^U\+/i, '').split('-');
  return [Number.parseInt(first, 16), Number.parseInt(last, 16)];
}

function covers({ ranges }: Subset, codePoint: number): boolean {
  return ranges.some(([first, last]) => codePoint >= first && codePoint <= last);
}
