import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { transpose } from './transpose.js';

describe('transpose', () => {
  it('turns rows into columns', () => {
    const rows = Float32Array.of(1, 2, 3, 4, 5, 6);
    expect([...transpose(rows, [2, 3], [1, 0])]).toEqual([1, 4, 2, 5, 3, 6]);
  });

  it('moves every value of any tensor to where the definition says', () => {
    const tensor = fc
      .array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 })
      .chain((shape) =>
        fc.record({
          shape: fc.constant(shape),
          order: fc.shuffledSubarray([...shape.keys()], {
            minLength: shape.length,
            maxLength: shape.length,
          }),
        }),
      );
    fc.assert(
      fc.property(tensor, ({ shape, order }) => {
        const count = shape.reduce((a, b) => a * b, 1);
        const result = transpose(
          Float32Array.from({ length: count }, (_, i) => i),
          shape,
          order,
        );
        const newShape = order.map((axis) => shape[axis]!);
        for (let to = 0; to < count; to++) {
          const newIndex = unravel(to, newShape);
          const index = shape.map((_, axis) => newIndex[order.indexOf(axis)]!);
          expect(result[to]).toBe(index.reduce((sum, i, axis) => sum * shape[axis]! + i, 0));
        }
      }),
    );
  });
});

function unravel(position: number, shape: readonly number[]): number[] {
  let rest = position;
  return shape
    .toReversed()
    .map((size) => {
      const index = rest % size;
      rest = Math.floor(rest / size);
      return index;
    })
    .toReversed();
}
