import { describe, expect, it } from 'vitest';
import { bySubject, overlap, squareAround, suppressOverlaps } from './geometry.js';

const box = (x: number, y: number, side: number) => ({ x, y, width: side, height: side });

describe('overlap', () => {
  it('is 1 for the same box, 0 for boxes that only touch, and shared over union between', () => {
    expect(overlap(box(0, 0, 10), box(0, 0, 10))).toBe(1);
    expect(overlap(box(0, 0, 10), box(10, 0, 10))).toBe(0);
    expect(overlap(box(0, 0, 10), box(5, 0, 10))).toBeCloseTo(50 / 150);
  });
});

describe('squareAround', () => {
  it('keeps the centre', () => {
    expect(squareAround({ x: 10, y: 20, width: 20, height: 40 }, 40)).toEqual(box(0, 20, 40));
  });
});

describe('suppressOverlaps', () => {
  it('keeps the best-scored of each group, best first', () => {
    const kept = suppressOverlaps(
      [
        { box: box(1, 0, 10), score: 0.8 },
        { box: box(50, 0, 10), score: 0.7 },
        { box: box(0, 0, 10), score: 0.9 },
      ],
      0.4,
    );
    expect(kept.map(({ score }) => score)).toEqual([0.9, 0.7]);
  });
});

describe('bySubject', () => {
  const photo = { width: 250, height: 250 };

  it('prefers a central face to a larger one at the edge, where they are close in size', () => {
    const central = { box: box(80, 80, 90) };
    const bystander = { box: box(150, 10, 120) };
    expect(bySubject([bystander, central], photo)[0]).toBe(central);
  });

  it('prefers a much larger face to a small one nearer the centre', () => {
    const small = { box: box(115, 115, 20) };
    const large = { box: box(60, 40, 140) };
    expect(bySubject([small, large], photo)[0]).toBe(large);
  });
});
