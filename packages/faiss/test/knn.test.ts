import { describe, expect, test } from 'vitest';
import {
  FaissIndex,
  type FaissMetric,
  faissVersion,
  knn,
  largerIsCloser,
  pairwiseDistances,
} from '../src/index.js';
import { consecutiveIds, failure, randomVectors } from './vectors.js';

type Metric = Exclude<FaissMetric, 'jaccard'>;

const METRICS: Metric[] = [
  'l2',
  'inner_product',
  'l1',
  'linf',
  'lp',
  'canberra',
  'bray_curtis',
  'jensen_shannon',
];
const P = 3;
const HAS_JACCARD = Number(faissVersion().split('.')[1]) >= 8;

/** By definition, in double precision. */
const DISTANCES: Record<Metric, (x: number[], y: number[]) => number> = {
  l2: (x, y) => sum(x.map((value, i) => (value - y[i]!) ** 2)),
  inner_product: (x, y) => sum(x.map((value, i) => value * y[i]!)),
  l1: (x, y) => sum(x.map((value, i) => Math.abs(value - y[i]!))),
  linf: (x, y) => Math.max(...x.map((value, i) => Math.abs(value - y[i]!))),
  lp: (x, y) => sum(x.map((value, i) => Math.abs(value - y[i]!) ** P)),
  canberra: (x, y) =>
    sum(x.map((value, i) => Math.abs(value - y[i]!) / (Math.abs(value) + Math.abs(y[i]!)))),
  bray_curtis: (x, y) =>
    sum(x.map((value, i) => Math.abs(value - y[i]!))) /
    sum(x.map((value, i) => Math.abs(value + y[i]!))),
  jensen_shannon: (x, y) =>
    sum(
      x.map((value, i) => {
        const middle = (value + y[i]!) / 2;
        return (value * Math.log(value / middle) + y[i]! * Math.log(y[i]! / middle)) / 2;
      }),
    ),
};

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Distributions, as Jensen-Shannon wants: above 0, and 1 together. */
function distributions(count: number, dimension: number, seed: number): Float32Array {
  const vectors = randomVectors(count, dimension, seed).map((value) => value + 1.01);
  for (let begin = 0; begin < vectors.length; begin += dimension) {
    const row = vectors.subarray(begin, begin + dimension);
    const total = sum([...row]);
    row.forEach((value, i) => {
      row[i] = value / total;
    });
  }
  return vectors;
}

function vectorsFor(metric: Metric, count: number, dimension: number, seed: number) {
  const make = metric === 'jensen_shannon' ? distributions : randomVectors;
  return make(count, dimension, seed);
}

function rows(vectors: Float32Array, dimension: number): number[][] {
  return Array.from({ length: vectors.length / dimension }, (_, i) => [
    ...vectors.subarray(i * dimension, (i + 1) * dimension),
  ]);
}

function optionsFor(metric: FaissMetric, dimension: number) {
  return { dimension, metric, ...(metric === 'lp' ? { metricArg: P } : {}) };
}

const any = <T>(value: unknown): T => value as T;

