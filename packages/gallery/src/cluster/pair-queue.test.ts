import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type GroupPair, PairQueue } from './pair-queue.js';

test('an empty one has nothing', () => {
  expect(new PairQueue(0).pop()).toBeUndefined();
});

const steps = fc.array(
  fc.option(fc.record({ a: fc.nat(9), b: fc.nat(9), similarity: fc.constantFrom(0, 0.5, 1) })),
  { maxLength: 200 },
);

test('the most alike comes first, then the smaller numbers, whenever pairs were put in', () => {
  fc.assert(
    fc.property(steps, (pairs) => {
      const queue = new PairQueue(0);
      const waiting: GroupPair[] = [];
      for (const pair of pairs) {
        if (pair === null) {
          waiting.sort((x, y) => y.similarity - x.similarity || x.a - y.a || x.b - y.b);
          expect(queue.pop()).toEqual(waiting.shift());
        } else {
          queue.push(pair.a, pair.b, pair.similarity);
          waiting.push({
            a: Math.min(pair.a, pair.b),
            b: Math.max(pair.a, pair.b),
            similarity: pair.similarity,
          });
        }
      }
    }),
  );
});
