import { describe, expect, test } from 'vitest';
import { type KmeansOptions, kmeans, knn } from '../src/index.js';
import { failure, randomVectors } from './vectors.js';

const D = 16;
const any = <T>(value: unknown): T => value as T;

/** 1000 vectors without structure, as FAISS's own tests use. */
const UNIFORM = randomVectors(1000, D, 3);

function normalized(vectors: Float32Array, dimension: number): Float32Array {
  const unit = vectors.slice();
  for (let begin = 0; begin < unit.length; begin += dimension) {
    const row = unit.subarray(begin, begin + dimension);
    const norm = Math.hypot(...row);
    row.forEach((value, i) => {
      row[i] = value / norm;
    });
  }
  return unit;
}

/** `sizes[i]` vectors around each of the centres. */
function blobs(centres: Float32Array, dimension: number, sizes: number[]): Float32Array {
  const noise = randomVectors(
    sizes.reduce((total, size) => total + size, 0),
    dimension,
    17,
  );
  let row = 0;
  sizes.forEach((size, centre) => {
    for (let i = 0; i < size; i++, row++) {
      for (let j = 0; j < dimension; j++) {
        noise[row * dimension + j]! *= 0.1;
        noise[row * dimension + j]! += centres[centre * dimension + j]!;
      }
    }
  });
  return noise;
}