describe.each([
  [
    'knn',
    (vectors: Float32Array, options: object) => knn(vectors, vectors, any({ k: 1, ...options })),
  ],
  [
    'pairwiseDistances',
    (a: Float32Array, options: object) => pairwiseDistances(a, a, any(options)),
  ],
] as const)('%s', (_, call) => {
  test.each([
    ['no dimension', {}],
    ['dimension 0', { dimension: 0 }],
    ['dimension 65,537', { dimension: 65_537 }],
    ['an unknown metric', { dimension: 2, metric: 'cosine' }],
    ['a metric from the prototype', { dimension: 2, metric: 'toString' }],
    ['a metric by number', { dimension: 2, metric: 1 }],
    ['lp without its power', { dimension: 2, metric: 'lp' }],
    ['lp with power 0', { dimension: 2, metric: 'lp', metricArg: 0 }],
    ['lp with a power below 0', { dimension: 2, metric: 'lp', metricArg: -1 }],
    ['lp with power NaN', { dimension: 2, metric: 'lp', metricArg: Number.NaN }],
    [
      'lp with a power that is infinite as a float',
      { dimension: 2, metric: 'lp', metricArg: 1e300 },
    ],
    ['lp with a power that is 0 as a float', { dimension: 2, metric: 'lp', metricArg: 1e-300 }],
    ['a power for another metric', { dimension: 2, metricArg: 2 }],
    ['0 threads', { dimension: 2, threads: 0 }],
    ['half a thread', { dimension: 2, threads: 0.5 }],
    ['half vectors', { dimension: 3 }],
  ])('refuses %s', async (_, options) => {
    await failure('INVALID_ARGUMENT', () => call(new Float32Array(4), options));
  });

  test('refuses other arrays and missing options', async () => {
    await failure('INVALID_ARGUMENT', () => call(any([1, 2]), { dimension: 2 }));
    await failure('INVALID_ARGUMENT', () => call(any(new Float64Array(2)), { dimension: 2 }));
    await failure('INVALID_ARGUMENT', () =>
      knn(new Float32Array(2), new Float32Array(2), any(null)),
    );
  });

  test.each([Number.NaN, Infinity, 2e15])('refuses %s and says where', async (value) => {
    const message = await failure('NOT_FINITE', () =>
      call(new Float32Array([0, 0, 0, value]), { dimension: 2 }),
    );
    expect(message).toContain('component 1 of vector 1');
  });

  test('lists the metrics that there are', async () => {
    const message = await failure('INVALID_ARGUMENT', () =>
      call(new Float32Array(2), { dimension: 2, metric: 'L2' }),
    );
    expect(message).toContain('l2, inner_product, l1, linf');
  });

  test.skipIf(HAS_JACCARD)('says that jaccard needs a newer FAISS', async () => {
    const message = await failure('UNSUPPORTED', () =>
      call(new Float32Array(2), { dimension: 2, metric: 'jaccard' }),
    );
    expect(message).toContain('1.8');
  });
});

test.each([0, -1, 1.5, 65_537, '1', null])('knn refuses k = %s', async (k) => {
  const vectors = new Float32Array(2);
  await failure('INVALID_ARGUMENT', () => knn(vectors, vectors, { dimension: 2, k: any(k) }));
});

test('refuses more results than fit', async () => {
  const many = new Float32Array(16_384);
  await failure('INVALID_ARGUMENT', () => pairwiseDistances(many, many, { dimension: 1 }));
  await failure('INVALID_ARGUMENT', () => knn(many, many, { dimension: 1, k: 65_536 }));
});

