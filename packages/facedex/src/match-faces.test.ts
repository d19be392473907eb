import { expect, it } from 'vitest';
import { matchFaces } from './match-faces.js';

const box = (x: number, width = 100) => ({ x, y: 0, width, height: 100 });

it('finds each face where it was, in any order, and a little moved', () => {
  expect(matchFaces([box(0), box(500)], [box(510), box(5), box(900)])).toEqual([1, 0]);
});

it('takes no face twice: the one that overlaps most has it', () => {
  expect(matchFaces([box(20), box(2)], [box(0)])).toEqual([undefined, 0]);
});

it('finds none where boxes overlap by less than half', () => {
  expect(matchFaces([box(0)], [box(40)])).toEqual([undefined]);
  expect(matchFaces([box(0)], [])).toEqual([undefined]);
  expect(matchFaces([], [box(0)])).toEqual([]);
});
