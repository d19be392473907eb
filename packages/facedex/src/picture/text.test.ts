import { createCanvas } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { Fonts } from './fonts.js';
import { drawText, type TextLine } from './text.js';

const fonts = new Fonts();
const SIZE = { width: 400, height: 40 };
const line: TextLine = { x: 4, middle: 20, sizePx: 28, weight: 400, colour: '#000' };
/** Of a private-use plane: no font has it, so it is drawn as the sign for a missing character. */
const NO_CHARACTER = '\u{10fffd}';

describe('drawText, from the bundled fonts alone', () => {
  it.each([
    ['Latin', 'AéłşǍ'],
    ['Vietnamese', 'ễịẤ'],
    ['Greek', 'Ωλά'],
    ['Cyrillic', 'ЖыЇ'],
    ['simplified Chinese', '李雷欧阳娜'],
    ['traditional Chinese', '劉龍臺灣媧'],
    ['Japanese', 'さくラ'],
    ['Korean', '김철수박'],
  ])('draws every character of %s, each in its own shape', (_script, characters) => {
    const shapes = [NO_CHARACTER, ...characters].map((character) => ink(character));
    expect(new Set(shapes).size).toBe(shapes.length);
  });

  it('draws a name of several scripts from all the fonts that it needs', () => {
    expect(fonts.familiesFor('Ann')).toBe('"inter-latin"');
    expect(fonts.familiesFor('Ann Λ').split(', ')).toEqual(['"inter-latin"', '"inter-greek"']);
  });

  it('draws the weight that is asked for', () => {
    expect(darkness('李雷 Ann', { ...line, weight: 700 })).toBeGreaterThan(
      1.2 * darkness('李雷 Ann', line),
    );
  });
});

describe('drawText', () => {
  it('ends a text that is too long in an ellipsis, inside of the room', () => {
    const limited = { ...line, maxWidth: 100 };
    expect(ink('Bartholomew Longfellow', limited)).toBe(ink('Barthol…', limited));
    expect(ink('Barth', limited)).toBe(ink('Barth'));
    expect(rightmost('W'.repeat(100_000), limited)).toBeLessThanOrEqual(104);
    expect(rightmost('长'.repeat(100_000), limited)).toBeLessThanOrEqual(104);
  });

  it('keeps a composed character whole', () => {
    // Four letters, each of a base and two marks: cutting by code unit would leave a bare base.
    const letter = 'e\u0323\u0302';
    const limited = { ...line, maxWidth: 40 };
    expect(ink(letter.repeat(9), limited)).toBe(ink(`${letter}…`, limited));
  });

  it('shows characters that break a line or turn its direction', () => {
    for (const character of ['\n', '\0', '\u202e', '\u2028']) {
      expect(ink(`a${character}b`)).toBe(ink('a\ufffdb'));
    }
  });

  it.each([
    ['right', 200, 200],
    ['center', 200, 235],
  ] as const)('aligns to the %s', (align, x, end) => {
    const right = rightmost('HHHH', { ...line, x, align });
    expect(Math.abs(right - end)).toBeLessThan(12);
  });
});

function draw(text: string, style: TextLine) {
  const context = createCanvas(SIZE.width, SIZE.height).getContext('2d');
  drawText(context, { text, fonts }, style);
  return context.getImageData(0, 0, SIZE.width, SIZE.height).data;
}

/** The drawn pixels, comparable. */
function ink(text: string, style = line): string {
  return Buffer.from(draw(text, style)).toString('base64');
}

function darkness(text: string, style: TextLine): number {
  return draw(text, style).reduce((sum, value) => sum + value, 0);
}

/** The last column that has ink. */
function rightmost(text: string, style: TextLine): number {
  const data = draw(text, style);
  let right = 0;
  for (let i = 0; i < SIZE.width * SIZE.height; i++) {
    if (data[i * 4 + 3]! > 0) right = Math.max(right, i % SIZE.width);
  }
  return right;
}
