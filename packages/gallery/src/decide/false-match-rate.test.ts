import { describe, expect, test } from 'vitest';
import { falsePositiveRate, identificationThreshold } from './false-match-rate.js';

/** A tenth of the rate for each tenth of distance: 1e-6 at 0.4 to 1 at 1. */
const curve = [0, 1, 2, 3, 4, 5, 6].map((i) => ({ distance: 0.4 + i / 10, far: 10 ** (i - 6) }));

describe('the threshold of identification', () => {
  test.each([0, 1, -0.1, Number.NaN])('refuses a rate of %f', (rate) => {
    expect(() =>
      identificationThreshold({ curve }, { falsePositiveRate: rate, comparisons: 10 }),
    ).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
  });

  test('gets stricter with the gallery, so that the rate stays', () => {
    const at = (comparisons: number) =>
      identificationThreshold({ curve }, { falsePositiveRate: 0.01, comparisons });
    expect(at(1)).toMatchObject({ distance: expect.closeTo(0.8, 9), reached: true });
    // 1 - 0.99^(1/100) = 1.00499e-4.
    expect(at(100).distance).toBeCloseTo(0.6 + Math.log10(1.00499) / 10, 6);
    expect(at(0)).toEqual(at(1));
  });

  test('says so where the data does not carry it', () => {
    const {
      distance,
      falsePositiveRate: rate,
      reached,
    } = identificationThreshold({ curve }, { falsePositiveRate: 0.01, comparisons: 100_000 });
    expect({ distance, reached }).toEqual({ distance: 0.4, reached: false });
    // 1 - (1 - 1e-6)^100000
    expect(rate).toBeCloseTo(1 - Math.exp(-0.1), 6);
  });

  test('at the lenient end keeps more than was asked', () => {
    const short = curve.slice(0, 4);
    expect(
      identificationThreshold({ curve: short }, { falsePositiveRate: 0.5, comparisons: 2 }),
    ).toEqual({
      distance: expect.closeTo(0.7, 9),
      falsePositiveRate: expect.closeTo(1 - 0.999 ** 2, 9),
      reached: true,
    });
  });
});

test('independent comparisons add up', () => {
  expect(falsePositiveRate(0.5, 2)).toBeCloseTo(0.75, 12);
  expect(falsePositiveRate(1e-5, 1000)).toBeCloseTo(0.009_950_2, 7);
  expect(falsePositiveRate(1e-17, 1)).toBeCloseTo(1e-17, 25);
});
