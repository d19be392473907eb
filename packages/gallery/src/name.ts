import { GalleryError } from './errors.js';

/** Also the separators of lines and paragraphs, which break a line as a newline does. */
const CONTROL = /[\p{Control}\u2028\u2029]/u;

/**
 * What is not seen and makes one name pass for another, such as marks that turn the direction of text.
 * Persian, Indic and Mongolian words need joiners and separators, some Chinese and Japanese names
 * variation selectors, and the flags of countries tags.
 */
const INVISIBLE =
  /(?!\p{Join_Control}|[\p{Variation_Selector}\u180e\u{e0020}-\u{e007f}])\p{Default_Ignorable_Code_Point}/u;

const SURROGATE = /\p{Surrogate}/u;
const SEEN = /(?!\p{Default_Ignorable_Code_Point})\P{White_Space}/u;
const WHITE_SPACE = /\p{White_Space}+/gu;

/**
 * The one form in which the gallery knows a person's name, or a tag: NFC, so that letters with marks are
 * the same however they were typed (macOS takes them apart in the names of folders), with one space where
 * there is white space, and none around. Upper and lower case stay as they are: they may be two people.
 *
 * @param what names the text in errors
 * @throws GalleryError `INVALID_ARGUMENT` where it is blank, or has control characters, invisible
 *   characters or half a character in it
 */
export function normalName(text: string, what = 'name'): string {
  const problem = nameProblem(text);
  if (problem !== undefined) {
    throw new GalleryError('INVALID_ARGUMENT', `${what} ${problem}`);
  }
  return tidied(text);
}

/** A name as {@link normalName} takes it, made of one that may be none; undefined where nothing is left. */
export function mendedName(text: string): string | undefined {
  const mended = tidied(
    text
      .replace(new RegExp(CONTROL, 'gu'), ' ')
      .replace(new RegExp(INVISIBLE, 'gu'), '')
      .replace(new RegExp(SURROGATE, 'gu'), ''),
  );
  return SEEN.test(mended) ? mended : undefined;
}

/** Why {@link normalName} refuses a text, or undefined where it takes it. */
export function nameProblem(text: string): string | undefined {
  if (typeof text !== 'string') {
    return `is no text but ${typeof text}`;
  }
  for (const [characters, what] of [
    [SURROGATE, 'half a character'],
    [CONTROL, 'a control character'],
    [INVISIBLE, 'an invisible character'],
  ] as const) {
    const [found] = characters.exec(text) ?? [];
    if (found !== undefined) {
      return `has ${what} in it (${codeOf(found)}), which no name or tag may have`;
    }
  }
  return SEEN.test(text) ? undefined : 'is blank';
}

function tidied(text: string): string {
  return text.replace(WHITE_SPACE, ' ').trim().normalize('NFC');
}

function codeOf(character: string): string {
  return `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
}
