import fc from 'fast-check';
import { expect, test } from 'vitest';
import { floatText } from './float-text.js';

test.each([
  [0, '0'],
  [1, '1'],
  [-0.5, '-0.5'],
  [0.1, '0.1'],
  [1 / 3, '0.33333334'],
  [1e-7, '1e-7'],
  [16777216, '16777216'],
])('float32 of %d is %s', (value, text) => {
  expect(floatText(Math.fround(value))).toBe(text);
});

test('every float32 reads back as itself, and one digit less would not do', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const text = floatText(value);
      expect(Math.fround(JSON.parse(text))).toBe(value === 0 ? 0 : value);
      const digits = text
        .replace(/e.*/, '')
        .replace(/[-.]/g, '')
        .replace(/^0+|0+$/g, '').length;
      if (digits > 1) {
        expect(Math.fround(Number(value.toPrecision(digits - 1)))).not.toBe(value);
      }
    }),
    { numRuns: 1000 },
  );
});
