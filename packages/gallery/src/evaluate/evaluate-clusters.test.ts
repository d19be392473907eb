import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evaluateClusters } from './evaluate-clusters.js';

test.each([
  ['no faces', [], []],
  ['more clusters than people', [1, 2], ['a']],
])('%s are refused', (_, clusters, people) => {
  expect(() => evaluateClusters(clusters, people)).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

test('an example worked by hand', () => {
  // Cluster 1 holds a, a, b; cluster 2 holds a; cluster 3 holds b, c.
  const figures = evaluateClusters([1, 1, 1, 2, 3, 3], ['a', 'a', 'b', 'a', 'b', 'c']);
  expect(figures).toMatchObject({ faces: 6, people: 3, clusters: 3, severalFaces: 2 });
  // In one cluster: 3 + 1 pairs, of which a-a is right; of one person: 3 pairs of a, 1 of b.
  expect(figures.pairwise).toEqual({ precision: 1 / 4, recall: 1 / 4, f1: 1 / 4 });
  // Shares of the own person in the own cluster: 2/3, 2/3, 1/3, 1, 1/2, 1/2.
  expect(figures.bCubed.precision).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 / 2 + 1 / 2) / 6, 12);
  // Shares of the own cluster in the own person: 2/3, 2/3, 1/2, 1/3, 1/2, 1.
  expect(figures.bCubed.recall).toBeCloseTo((2 / 3 + 2 / 3 + 1 / 2 + 1 / 3 + 1 / 2 + 1) / 6, 12);
});

const grouping = fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { minLength: 1, maxLength: 40 });

test('agrees with the definitions, face by face and pair by pair', () => {
  fc.assert(
    fc.property(grouping, (faces) => {
      const { pairwise, bCubed } = evaluateClusters(
        faces.map(([cluster]) => cluster),
        faces.map(([, person]) => person),
      );
      const pairs = faces.flatMap((x, i) => faces.slice(i + 1).map((y) => [x, y] as const));
      const share = (part: number, whole: number) => (whole === 0 ? 1 : part / whole);
      const joined = pairs.filter(([x, y]) => x[0] === y[0]);
      const same = pairs.filter(([x, y]) => x[1] === y[1]);
      const right = joined.filter(([x, y]) => x[1] === y[1]).length;
      expect(pairwise.precision).toBeCloseTo(share(right, joined.length), 12);
      expect(pairwise.recall).toBeCloseTo(share(right, same.length), 12);
      const mean = (side: 0 | 1) => {
        const shares = faces.map((face) => {
          const mates = faces.filter((other) => other[side] === face[side]);
          return mates.filter((other) => other[1 - side] === face[1 - side]).length / mates.length;
        });
        return shares.reduce((sum, value) => sum + value, 0) / faces.length;
      };
      expect(bCubed.precision).toBeCloseTo(mean(0), 12);
      expect(bCubed.recall).toBeCloseTo(mean(1), 12);
    }),
  );
});

test('names do not matter, perfect is 1, and changing sides swaps precision and recall', () => {
  fc.assert(
    fc.property(grouping, (faces) => {
      const clusters = faces.map(([cluster]) => cluster);
      const people = faces.map(([, person]) => person);
      const figures = evaluateClusters(clusters, people);
      const renamed = clusters.map((cluster) => `cluster ${(cluster * 7 + 3) % 11}`);
      expect(evaluateClusters(renamed, people)).toEqual(figures);
      const perfect = { precision: 1, recall: 1, f1: 1 };
      const own = evaluateClusters(people, people);
      expect(own.pairwise).toEqual(perfect);
      expect(own.bCubed.f1).toBeCloseTo(1, 12);
      const swapped = evaluateClusters(people, clusters);
      expect(swapped.bCubed.precision).toBeCloseTo(figures.bCubed.recall, 12);
      expect(swapped.pairwise.recall).toBeCloseTo(figures.pairwise.precision, 12);
    }),
  );
});
