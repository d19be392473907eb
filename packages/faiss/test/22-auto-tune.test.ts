import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type AutoTuneOptions,
  autoTune,
  FaissIndex,
  FaissReplicas,
  FaissShards,
  type OperatingPoint,
  type SearchParameters,
} from '../src/index.js';
import {
  canBeOnFront,
  combinationsOf,
  measuringOrder,
  paretoFront,
} from '../src/operating-points.js';
import { recallOf } from '../src/recall.js';
import { failure, randomVectors, trainIfNeeded } from './vectors.js';

const DIMENSION = 16;
const K = 10;
const vectors = randomVectors(5000, DIMENSION, 1);
const queries = randomVectors(100, DIMENSION, 2);
let groundTruth: BigInt64Array;

beforeAll(async () => {
  await using exact = FaissIndex.create({ dimension: DIMENSION });
  await exact.add(vectors);
  groundTruth = (await exact.search(queries, { k: K })).ids;
});

function any<T>(value: unknown): T {
  return value as T;
}

async function filled(factory: string): Promise<FaissIndex> {
  const index = FaissIndex.create({ dimension: DIMENSION, factory });
  await trainIfNeeded(index);
  await index.add(vectors);
  return index;
}

describe('misuse', () => {
  test('arguments that make no sense are refused', async () => {
    await using index = await filled('IVF8,Flat');
    const good = { k: K, groundTruth };
    const bad: unknown[] = [
      undefined,
      null,
      {},
      { k: K },
      { groundTruth },
      { k: 0, groundTruth },
      { k: K, groundTruth: [] },
      { k: K, groundTruth: groundTruth.subarray(1) },
      { k: K - 1, groundTruth },
      { k: K, groundTruth: new BigInt64Array(1000).fill(-1n) },
      { k: K, groundTruth: new Int32Array(1000) },
      { ...good, grid: null },
      { ...good, grid: { nprobe: [] } },
      { ...good, grid: { nprobe: 4 } },
      { ...good, grid: { nprobe: [0] } },
      { ...good, grid: { nprobe: [9] } },
      { ...good, grid: { efSearch: [16] } },
      { ...good, grid: { other: [16] } },
      { ...good, grid: { nprobe: new Array(10_001).fill(1) } },
      { ...good, threads: 0 },
      { ...good, minMilliseconds: -1 },
      { ...good, minMilliseconds: Infinity },
      { ...good, maxSeconds: -1 },
      { ...good, maxSeconds: NaN },
      { ...good, filter: { ids: 5 } },
    ];
    for (const options of bad) {
      await failure('INVALID_ARGUMENT', () => autoTune(index, queries, any(options)));
    }
    await failure('INVALID_ARGUMENT', () => autoTune(index, new Float32Array(0), good));
    await failure('INVALID_ARGUMENT', () => autoTune(index, new Float32Array(5), good));
    await failure('INVALID_ARGUMENT', () => autoTune(index, any(groundTruth), good));
    await using graph = await filled('HNSW8');
    await failure('INVALID_ARGUMENT', () =>
      autoTune(graph, queries, { ...good, grid: any({ efConstruction: [4] }) }),
    );
  });

  test('an index that is not trained or gone is refused', async () => {
    const options: AutoTuneOptions = { k: K, groundTruth };
    const index = FaissIndex.create({ dimension: DIMENSION, factory: 'IVF8,Flat' });
    await failure('NOT_TRAINED', () => autoTune(index, queries, options));
    await index[Symbol.asyncDispose]();
    await failure('DISPOSED', () => autoTune(index, queries, options));
  });
});

/** Each point takes longer than the one before, and finds more. */
function expectFront(points: readonly OperatingPoint[]): void {
  expect(points.length).toBeGreaterThan(0);
  for (const [i, point] of points.slice(1).entries()) {
    expect(point.millisecondsPerQuery).toBeGreaterThan(points[i]!.millisecondsPerQuery);
    expect(point.recall).toBeGreaterThan(points[i]!.recall);
  }
}

