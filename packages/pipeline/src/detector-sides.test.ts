import { describe, expect, it } from 'vitest';
import { checkDetectorSize, sidesForAll, sidesForSubject } from './detector-sides.js';

describe('checkDetectorSize refuses', () => {
  it.each([0, 31, 4097, 320.5, Number.NaN, -640])('%d', (size) => {
    expect(() => checkDetectorSize(size)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
  });

  it('nothing else', () => {
    for (const size of [32, 640, 4096, 'auto'] as const) checkDetectorSize(size);
  });
});

describe('auto', () => {
  const sidesOf = (width: number, height: number) => sidesForAll({ width, height }, 'auto').sides;

  it('looks at small photos at two sizes', () => {
    expect(sidesOf(250, 250)).toEqual([640, 320]);
    expect(sidesOf(480, 800)).toEqual([640, 320]);
  });

  it('looks at every pixel of larger photos, up to a bound', () => {
    expect(sidesOf(1280, 960)).toEqual([1280, 640, 320]);
    expect(sidesOf(900, 1600)).toEqual([1600, 640, 320]);
    expect(sidesOf(4096, 3072)).toEqual([2048, 640, 320]);
  });

  it('looks for a subject from coarse to fine, so that portraits cost one look', () => {
    expect(sidesForSubject({ width: 3000, height: 2000 }, 'auto')).toEqual([320, 640, 160, 2048]);
  });
});

it('looks once at the size that was asked for', () => {
  const photo = { width: 3000, height: 2000 };
  expect(sidesForAll(photo, 500)).toEqual({ sides: [500], ifNone: [] });
  expect(sidesForSubject(photo, 500)).toEqual([500]);
});
