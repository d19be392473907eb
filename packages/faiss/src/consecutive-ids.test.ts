import { expect, test } from 'vitest';
import { consecutiveIds } from './consecutive-ids.js';

test.each([0, 7, 2 ** 31 - 1, 2 ** 32 - 2, 2 ** 40])('counts on from %d', (first) => {
  const [a, b, c] = [first, first + 1, first + 2].map(BigInt) as [bigint, bigint, bigint];
  expect(consecutiveIds(first, 3)).toEqual(new BigInt64Array([a, b, c]));
});