function total(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Each centroid is the mean of its vectors, in double precision. */
function meansOf(vectors: Float32Array, assignments: Int32Array, weights?: Float32Array) {
  const means = new Map<number, { weight: number; sum: Float64Array }>();
  assignments.forEach((cluster, i) => {
    const weight = weights?.[i] ?? 1;
    const mean = means.get(cluster) ?? { weight: 0, sum: new Float64Array(D) };
    mean.weight += weight;
    for (let j = 0; j < D; j++) {
      mean.sum[j]! += weight * vectors[i * D + j]!;
    }
    means.set(cluster, mean);
  });
  return means;
}

describe('misuse', () => {
  const initialCentroids = new Float32Array(2 * D);

  test.each<[string, object]>([
    ['no k', { k: undefined }],
    ['k = 0', { k: 0 }],
    ['k beyond a million', { k: 2 ** 20 + 1 }],
    ['k = 2^32', { k: 2 ** 32 }],
    ['no dimension', { dimension: undefined }],
    ['another dimension', { dimension: 7 }],
    ['half an iteration', { iterations: 0.5 }],
    ['endless iterations', { iterations: Infinity }],
    ['no run', { redo: 0 }],
    ['a seed below 0', { seed: -1 }],
    ['a seed of more than 31 bits', { seed: 2 ** 31 }],
    ['no points a centroid', { maxPointsPerCentroid: 0 }],
    ['another metric', { metric: 'l1' }],
    ['a flag that is no boolean', { spherical: 1 }],
    ['rounded directions', { spherical: true, integerCentroids: true }],
    ['frozen centroids that are missing', { frozenCentroids: true }],
    ['more beginnings than centroids', { k: 1, initialCentroids }],
    ['no beginnings', { initialCentroids: new Float32Array() }],
    ['half a beginning', { initialCentroids: new Float32Array(D + 1) }],
    ['beginnings as an array', { initialCentroids: [0] }],
    ['weights as an array', { weights: [1] }],
    ['too few weights', { weights: new Float32Array(3) }],
    ['no weights', { weights: new Float32Array() }],
    ['a weight below 0', { weights: new Float32Array(1000).fill(1).fill(-1, 7, 8) }],
    ['a weight of NaN', { weights: new Float32Array(1000).fill(1).fill(Number.NaN, 7, 8) }],
    ['an infinite weight', { weights: new Float32Array(1000).fill(1).fill(Infinity, 7, 8) }],
    ['directions of beginnings that are zero', { spherical: true, initialCentroids }],
    ['0 threads', { threads: 0 }],
  ])('refuses %s', async (_, options) => {
    await failure('INVALID_ARGUMENT', () =>
      kmeans(UNIFORM, { dimension: D, k: 10, ...(options as Partial<KmeansOptions>) }),
    );
  });

  test.each([null, undefined, 3])('refuses options that are %s', async (options) => {
    await failure('INVALID_ARGUMENT', () => kmeans(UNIFORM, any(options)));
  });

  test('refuses a vector without a direction, and says which', async () => {
    const vectors = UNIFORM.slice().fill(0, 5 * D, 6 * D);
    const message = await failure('INVALID_ARGUMENT', () =>
      kmeans(vectors, { dimension: D, k: 10, spherical: true }),
    );
    expect(message).toContain('number 5');
  });

  test('refuses fewer vectors than centroids', async () => {
    const options = { dimension: D, k: 1001 };
    await failure('TRAINING_SET_TOO_SMALL', () => kmeans(UNIFORM, options));
    await failure('TRAINING_SET_TOO_SMALL', () => kmeans(new Float32Array(), options));
  });

  test('refuses fewer vectors with a weight than centroids', async () => {
    const weights = new Float32Array(1000).fill(1, 0, 9);
    const options = { dimension: D, k: 10, weights };
    await failure('TRAINING_SET_TOO_SMALL', () => kmeans(UNIFORM, options));
    weights.fill(0);
    await failure('TRAINING_SET_TOO_SMALL', () => kmeans(UNIFORM, options));
  });

  test('frozen centroids need a vector more than there are centroids', async () => {
    const initialCentroids = randomVectors(1, D, 8);
    const options = { dimension: D, initialCentroids, frozenCentroids: true };
    const vectors = UNIFORM.subarray(0, 10 * D);
    await failure('TRAINING_SET_TOO_SMALL', () => kmeans(vectors, { ...options, k: 10 }));
    const { centroids } = await kmeans(vectors, { ...options, k: 9 });
    expect(centroids.subarray(0, D)).toEqual(initialCentroids);
  });

  test.each([Number.NaN, Infinity, 2e15])('refuses %s', async (value) => {
    const vectors = UNIFORM.slice().fill(value, 20, 21);
    await failure('NOT_FINITE', () => kmeans(vectors, { dimension: D, k: 2 }));
    const initialCentroids = vectors.subarray(0, 2 * D);
    await failure('NOT_FINITE', () => kmeans(UNIFORM, { dimension: D, k: 2, initialCentroids }));
  });

  // FAISS keeps no run without a finite sum, and then reads centroids from nowhere.
  test('refuses vectors whose distances have no finite sum', async () => {
    const vectors = randomVectors(200_000, 256, 1).map((value) => value * 1e15);
    const message = await failure('NOT_FINITE', () =>
      kmeans(vectors, { dimension: 256, k: 2, redo: 2 }),
    );
    expect(message).toContain('Divide');
  });
});

describe('what may hang FAISS', () => {
  /** 20 vectors at each of 5 places. */
  const places = new Float32Array(100 * 2).map((_, i) => Math.floor(i / 40) * 1.5);

  // FAISS moves the two halves of a split cluster by a thousandth.
  test('fewer different vectors than centroids', async () => {
    const { distances } = await kmeans(places, { dimension: 2, k: 10 });
    expect(total(distances)).toBeLessThan(0.01);
  });

  test('equal vectors, one more than centroids', async () => {
    const { distances } = await kmeans(new Float32Array(3001).fill(7), { dimension: 1, k: 3000 });
    expect(total(distances)).toBe(0);
  });

  test('small weights', async () => {
    const weights = new Float32Array(100).fill(1e-3);
    const { distances } = await kmeans(places, { dimension: 2, k: 10, weights });
    expect(total(distances)).toBeLessThan(0.01);
  });

  test('weights of very different size', async () => {
    const weights = Float32Array.from({ length: 1000 }, (_, i) => (i % 2 ? 1e-38 : 1e38));
    const { centroids } = await kmeans(UNIFORM, { dimension: D, k: 10, weights });
    expect(centroids.every(Number.isFinite)).toBe(true);
  });

  test('frozen centroids that get all vectors', async () => {
    const initialCentroids = new Float32Array([0, 0, 1.5, 1.5, 3, 3, 4.5, 4.5, 6, 6]);
    for (const weights of [undefined, new Float32Array(100).fill(1e-3)]) {
      const { centroids, distances } = await kmeans(places, {
        dimension: 2,
        k: 10,
        initialCentroids,
        frozenCentroids: true,
        ...(weights ? { weights } : {}),
      });
      expect(centroids.subarray(0, 10)).toEqual(initialCentroids);
      expect(centroids.every(Number.isFinite)).toBe(true);
      expect(total(distances)).toBe(0);
    }
  });
});

describe('result', () => {
  test('has the documented shapes', async () => {
    const result = await kmeans(UNIFORM, { dimension: D, k: 10, iterations: 7, redo: 3 });
    expect(result.centroids.length).toBe(10 * D);
    expect([result.assignments.length, result.distances.length]).toEqual([1000, 1000]);
    expect(result.objective.length).toBe(7);
    expect(result.imbalance.length).toBe(7);
    expect(result.splits.length).toBe(7);
    expect(result.imbalance.every((factor) => factor >= 1 && factor < 2)).toBe(true);
  });

  test('assigns every vector to its nearest centroid', async () => {
    const { centroids, assignments, distances } = await kmeans(UNIFORM, { dimension: D, k: 10 });
    let worst = 0;
    for (let i = 0; i < 1000; i++) {
      const squares = Array.from({ length: 10 }, (_, c) => {
        let square = 0;
        for (let j = 0; j < D; j++) {
          square += (UNIFORM[i * D + j]! - centroids[c * D + j]!) ** 2;
        }
        return square;
      });
      const nearest = Math.min(...squares);
      const [assigned, reported] = [squares[assignments[i]!]!, distances[i]!];
      worst = Math.max(worst, assigned - nearest, Math.abs(reported - nearest));
    }
    expect(worst).toBeLessThan(1e-5);
  });

  test('centroids are means once nothing moves', async () => {
    const { centroids, assignments } = await kmeans(UNIFORM, {
      dimension: D,
      k: 10,
      iterations: 200,
    });
    const means = meansOf(UNIFORM, assignments);
    expect(means.size).toBe(10);
    for (const [cluster, { weight, sum }] of means) {
      sum.forEach((value, j) => {
        expect(centroids[cluster * D + j]).toBeCloseTo(value / weight, 4);
      });
    }
  });

  test('the objective never rises, and is the sum of distances', async () => {
    const options = { dimension: D, k: 32, iterations: 60 };
    const { objective, distances } = await kmeans(UNIFORM, options);
    for (let i = 1; i < objective.length; i++) {
      expect(objective[i]).toBeLessThanOrEqual(objective[i - 1]! * (1 + 1e-6));
    }
    // By the last iterations nothing moves.
    expect(total(distances) / objective.at(-1)!).toBeCloseTo(1, 4);
  });

  test('more centroids are nearer', async () => {
    const few = await kmeans(UNIFORM, { dimension: D, k: 32, iterations: 10 });
    const many = await kmeans(UNIFORM, { dimension: D, k: 64, iterations: 10 });
    expect(many.objective.at(-1)).toBeLessThan(few.objective.at(-1)!);
  });

  test('is the same for the same seed and any number of threads', async () => {
    const options = { dimension: D, k: 20, redo: 2 };
    const first = await kmeans(UNIFORM, { ...options, threads: 1 });
    expect(await kmeans(UNIFORM, { ...options, threads: 2 })).toEqual(first);
    const other = await kmeans(UNIFORM, { ...options, seed: 4321 });
    expect(other.centroids).not.toEqual(first.centroids);
  });

  test('as many vectors as centroids become the centroids', async () => {
    const vectors = UNIFORM.subarray(0, 5 * D);
    const { centroids, distances, objective } = await kmeans(vectors, { dimension: D, k: 5 });
    expect(centroids).toEqual(vectors);
    expect(total(distances)).toBe(0);
    expect(objective).toEqual(new Float64Array(1));
    const rounded = await kmeans(vectors, { dimension: D, k: 5, integerCentroids: true });
    expect(rounded.centroids.every(Number.isInteger)).toBe(true);
  });

  test('one centroid is the mean', async () => {
    const { centroids, assignments } = await kmeans(UNIFORM, {
      dimension: D,
      k: 1,
      maxPointsPerCentroid: 1000,
    });
    const mean = meansOf(UNIFORM, assignments).get(0)!;
    expect(centroids[3]).toBeCloseTo(mean.sum[3]! / 1000, 5);
  });
});

describe('options', () => {
  test('more runs are never worse', async () => {
    for (const metric of ['l2', 'inner_product'] as const) {
      const vectors = normalized(UNIFORM, D);
      const options = { dimension: D, k: 20, metric };
      const one = (await kmeans(vectors, options)).objective.at(-1)!;
      const ten = (await kmeans(vectors, { ...options, redo: 10 })).objective.at(-1)!;
      expect(metric === 'l2' ? one - ten : ten - one).toBeGreaterThan(0);
    }
  });

  test('integer centroids are integers, and worse', async () => {
    const vectors = UNIFORM.map((value) => value * 2);
    const exact = await kmeans(vectors, { dimension: D, k: 32 });
    const rounded = await kmeans(vectors, { dimension: D, k: 32, integerCentroids: true });
    expect(rounded.centroids.every(Number.isInteger)).toBe(true);
    expect(rounded.objective.at(-1)).toBeGreaterThan(exact.objective.at(-1)!);
  });

  test('spherical centroids have unit length, and distances are cosines', async () => {
    const vectors = normalized(UNIFORM, D);
    const { centroids, distances, objective } = await kmeans(vectors, {
      dimension: D,
      k: 10,
      spherical: true,
    });
    for (let c = 0; c < 10; c++) {
      expect(Math.hypot(...centroids.subarray(c * D, (c + 1) * D))).toBeCloseTo(1, 5);
    }
    expect(distances.every((cosine) => cosine > 0 && cosine <= 1.00001)).toBe(true);
    for (let i = 1; i < objective.length; i++) {
      expect(objective[i]).toBeGreaterThanOrEqual(objective[i - 1]! * (1 - 1e-6));
    }
  });

  test('weights pull centroids', async () => {
    const centres = normalized(randomVectors(10, D, 9), D);
    const sizes = [100, 100, 100, 100, 100, 10, 10, 10, 10, 10];
    const vectors = blobs(centres, D, sizes);
    const farFromCentres = async (weights?: Float32Array) => {
      const options = { dimension: D, k: 5, ...(weights ? { weights } : {}) };
      const { centroids } = await kmeans(vectors, options);
      const { distances } = await knn(centroids, centres, { dimension: D, k: 1 });
      return { large: total(distances.subarray(0, 5)), small: total(distances.subarray(5)) };
    };
    const without = await farFromCentres();
    expect(without.small).toBeGreaterThan(2 * without.large);
    const weighted = await farFromCentres(new Float32Array(550).fill(0.1, 0, 500).fill(10, 500));
    expect(weighted.large).toBeGreaterThan(2 * weighted.small);
  });

  test('centroids are weighted means', async () => {
    const weights = randomVectors(1000, 1, 12).map((value) => value + 1.1);
    const { centroids, assignments } = await kmeans(UNIFORM, {
      dimension: D,
      k: 5,
      iterations: 300,
      weights,
      maxPointsPerCentroid: 1000,
    });
    for (const [cluster, { weight, sum }] of meansOf(UNIFORM, assignments, weights)) {
      sum.forEach((value, j) => {
        expect(centroids[cluster * D + j]).toBeCloseTo(value / weight, 4);
      });
    }
  });

  test('only ratios of weights count', async () => {
    const options = { dimension: D, k: 10 };
    const plain = await kmeans(UNIFORM, options);
    const tiny = await kmeans(UNIFORM, {
      ...options,
      weights: new Float32Array(1000).fill(2 ** -30),
    });
    expect(tiny).toEqual(plain);
  });

  test('a vector with weight 0 is assigned, but pulls nothing', async () => {
    const far = UNIFORM.slice().fill(1e6, 0, D);
    const weights = new Float32Array(1000).fill(1).fill(0, 0, 1);
    const { centroids, assignments } = await kmeans(far, { dimension: D, k: 10, weights });
    expect(Math.max(...centroids)).toBeLessThan(1);
    expect(assignments[0]).toBeLessThan(10);
  });

  test('a good beginning is better from the start', async () => {
    const options = { dimension: D, k: 5, iterations: 4 };
    const first = await kmeans(UNIFORM, options);
    const second = await kmeans(UNIFORM, { ...options, initialCentroids: first.centroids });
    expect(first.objective[0]).toBeGreaterThan(1.01 * second.objective[0]!);
    expect(second.objective[0]).toBeLessThanOrEqual(first.objective.at(-1)!);
  });

  test('frozen centroids stay, the others move', async () => {
    const initialCentroids = randomVectors(3, D, 5);
    const options = { dimension: D, k: 10, initialCentroids };
    const frozen = await kmeans(UNIFORM, { ...options, frozenCentroids: true });
    expect(frozen.centroids.subarray(0, 3 * D)).toEqual(initialCentroids);
    const means = meansOf(UNIFORM, frozen.assignments);
    expect(means.size).toBe(10);
    const free = await kmeans(UNIFORM, options);
    expect(free.centroids.subarray(0, 3 * D)).not.toEqual(initialCentroids);
    expect(free.objective.at(-1)).toBeLessThan(frozen.objective.at(-1)!);
  });

  test('without iterations centroids stay where they began', async () => {
    const initialCentroids = randomVectors(10, D, 5);
    const { centroids, objective } = await kmeans(UNIFORM, {
      dimension: D,
      k: 10,
      iterations: 0,
      redo: 2,
      initialCentroids,
    });
    expect(centroids).toEqual(initialCentroids);
    expect(objective.length).toBe(0);
  });

  test('trains with a sample, but assigns all', async () => {
    const options = { dimension: D, k: 10, iterations: 1 };
    const { objective, distances } = await kmeans(UNIFORM, {
      ...options,
      maxPointsPerCentroid: 10,
    });
    const all = await kmeans(UNIFORM, options);
    // A tenth of the vectors has about a tenth of the sum.
    expect(objective[0]! / all.objective[0]!).toBeGreaterThan(0.08);
    expect(objective[0]! / all.objective[0]!).toBeLessThan(0.12);
    expect(distances.length).toBe(1000);
    expect(distances.every((distance) => distance > 0)).toBe(true);
  });

  test('a sample of weighted vectors holds none without weight', async () => {
    const vectors = UNIFORM.slice().fill(1e6, 0, 500 * D);
    const weights = new Float32Array(1000).fill(1, 500);
    const options = { dimension: D, k: 5, maxPointsPerCentroid: 5, weights };
    const { centroids } = await kmeans(vectors, options);
    expect(Math.max(...centroids)).toBeLessThan(1);
  });
});