describe.each(METRICS)('by %s', (metric) => {
  // FAISS goes by matrix products from 20 queries on, and here in blocks from 256 on.
  test.each([1, 19, 20, 300])('%i queries find what is near by definition', async (count) => {
    const [dimension, k] = [10, 7];
    const vectors = vectorsFor(metric, 200, dimension, 1);
    const queries = vectorsFor(metric, count, dimension, 2);
    const options = optionsFor(metric, dimension);
    const { ids, distances } = await knn(vectors, queries, { ...options, k });
    const matrix = await pairwiseDistances(queries, vectors, options);
    const database = rows(vectors, dimension);
    const sign = largerIsCloser(metric) ? -1 : 1;
    // Sums of 10 floats of about 1 have 6 decimals. Collected, as so many expectations are slow.
    let worst = 0;
    const compare = (actual: number, expected: number) => {
      worst = Math.max(worst, Math.abs(actual - expected) || 0, Number.isNaN(actual) ? 1 : 0);
    };
    rows(queries, dimension).forEach((query, q) => {
      const expected = database.map((vector) => DISTANCES[metric](query, vector));
      const nearest = [...expected].sort((a, b) => sign * (a - b)).slice(0, k);
      const found = ids.subarray(q * k, (q + 1) * k);
      expect(new Set(found).size).toBe(k);
      nearest.forEach((distance, rank) => {
        compare(distances[q * k + rank]!, distance);
        compare(expected[Number(found[rank])]!, distance);
      });
      expected.forEach((distance, i) => {
        compare(matrix[q * database.length + i]!, distance);
      });
    });
    expect(worst).toBeLessThan(2e-5);
  });

  test('places without a neighbour are empty', async () => {
    const options = { ...optionsFor(metric, 4), k: 3 };
    const farthest = largerIsCloser(metric) ? -Infinity : Infinity;
    const vectors = vectorsFor(metric, 2, 4, 1);
    for (const count of [1, 30]) {
      const queries = vectorsFor(metric, count, 4, 2);
      const some = await knn(vectors, queries, options);
      const none = await knn(new Float32Array(), queries, options);
      expect(some.k).toBe(3);
      for (let q = 0; q < count; q++) {
        expect([...some.ids.subarray(q * 3, q * 3 + 2)].sort()).toEqual([0n, 1n]);
        expect(some.ids[q * 3 + 2]).toBe(-1n);
        expect(some.distances[q * 3 + 2]).toBe(farthest);
      }
      expect(none.ids.every((id) => id === -1n)).toBe(true);
      expect(none.distances.every((distance) => distance === farthest)).toBe(true);
      expect(none.ids.length).toBe(count * 3);
    }
  });

  test('no queries have no neighbours', async () => {
    const vectors = vectorsFor(metric, 3, 4, 1);
    const options = optionsFor(metric, 4);
    const { ids, distances } = await knn(vectors, new Float32Array(), { ...options, k: 3 });
    expect([ids.length, distances.length]).toEqual([0, 0]);
    expect(await pairwiseDistances(vectors, new Float32Array(), options)).toEqual(
      new Float32Array(),
    );
    expect(await pairwiseDistances(new Float32Array(), vectors, options)).toEqual(
      new Float32Array(),
    );
  });

  test('the number of threads changes nothing', async () => {
    const vectors = vectorsFor(metric, 300, 8, 1);
    const options = optionsFor(metric, 8);
    const [one, two] = await Promise.all(
      [1, 2].map(async (threads) => {
        const { ids, distances } = await knn(vectors, vectors, { ...options, k: 5, threads });
        const matrix = await pairwiseDistances(vectors, vectors, { ...options, threads });
        return [ids, distances, matrix].map(({ buffer }) => Buffer.from(buffer));
      }),
    );
    one!.forEach((bytes, i) => {
      expect(bytes.equals(two![i]!)).toBe(true);
    });
  });
});

test('knn finds what an index finds', async () => {
  const [vectors, queries] = [randomVectors(2000, 16, 1), randomVectors(100, 16, 2)];
  await using index = FaissIndex.create({ dimension: 16 });
  await index.add(vectors, consecutiveIds(2000));
  const expected = await index.search(queries, { k: 150 });
  const { ids, distances } = await knn(vectors, queries, { dimension: 16, k: 150 });
  // Blocks of other sizes round differently in the last place: equal distances may swap.
  const equal = ids.filter((id, i) => id === expected.ids[i]).length;
  const worst = Math.max(...distances.map((value, i) => Math.abs(value - expected.distances[i]!)));
  expect(equal / ids.length).toBeGreaterThan(0.99);
  expect(worst).toBeLessThan(1e-5);
});

test('equal vectors are no less than 0 apart', async () => {
  const vectors = randomVectors(100, 32, 5).map((value) => value * 1000);
  const matrix = await pairwiseDistances(vectors, vectors, { dimension: 32 });
  expect(matrix.every((distance) => distance >= 0)).toBe(true);
});

test('a vector to which there is no distance is no neighbour', async () => {
  const vectors = new Float32Array([0, 1, 1, 1]);
  const query = new Float32Array([0, 2]);
  for (const metric of ['canberra', 'jensen_shannon'] as const) {
    const options = { dimension: 2, metric };
    const { ids, distances } = await knn(vectors, query, { ...options, k: 2 });
    expect(ids).toEqual(new BigInt64Array(metric === 'canberra' ? [1n, -1n] : [-1n, -1n]));
    expect(distances[1]).toBe(Infinity);
    expect((await pairwiseDistances(query, vectors, options))[0]).toBeNaN();
  }
});

test('distances beyond floats are no neighbours either', async () => {
  const options = { dimension: 1, metric: 'lp', metricArg: 50 } as const;
  const { ids } = await knn(new Float32Array([1, 1e15]), new Float32Array([0]), {
    ...options,
    k: 2,
  });
  expect(ids).toEqual(new BigInt64Array([0n, -1n]));
});
