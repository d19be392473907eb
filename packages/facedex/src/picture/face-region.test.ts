import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { regionAroundFace } from './face-region.js';

const photo = { width: 4000, height: 3000 };

describe('regionAroundFace', () => {
  it('centres a square of 2.6 boxes on the face', () => {
    const region = regionAroundFace({ x: 1900, y: 1400, width: 160, height: 200 }, photo);
    expect(region).toEqual({ left: 1720, top: 1240, width: 520, height: 520 });
  });

  it('moves inward at an edge instead of showing what is beyond', () => {
    const region = regionAroundFace({ x: -40, y: 2900, width: 160, height: 200 }, photo);
    expect(region).toEqual({ left: 0, top: 2480, width: 520, height: 520 });
  });

  it('shows the whole height of a photo that is lower than the part wanted', () => {
    const region = regionAroundFace(
      { x: 500, y: 20, width: 160, height: 200 },
      { width: 4000, height: 300 },
    );
    expect(region).toEqual({ left: 430, top: 0, width: 300, height: 300 });
  });

  it('is a square inside of the photo, whatever the box', () => {
    const side = fc.integer({ min: 1, max: 9000 });
    const place = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    const length = fc.double({ min: 0, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(
        fc.record({ x: place, y: place, width: length, height: length }),
        fc.record({ width: side, height: side }),
        (box, { width, height }) => {
          const region = regionAroundFace(box, { width, height });
          expect(region.width).toBe(region.height);
          expect(Object.values(region).every(Number.isInteger)).toBe(true);
          expect(region.width).toBeGreaterThanOrEqual(1);
          expect(Math.min(region.left, region.top)).toBeGreaterThanOrEqual(0);
          expect(region.left + region.width).toBeLessThanOrEqual(width);
          expect(region.top + region.height).toBeLessThanOrEqual(height);
        },
      ),
    );
  });
});
