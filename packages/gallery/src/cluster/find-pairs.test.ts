import { expect, test } from 'vitest';
import { embedding, unit } from '../../test/synthetic-photos.js';
import { findPairs } from './find-pairs.js';

const DIMENSION = 16;

/** Rows of embeddings; an index of them whose ids are row + 1; `strangers` more are in the index. */
function setUp(rows: Float32Array[], strangers: Float32Array[] = []) {
  const all = [...rows, ...strangers];
  const asked: number[] = [];
  const embeddings = new Float32Array(rows.length * DIMENSION);
  for (const [row, vector] of rows.entries()) {
    embeddings.set(vector, row * DIMENSION);
  }
  const search = async (queries: Float32Array, k: number) => {
    asked.push(k);
    return Array.from({ length: queries.length / DIMENSION }, (_, query) =>
      all
        .map((vector, i) => ({
          id: i + 1,
          squaredDistance: vector.reduce(
            (sum, value, j) => sum + (value - queries[query * DIMENSION + j]!) ** 2,
            0,
          ),
        }))
        .sort((a, b) => a.squaredDistance - b.squaredDistance)
        .slice(0, k),
    );
  };
  const find = (wanted: number[], minSimilarity: number) =>
    findPairs({
      rows: wanted,
      embeddings,
      dimension: DIMENSION,
      rowOf: (id) => (id <= rows.length ? id - 1 : undefined),
      search,
      minSimilarity,
    });
  return { find, asked };
}

/** Near the first one, ever less. */
function near(n: number): Float32Array {
  const other = embedding(2);
  return unit(embedding(1).map((value, i) => value + n * 1e-4 * other[i]!));
}

test('no face is its own neighbour, and far ones are none', async () => {
  const { find } = setUp([embedding(1), embedding(2)]);
  expect(await find([0, 1], 0.99)).toEqual({ a: [], b: [], similarity: [] });
  expect(await find([], 0)).toEqual({ a: [], b: [], similarity: [] });
});

test('only the wanted rows are looked up, with the cosine of each pair', async () => {
  const [a, b] = [near(0), near(900)];
  const cosine = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const pairs = await setUp([a, b]).find([1], 0.9);
  expect(pairs).toMatchObject({ a: [1], b: [0] });
  expect(pairs.similarity[0]).toBeCloseTo(cosine, 5);
});

test('many near faces that do not count are looked past', async () => {
  const strangers = Array.from({ length: 600 }, (_, n) => near(n + 1));
  const { find, asked } = setUp([near(0), near(1000)], strangers);
  expect(await find([0], 0.9)).toMatchObject({ a: [0], b: [1] });
  expect(asked).toEqual([64, 512, 4096]);
});

test('faces that are too far to count are not looked past', async () => {
  const strangers = Array.from({ length: 600 }, (_, n) => embedding(n + 10));
  const { find, asked } = setUp([near(0), near(1000)], strangers);
  expect(await find([0], 0.99)).toMatchObject({ a: [0], b: [1] });
  expect(asked).toEqual([64]);
});
