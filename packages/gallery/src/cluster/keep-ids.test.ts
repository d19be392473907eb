import { expect, test } from 'vitest';
import { keepIds } from './keep-ids.js';

function faces(...counts: [group: number, clusterId: number | null, count: number][]) {
  return counts.flatMap(([group, clusterId, count]) =>
    Array.from({ length: count }, () => ({ group, clusterId })),
  );
}

test('faces that were in no cluster keep nothing', () => {
  expect(keepIds([])).toEqual(new Map());
  expect(keepIds(faces([0, null, 5]))).toEqual(new Map());
});

test('of a cluster that falls apart, the largest part keeps the id', () => {
  expect(keepIds(faces([0, 9, 2], [1, 9, 3]))).toEqual(new Map([[1, 9]]));
});

test('of clusters that come together, the one with more faces gives the id', () => {
  expect(keepIds(faces([0, 8, 2], [0, 9, 3], [1, 8, 1]))).toEqual(
    new Map([
      [0, 9],
      [1, 8],
    ]),
  );
});

test('of equals the older cluster, and the group of the earlier face', () => {
  expect(keepIds(faces([1, 9, 2], [1, 8, 2], [0, 8, 2]))).toEqual(
    new Map([
      [0, 8],
      [1, 9],
    ]),
  );
});
