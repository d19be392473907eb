import { describe, expect, it } from 'vitest';
import type { Match } from '../api/types.js';
import { rankFaces, verdictOf } from './rank.js';

const ADA = { id: '00000000000000aa', name: 'Ada' };

describe('rankFaces', () => {
  it('shows no more faces than there are', () => {
    expect(rankFaces([], { k: 5, threshold: 1 })).toEqual([]);
    expect(rankFaces([face(1, 0.3)], { k: 5, threshold: 1 })).toHaveLength(1);
  });

  it('keeps the nearest k in their order', () => {
    const ranked = rankFaces([face(1, 0.3), face(2, 0.5), face(3, 0.9)], { k: 2, threshold: 2 });
    expect(ranked.map(({ face: id }) => id)).toEqual([1, 2]);
  });

  it('judges by the threshold of the slider, whatever the service said', () => {
    const matches = [face(1, 0.3, { known: false }), face(2, 0.5), face(3, 0.9, { known: true })];
    const known = rankFaces(matches, { k: 3, threshold: 0.5 }).map((match) => match.known);
    expect(known).toEqual([true, true, false]);
  });

  it('leaves the answer as it was', () => {
    const matches = [face(1, 0.3, { known: false })];
    rankFaces(matches, { k: 1, threshold: 1 });
    expect(matches[0]!.known).toBe(false);
  });
});

describe('verdictOf', () => {
  it('is unknown without faces', () => {
    expect(verdictOf([], { threshold: 2 })).toEqual({ kind: 'unknown', nearest: undefined });
  });

  it('is unknown beyond the threshold, and tells the nearest', () => {
    const nearest = face(1, 1.2, { person: ADA });
    expect(verdictOf([nearest], { threshold: 1.1 })).toEqual({ kind: 'unknown', nearest });
  });

  it('knows the nearest within the threshold, its edge included', () => {
    const nearest = face(1, 1.1, { person: ADA });
    expect(verdictOf([nearest, face(2, 1.2)], { threshold: 1.1 })).toEqual({
      kind: 'known',
      nearest,
    });
  });

  it('tells a face that is near but has no name from one that is known', () => {
    expect(verdictOf([face(1, 0.2)], { threshold: 1 }).kind).toBe('unnamed');
  });
});

function face(id: number, distance: number, given: Partial<Match> = {}): Match {
  return {
    rank: id,
    face: id,
    photo: 'f'.repeat(64),
    person: null,
    box: { x: 0, y: 0, width: 10, height: 10 },
    distance,
    similarity: 1 - distance ** 2 / 2,
    known: false,
    falseMatchRate: null,
    ...given,
  };
}
