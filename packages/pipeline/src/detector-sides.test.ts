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

const AUTO = { detectorSize: 'auto', effort: 'steady' } as const;

describe('auto', () => {
  const sidesOf = (width: number, height: number) => sidesForAll({ width, height }, AUTO).sides;

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
    expect(sidesForSubject({ width: 3000, height: 2000 }, AUTO)).toEqual([320, 640, 160, 2048]);
  });

  it('takes half as many pixels where it has to be quick', () => {
    const quick = { ...AUTO, effort: 'quick' } as const;
    expect(sidesForAll({ width: 480, height: 800 }, quick).sides).toEqual([448, 224]);
    expect(sidesForSubject({ width: 480, height: 800 }, quick)).toEqual([224, 448, 112]);
  });
});

it('looks once at the size that was asked for', () => {
  const photo = { width: 3000, height: 2000 };
  const size = { detectorSize: 500, effort: 'quick' } as const;
  expect(sidesForAll(photo, size)).toEqual({ sides: [500], ifNone: [] });
  expect(sidesForSubject(photo, size)).toEqual([500]);
});