describe.each([
  { factory: 'IVF32,Flat', most: { nprobe: 32 }, least: 1 },
  { factory: 'HNSW8', most: { efSearch: 512 }, least: 0.99 },
  { factory: 'IVF8,SQ4,RFlat', most: { nprobe: 8, kFactor: 64 }, least: 0.99 },
])('$factory', ({ factory, most, least }) => {
  test('gives a front up to the best recall, which searches confirm', async () => {
    await using index = await filled(factory);
    const before = { ...index.parameters };
    // Long enough that a busy machine doesn't make the widest search look the fastest.
    const points = await autoTune(index, queries, { k: K, groundTruth, minMilliseconds: 30 });
    expect(index.parameters).toEqual(before);
    expectFront(points);
    const recallWith = async (parameters: SearchParameters) =>
      recall((await index.search(queries, { k: K, ...parameters })).ids, groundTruth);
    const best = points.at(-1) as OperatingPoint;
    expect(best.recall).toBeGreaterThanOrEqual(await recallWith(most));
    expect(best.recall).toBeGreaterThanOrEqual(least);
    expect(points.length).toBeGreaterThan(1);
    for (const point of points) {
      expect(Object.keys(point.parameters).sort()).toEqual(Object.keys(most).sort());
      expect(point.recall).toBeCloseTo(await recallWith(point.parameters), 12);
      expect(point.millisecondsPerQuery).toBeGreaterThan(0);
    }
  });
});

test('an index without parameters is one point', async () => {
  await using index = await filled('Flat');
  expect(await autoTune(index, queries, { k: K, groundTruth })).toEqual([
    { parameters: {}, recall: 1, millisecondsPerQuery: expect.any(Number) },
  ]);
});

test('only the values of the grid are tried, with the other parameters as they are set', async () => {
  await using index = await filled('IVF8,SQ4,RFlat');
  await index.setParameters({ nprobe: 8 });
  const grid = { kFactor: [50, 1, 50] };
  const points = await autoTune(index, queries, { k: K, groundTruth, grid });
  expectFront(points);
  expect(points.map(({ parameters }) => parameters)).toEqual([{ kFactor: 1 }, { kFactor: 50 }]);
  expect(points[1]?.recall).toBe(1); // all lists, and 500 candidates refined
});

test('few true neighbours among many found, and a filter', async () => {
  await using index = await filled('IVF8,Flat');
  const filter = { range: [0, 2500] } as const;
  const { ids } = await index.search(queries, { k: 2, filter, nprobe: 8 });
  const all = await autoTune(index, queries, { k: K, groundTruth: ids, filter });
  expect(all.at(-1)?.recall).toBe(1);
  const unfiltered = await autoTune(index, queries, { k: 2, groundTruth: ids });
  expect(unfiltered.at(-1)?.recall).toBeLessThan(0.9);
});

test('stops when the time is over, with what it has', async () => {
  await using index = await filled('IVF32,Flat');
  const started = performance.now();
  const options = { k: K, groundTruth, minMilliseconds: 10_000 };
  const points = await autoTune(index, queries, { ...options, maxSeconds: 0 });
  expect(points.map(({ parameters }) => parameters)).toEqual([{ nprobe: 1 }]);
  expectFront(await autoTune(index, queries, { ...options, maxSeconds: 0.1 }));
  expect(performance.now() - started).toBeLessThan(5000);
});

test('shards and replicas can be tuned like an index', async () => {
  const empty = FaissIndex.create({ dimension: DIMENSION, factory: 'IVF8,Flat' });
  await trainIfNeeded(empty);
  await using shards = await FaissShards.split(empty, 2);
  await shards.add(vectors);
  await using replicas = await FaissReplicas.of(await filled('IVF8,Flat'), 2);
  for (const group of [shards, replicas]) {
    const points = await autoTune(group, queries, { k: K, groundTruth, minMilliseconds: 1 });
    expectFront(points);
    expect(points.at(-1)).toMatchObject({ recall: 1, parameters: { nprobe: 8 } });
    expect(group.parameters.nprobe).toBe(1);
  }
});

test('recall counts what is in both, -1 aside', async () => {
  const found = BigInt64Array.from([1n, 2n, -1n, 7n, 7n, 8n]); // 2 queries, k = 3
  const count = 2;
  expect(await recallOf(found, BigInt64Array.from([2n, 3n, 8n, 7n]), count)).toBe(3 / 4);
  expect(await recallOf(found, BigInt64Array.from([2n, -1n, 9n, -1n]), count)).toBe(1 / 2);
  expect(await recallOf(found, BigInt64Array.from([7n, 1n]), count)).toBe(0);
});

