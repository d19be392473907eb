import { describe, expect, test } from 'vitest';
import { mendedName, nameProblem, normalName } from './name.js';

describe('a name', () => {
  test.each([
    [
      'letters with marks that were typed apart',
      'Zoe\u0308 Nu\u0301n\u0303ez',
      'Zo\u00eb N\u00fa\u00f1ez',
    ],
    ['space around it', ' Hans Blix\u00a0', 'Hans Blix'],
    ['two spaces in it', 'Hans  Blix', 'Hans Blix'],
    ['the wide space of Chinese and Japanese', '山田\u3000太郎', '山田 太郎'],
    ['a joiner that Persian needs', 'نی\u200cما', 'نی\u200cما'],
    ['a joiner that Sinhala needs', 'ශ්\u200dරී', 'ශ්\u200dරී'],
    ['a joiner that emoji need', '👩\u200d🚀', '👩\u200d🚀'],
    ['a variation that Japanese names need', '葛\u{e0100}城', '葛\u{e0100}城'],
    [
      'the flag of a country in another',
      '🏴\u{e0067}\u{e0062}\u{e007f}',
      '🏴\u{e0067}\u{e0062}\u{e007f}',
    ],
    ['any case', 'hans BLIX', 'hans BLIX'],
  ])('with %s is taken', (_, text, normal) => {
    expect(normalName(text)).toBe(normal);
    expect(normalName(normal)).toBe(normal);
    expect(mendedName(text)).toBe(normal);
  });

  test.each([
    ['', 'is blank', undefined],
    [' \u3000', 'is blank', undefined],
    ['\u200d', 'is blank', undefined],
    ['Hans\nBlix', 'control character in it (U+000A)', 'Hans Blix'],
    ['Hans\tBlix', 'control character in it (U+0009)', 'Hans Blix'],
    ['Hans\0', 'control character in it (U+0000)', 'Hans'],
    ['Hans\u2028Blix', 'control character in it (U+2028)', 'Hans Blix'],
    ['Hans\u202eBlix', 'invisible character in it (U+202E)', 'HansBlix'],
    ['Hans\u2067Blix', 'invisible character in it (U+2067)', 'HansBlix'],
    ['Hans\u200bBlix', 'invisible character in it (U+200B)', 'HansBlix'],
    ['Hans\u2060Blix', 'invisible character in it (U+2060)', 'HansBlix'],
    ['\ufeffHans', 'invisible character in it (U+FEFF)', 'Hans'],
    ['Hans\u3164', 'invisible character in it (U+3164)', 'Hans'],
    ['Hans\ud800', 'half a character in it (U+D800)', 'Hans'],
  ])('%j is refused, and the error says why', (text, problem, mended) => {
    expect(nameProblem(text)).toContain(problem);
    expect(() => normalName(text, 'person')).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        message: expect.stringMatching(/^person (has|is) /),
      }),
    );
    expect(mendedName(text)).toBe(mended);
  });
});