describe('with made-up costs', () => {
  // Recall and time that rise with each parameter, by steps.
  const steps = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 6 });
  const costs = fc.record({
    recall: fc.tuple(steps, steps),
    time: fc.tuple(steps, steps),
    values: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
  });
  const sumOf = (numbers: readonly number[], count: number) =>
    numbers.slice(0, count).reduce((sum, number) => sum + number, 0);

  test('leaving out what bounds rule out does not change the front', () => {
    let leftOut = 0;
    fc.assert(
      fc.property(costs, ({ recall, time, values }) => {
        const measure = (parameters: SearchParameters): OperatingPoint => {
          const { nprobe = 0, efSearch = 0 } = parameters;
          const of = ([a, b]: [number[], number[]]) => sumOf(a, nprobe) + sumOf(b, efSearch);
          return { parameters, recall: of(recall) / 36, millisecondsPerQuery: of(time) };
        };
        const combinations = combinationsOf({
          nprobe: Array.from({ length: values[0] }, (_, i) => i + 1),
          efSearch: Array.from({ length: values[1] }, (_, i) => i + 1),
        });
        expect(combinations).toHaveLength(values[0] * values[1]);
        const measured: OperatingPoint[] = [];
        for (const combination of measuringOrder(combinations)) {
          if (canBeOnFront(combination, measured)) {
            measured.push(measure(combination));
          }
        }
        leftOut += combinations.length - measured.length;
        const figures = (points: readonly OperatingPoint[]) =>
          paretoFront(points).map(({ recall, millisecondsPerQuery }) => ({
            recall,
            millisecondsPerQuery,
          }));
        const all = combinations.map(measure);
        expect(figures(measured)).toEqual(figures(all));
        // By definition: exactly the figures that no others are at least as good as.
        expect(figures(all)).toHaveLength(
          new Set(
            all
              .filter(
                (a) =>
                  !all.some(
                    (b) =>
                      b.recall >= a.recall &&
                      b.millisecondsPerQuery <= a.millisecondsPerQuery &&
                      (b.recall > a.recall || b.millisecondsPerQuery < a.millisecondsPerQuery),
                  ),
              )
              .map((a) => `${a.recall} ${a.millisecondsPerQuery}`),
          ).size,
        );
      }),
      { numRuns: 300, seed: 5 },
    );
    expect(leftOut).toBeGreaterThan(300); // else nothing was tested
  });

  test('never stopping counts as the most codes', () => {
    const parameters = { maxCodes: 0 };
    const measured = [{ parameters, recall: 0.5, millisecondsPerQuery: 1 }];
    const cheap = { parameters: { maxCodes: 10 }, recall: 0.5, millisecondsPerQuery: 0.5 };
    expect(canBeOnFront({ maxCodes: 20 }, measured)).toBe(true);
    expect(canBeOnFront({ maxCodes: 20 }, [...measured, cheap])).toBe(false);
    expect(measuringOrder([{ maxCodes: 0 }, { maxCodes: 10 }, { maxCodes: 20 }])).toEqual([
      { maxCodes: 10 },
      { maxCodes: 0 },
      { maxCodes: 20 },
    ]);
  });

  test('each combination is measured once, in an order that is always the same', () => {
    const combinations = combinationsOf({ nprobe: [4, 1, 2, 4], kFactor: [1, 2, 4] });
    expect(combinations).toHaveLength(9);
    const order = measuringOrder(combinations);
    expect(order.slice(0, 2)).toEqual([
      { nprobe: 1, kFactor: 1 },
      { nprobe: 4, kFactor: 4 },
    ]);
    expect(measuringOrder(combinations)).toEqual(order);
    expect(new Set(order.map((one) => JSON.stringify(one))).size).toBe(9);
    expect(measuringOrder([{}])).toEqual([{}]);
  });
});

/** The share of true neighbours that were found, by definition. */
function recall(found: BigInt64Array, truth: BigInt64Array): number {
  let hits = 0;
  for (let query = 0; query < 100; query++) {
    const row = new Set(found.subarray(query * K, (query + 1) * K));
    hits += [...truth.subarray(query * K, (query + 1) * K)].filter((id) => row.has(id)).length;
  }
  return hits / truth.length;
}
