import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FaissIndex, VectorTransform } from '../src/index.js';
import { ended, startChild } from './child-process.js';
import { consecutiveIds, failure, randomVectors } from './vectors.js';

const D = 16;
const any = <T>(value: unknown): T => value as T;

/** Components vary the less the later they come, and are mixed with their neighbours. */
function varied(count: number, seed: number): Float32Array {
  const vectors = randomVectors(count, D, seed);
  for (let begin = 0; begin < vectors.length; begin += D) {
    for (let j = 0; j < D; j++) {
      const neighbour = vectors[begin + ((j + 1) % D)]!;
      vectors[begin + j] = (vectors[begin + j]! + 0.5 * neighbour) * 0.8 ** j + j;
    }
  }
  return vectors;
}

const SAMPLES = varied(2000, 1);

/** As OPQ learns for seconds. */
const FEW = SAMPLES.subarray(0, 300 * D);
const CENTRED = centred(SAMPLES);

function centred(vectors: Float32Array): Float32Array {
  const mean = new Float64Array(D);
  vectors.forEach((value, i) => {
    mean[i % D]! += (value * D) / vectors.length;
  });
  return vectors.map((value, i) => value - mean[i % D]!);
}

async function trained(
  transform: string,
  vectors = transform.includes('OPQ') ? FEW : SAMPLES,
): Promise<VectorTransform> {
  const made = VectorTransform.create({ dimension: D, transform });
  await made.train(vectors);
  return made;
}

/** The covariance matrix in double precision. */
function covariance(vectors: Float32Array, dimension: number): number[][] {
  const count = vectors.length / dimension;
  const mean = Array.from({ length: dimension }, (_, j) => {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += vectors[i * dimension + j]!;
    return sum / count;
  });
  return mean.map((meanA, a) =>
    mean.map((meanB, b) => {
      let sum = 0;
      for (let i = 0; i < count; i++) {
        sum += (vectors[i * dimension + a]! - meanA) * (vectors[i * dimension + b]! - meanB);
      }
      return sum / count;
    }),
  );
}

/** The largest difference of two matrices or vectors. */
function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));
}

function norms(vectors: Float32Array, dimension: number): number[] {
  return Array.from({ length: vectors.length / dimension }, (_, i) =>
    Math.hypot(...vectors.subarray(i * dimension, (i + 1) * dimension)),
  );
}

/** The matrix of a transform without a bias: where it takes the unit vectors. */
async function matrixOf(transform: VectorTransform): Promise<Float32Array> {
  const { inputDimension, outputDimension } = transform;
  const units = new Float32Array((inputDimension + 1) * inputDimension);
  for (let i = 0; i < inputDimension; i++) units[(i + 1) * inputDimension + i] = 1;
  const images = await transform.apply(units);
  const origin = images.subarray(0, outputDimension);
  return images.subarray(outputDimension).map((value, i) => value - origin[i % outputDimension]!);
}

/** Whether the columns of a rows × columns matrix are orthonormal. */
function columnsDeviation(matrix: Float32Array, rows: number, columns: number): number {
  let worst = 0;
  for (let a = 0; a < columns; a++) {
    for (let b = 0; b < columns; b++) {
      let product = 0;
      for (let i = 0; i < rows; i++) product += matrix[i * columns + a]! * matrix[i * columns + b]!;
      worst = Math.max(worst, Math.abs(product - Number(a === b)));
    }
  }
  return worst;
}

describe('misuse', () => {
  test.each([0, -1, 1.5, 65_537, '4', null, undefined])('refuses dimension %s', async (value) => {
    await failure('INVALID_ARGUMENT', () =>
      VectorTransform.create({ dimension: any(value), transform: 'L2norm' }),
    );
  });

  test.each([
    ['nothing', ''],
    ['no string', any<string>(undefined)],
    ['an index', 'Flat'],
    ['an index after it', 'PCA8,Flat'],
    ['another kind of index after it', 'PCA8,SQ8'],
    ['a list of lists', 'IVF4'],
    ['an id map', 'IDMap,PCA8'],
    ['an unknown word', 'PCB8'],
    ['the letters the other way', 'PCARW8'],
    ['no number', 'PCA'],
    ['zero components', 'PCA0'],
    ['a comma too many', 'PCA8,'],
    ['a space', 'PCA8, L2norm'],
    ['a line break', 'PCA8\n'],
    ['more components than go in', 'PCA17'],
    ['more components by ITQ', 'ITQ17'],
    ['more components than the part before makes', 'PCA8,PCA9'],
    ['codes that do not divide the components', 'OPQ5'],
    ['codes that do not divide the components wanted', 'OPQ4_10'],
    ['a matrix beyond reason', 'RR65536'],
    ['a matrix beyond reason after padding', 'Pad65536,RR8'],
    ['a dimension beyond reason', 'Pad1048577'],
    ['a chain beyond reason', Array(9).fill('RR').join(',')],
    ['hashing', 'ITQ8,SH'],
  ])('refuses %s', async (_, transform) => {
    await failure('INVALID_FACTORY', () => VectorTransform.create({ dimension: D, transform }));
  });

  test('says which number of components OPQ can make', async () => {
    const message = await failure('INVALID_FACTORY', () =>
      VectorTransform.create({ dimension: D, transform: 'OPQ5' }),
    );
    expect(message).toContain('OPQ5_20');
    expect((await trained('OPQ5_20')).outputDimension).toBe(20);
  });

  test('an index refuses the same matrices', async () => {
    await failure('INVALID_FACTORY', () =>
      FaissIndex.create({ dimension: 65_536, factory: 'RR65536,Flat' }),
    );
    await failure('INVALID_FACTORY', () =>
      FaissIndex.create({ dimension: 8193, factory: 'OPQ1,Flat' }),
    );
    FaissIndex.create({ dimension: 8192, factory: 'PCA64,Flat' });
    FaissIndex.create({ dimension: 65_536, factory: 'L2norm,Flat' });
  });

  test.each(['PCA8', 'OPQ4', 'RR', 'ITQ', 'L2norm,PCA8'])(
    '%s wants training first',
    async (word) => {
      const transform = VectorTransform.create({ dimension: D, transform: word });
      expect(transform.isTrained).toBe(false);
      await failure('NOT_TRAINED', () => transform.apply(SAMPLES));
      await failure('NOT_TRAINED', () =>
        transform.reverse(new Float32Array(transform.outputDimension)),
      );
      await failure('TRAINING_SET_TOO_SMALL', () => transform.train(new Float32Array()));
      await transform.train(SAMPLES);
      expect(transform.isTrained).toBe(true);
      await failure('UNSUPPORTED', () => transform.train(SAMPLES));
    },
  );

  test.each([
    ['PCA8', 9],
    ['PCA16', 16],
    ['PCAW8', 9],
    ['ITQ8', 9],
    ['OPQ4', 256],
    ['RR', 1],
    ['ITQ', 1],
    ['PCA8,OPQ4', 256],
  ])('%s needs %i vectors', async (word, needed) => {
    const transform = VectorTransform.create({ dimension: D, transform: word });
    if (needed > 1) {
      const few = SAMPLES.subarray(0, (needed - 1) * D);
      await failure('TRAINING_SET_TOO_SMALL', () => transform.train(few));
      expect(transform.isTrained).toBe(false);
    }
    await transform.train(SAMPLES.subarray(0, needed * D));
    const result = await transform.apply(SAMPLES);
    expect(result.every(Number.isFinite)).toBe(true);
  });

  test.each([
    ['an array', [0]],
    ['doubles', new Float64Array(D)],
    ['half a vector', new Float32Array(D / 2)],
  ])('refuses %s', async (_, vectors) => {
    const transform = await trained('PCA8');
    await failure('INVALID_ARGUMENT', () => transform.train(any(vectors)));
    await failure('INVALID_ARGUMENT', () => transform.apply(any(vectors)));
    const half = Array.isArray(vectors) ? vectors : vectors.slice(0, 4);
    await failure('INVALID_ARGUMENT', () => transform.reverse(any(half)));
  });

  test.each([Number.NaN, Infinity, -2e15])('refuses %s', async (value) => {
    const bad = SAMPLES.slice(0, 300 * D).fill(value, 40, 41);
    const transform = VectorTransform.create({ dimension: D, transform: 'PCA8' });
    await failure('NOT_FINITE', () => transform.train(bad));
    expect(transform.isTrained).toBe(false);
    await transform.train(SAMPLES);
    const message = await failure('NOT_FINITE', () => transform.apply(bad));
    expect(message).toContain('component 8 of vector 2');
    await failure('NOT_FINITE', () => transform.reverse(bad));
  });

  test.each(['PCAW8', 'PCAWR8'])('%s refuses vectors without variance', async (word) => {
    const flat = SAMPLES.slice();
    for (let i = 0; i < flat.length; i++) if (i % D >= 4) flat[i] = 1;
    const transform = VectorTransform.create({ dimension: D, transform: word });
    const message = await failure('INVALID_ARGUMENT', () => transform.train(flat));
    expect(message).toContain('vary in 4');
    expect(transform.isTrained).toBe(false);
    await transform.train(SAMPLES);
    expect((await transform.apply(SAMPLES)).every(Number.isFinite)).toBe(true);
    await failure('INVALID_ARGUMENT', () => trained(word, new Float32Array(100 * D)));
  });

  test('equal vectors have no variance to explain', async () => {
    const transform = await trained('PCA8', new Float32Array(100 * D).fill(3));
    expect(transform.explainedVarianceRatio).toEqual(new Float32Array(D));
    expect(
      difference(await transform.apply(new Float32Array(D).fill(3)), new Float32Array(8)),
    ).toBeLessThan(1e-5);
  });

  test('a chain that failed halfway starts anew', async () => {
    const transform = VectorTransform.create({ dimension: D, transform: 'PCA8,OPQ4' });
    await failure('TRAINING_SET_TOO_SMALL', () => transform.train(varied(20, 9)));
    await transform.train(FEW);
    expect(await transform.apply(SAMPLES)).toEqual(
      await (await trained('PCA8,OPQ4')).apply(SAMPLES),
    );
  });

  test('refuses outputs beyond 2 GiB', async () => {
    const transform = VectorTransform.create({ dimension: 1, transform: 'Pad65536' });
    await failure('INVALID_ARGUMENT', () => transform.apply(new Float32Array(8193)));
  });

  test('refuses calls after disposal, and waits for those before', async () => {
    const transform = await trained('PCA8');
    const applying = transform.apply(SAMPLES);
    await transform[Symbol.asyncDispose]();
    expect((await applying).length).toBe(2000 * 8);
    await transform[Symbol.asyncDispose]();
    await failure('DISPOSED', () => transform.apply(SAMPLES));
    await failure('DISPOSED', () => transform.reverse(SAMPLES));
    await failure('DISPOSED', () => transform.train(SAMPLES));
    await failure('DISPOSED', () => transform.isTrained);
    await failure('DISPOSED', () => transform.explainedVarianceRatio);
  });
});

describe('PCA', () => {
  test('components do not correlate, and vary less and less', async () => {
    const transform = await trained('PCA8');
    expect([transform.inputDimension, transform.outputDimension]).toEqual([D, 8]);
    const matrix = covariance(await transform.apply(SAMPLES), 8);
    for (let a = 0; a < 8; a++) {
      for (let b = 0; b < 8; b++) {
        if (a !== b) expect(Math.abs(matrix[a]![b]!)).toBeLessThan(1e-4);
      }
      if (a > 0) expect(matrix[a]![a]).toBeLessThan(matrix[a - 1]![a - 1]!);
    }
  });

  test('tells how much of the variance each component explains', async () => {
    const transform = VectorTransform.create({ dimension: D, transform: 'PCA8' });
    expect(transform.explainedVarianceRatio.length).toBe(0);
    await transform.train(SAMPLES);
    const ratio = transform.explainedVarianceRatio;
    expect(ratio.length).toBe(D);
    const all = covariance(SAMPLES, D).reduce((sum, row, i) => sum + row[i]!, 0);
    const kept = covariance(await transform.apply(SAMPLES), 8).map((row, i) => row[i]! / all);
    expect(difference(ratio.subarray(0, 8), kept)).toBeLessThan(1e-4);
    expect(ratio.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  test('directions are orthonormal', async () => {
    for (const word of ['PCA8', 'PCAR8', 'PCA16']) {
      const transform = await trained(word);
      const deviation = columnsDeviation(await matrixOf(transform), D, transform.outputDimension);
      expect(deviation).toBeLessThan(1e-4);
    }
  });

  test('no other directions keep more: reversal is nearer than of a random rotation', async () => {
    const lost = async (word: string) => {
      const transform = await trained(word, CENTRED);
      const back = await transform.reverse(await transform.apply(CENTRED));
      return back.reduce((sum, value, i) => sum + (value - CENTRED[i]!) ** 2, 0) / 2000;
    };
    const byPca = await lost('PCA8');
    const { explainedVarianceRatio } = await trained('PCA8', CENTRED);
    const all = covariance(CENTRED, D).reduce((sum, row, i) => sum + row[i]!, 0);
    const left = explainedVarianceRatio.subarray(8).reduce((sum, value) => sum + value, 0);
    expect(byPca / (all * left)).toBeCloseTo(1, 2);
    expect(await lost('PCAR8')).toBeCloseTo(byPca, 3);
    expect(await lost('RR8')).toBeGreaterThan(3 * byPca);
  });

  test('reversed vectors become the same again', async () => {
    for (const word of ['PCA8', 'PCAR8']) {
      const transform = await trained(word);
      const shorter = await transform.apply(SAMPLES);
      const again = await transform.apply(await transform.reverse(shorter));
      expect(difference(again, shorter)).toBeLessThan(1e-4);
    }
  });

  test('of fewer vectors than components works as well', async () => {
    const few = centred(SAMPLES.subarray(0, 10 * D));
    const transform = await trained('PCA8', few);
    const back = await transform.reverse(await transform.apply(few));
    const all = covariance(few, D).reduce((sum, row, i) => sum + row[i]!, 0);
    const lost = back.reduce((sum, value, i) => sum + (value - few[i]!) ** 2, 0) / 10;
    expect(lost / all).toBeLessThan(0.02);
    // 10 vectors differ in 9 directions.
    const ratio = transform.explainedVarianceRatio;
    expect(ratio[8]).toBeGreaterThan(0);
    expect(Math.max(...ratio.subarray(9))).toBeLessThan(1e-6);
  });

  test.each(['PCAW8', 'PCAWR8'])('%s gives all directions the same variance', async (word) => {
    const transform = await trained(word, CENTRED);
    const matrix = covariance(await transform.apply(CENTRED), 8);
    matrix.forEach((row, a) => {
      // FAISS's whitening makes the sum of squares 1, not the variance.
      const expected = row.map((_, b) => Number(a === b));
      expect(
        difference(
          row.map((value) => value * 2000),
          expected,
        ),
      ).toBeLessThan(1e-3);
    });
    const message = await failure('UNSUPPORTED', () => transform.reverse(new Float32Array(8)));
    expect(message).toContain('whitening');
  });
});

describe('rotations', () => {
  test.each(['RR', 'RR16', 'RR24', 'OPQ4', 'OPQ4_24', 'PCA16', 'PCAR16'])(
    '%s comes back by reversing',
    async (word) => {
      const transform = await trained(word);
      const back = await transform.reverse(await transform.apply(SAMPLES));
      // Floats up to 16 times 16 have 4 decimals.
      expect(difference(back, SAMPLES)).toBeLessThan(1e-4);
    },
  );

  test.each(['RR', 'RR24', 'OPQ4', 'OPQ4_24'])('%s preserves lengths', async (word) => {
    const transform = await trained(word);
    const after = norms(await transform.apply(SAMPLES), transform.outputDimension);
    expect(difference(after, norms(SAMPLES, D))).toBeLessThan(1e-4);
  });

  test('RR8 projects: what was applied and reversed stays', async () => {
    const transform = await trained('RR8');
    const once = await transform.apply(SAMPLES);
    const twice = await transform.apply(await transform.reverse(once));
    expect(difference(twice, once)).toBeLessThan(1e-4);
  });

  test('OPQ makes codes more exact than no rotation', async () => {
    const vectors = SAMPLES.subarray(0, 1000 * D);
    const codeError = async (coded: Float32Array) => {
      await using index = FaissIndex.create({ dimension: D, factory: 'PQ2' });
      await index.train(coded);
      await index.add(coded, consecutiveIds(1000));
      const { distances } = await index.search(coded, { k: 1 });
      return distances.reduce((sum, value) => sum + value, 0);
    };
    const rotated = await (await trained('OPQ2', vectors)).apply(vectors);
    expect(await codeError(rotated)).toBeLessThan(await codeError(vectors));
  });
});

describe('others', () => {
  test('L2norm makes unit length, leaves zeros, and needs no training', async () => {
    const transform = VectorTransform.create({ dimension: D, transform: 'L2norm' });
    expect(transform.isTrained).toBe(true);
    await transform.train(SAMPLES);
    await transform.train(SAMPLES);
    const unit = await transform.apply(SAMPLES);
    expect(difference(norms(unit, D), Array(2000).fill(1))).toBeLessThan(1e-5);
    expect(await transform.apply(new Float32Array(D))).toEqual(new Float32Array(D));
    expect(await transform.reverse(unit)).toEqual(unit);
  });

  test('Pad adds zeros and takes them away', async () => {
    const transform = VectorTransform.create({ dimension: 2, transform: 'Pad3' });
    const padded = await transform.apply(new Float32Array([1, 2, 3, 4]));
    expect(padded).toEqual(new Float32Array([1, 2, 0, 3, 4, 0]));
    expect(await transform.reverse(padded)).toEqual(new Float32Array([1, 2, 3, 4]));
  });

  test('ITQ puts vectors near to corners of a cube', async () => {
    /** The mean cosine between vectors and their signs: 1 at a corner. */
    const squareness = async (word: string) => {
      const { outputDimension: d, ...rest } = await applied(word);
      const lengths = norms(rest.vectors, d);
      return (
        lengths.reduce((sum, length, i) => {
          const row = rest.vectors.subarray(i * d, (i + 1) * d);
          const product = row.reduce((total, value) => total + Math.abs(value), 0);
          return sum + product / (length * Math.sqrt(d));
        }, 0) / lengths.length
      );
    };
    const applied = async (word: string) => {
      const transform = await trained(word);
      const vectors = await transform.apply(SAMPLES);
      return { outputDimension: transform.outputDimension, vectors };
    };
    expect(await squareness('ITQ8')).toBeGreaterThan(await squareness('PCA8'));
    const message = await failure('UNSUPPORTED', async () =>
      (await trained('ITQ8')).reverse(new Float32Array(8)),
    );
    expect(message).toContain('ITQ');
  });

  test('a chain does one after the other, and back', async () => {
    const [chain, pca] = [await trained('Pad20,RR,PCA8,L2norm'), await trained('PCA8')];
    const result = await chain.apply(SAMPLES);
    expect(difference(norms(result, 8), Array(2000).fill(1))).toBeLessThan(1e-5);
    // Padding and rotating change nothing about variance.
    const ratio = pca.explainedVarianceRatio;
    expect(difference(chain.explainedVarianceRatio.subarray(0, D), ratio)).toBeLessThan(1e-3);
    expect((await chain.reverse(result)).length).toBe(SAMPLES.length);
  });

  test('an index over a transform finds what one over transformed vectors finds', async () => {
    const ids = consecutiveIds(2000);
    await using whole = FaissIndex.create({ dimension: D, factory: 'PCA8,Flat' });
    await whole.train(SAMPLES);
    await whole.add(SAMPLES, ids);
    const pca = await trained('PCA8');
    await using flat = FaissIndex.create({ dimension: 8 });
    await flat.add(await pca.apply(SAMPLES), ids);
    const queries = varied(10, 7);
    const expected = await whole.search(queries, { k: 5 });
    expect((await flat.search(await pca.apply(queries), { k: 5 })).ids).toEqual(expected.ids);
  });

  test('no vectors become no vectors', async () => {
    const transform = await trained('PCA8');
    expect(await transform.apply(new Float32Array())).toEqual(new Float32Array());
    expect(await transform.reverse(new Float32Array())).toEqual(new Float32Array());
  });

  test('the number of threads changes nothing', async () => {
    const one = VectorTransform.create({ dimension: D, transform: 'PCA8,OPQ4' });
    await one.train(FEW, { threads: 1 });
    const two = VectorTransform.create({ dimension: D, transform: 'PCA8,OPQ4' });
    await two.train(FEW, { threads: 2 });
    const expected = await one.apply(SAMPLES, { threads: 1 });
    expect(await two.apply(SAMPLES, { threads: 2 })).toEqual(expected);
    await failure('INVALID_ARGUMENT', () => one.apply(SAMPLES, { threads: 0 }));
  });

  test('calls take effect in order', async () => {
    const transform = VectorTransform.create({ dimension: D, transform: 'RR' });
    const training = transform.train(SAMPLES);
    const applying = transform.apply(SAMPLES);
    await training;
    expect((await applying).length).toBe(SAMPLES.length);
  });
});

test('training prints nothing', async () => {
  const { code, output, errors } = await ended(startChild('./train-quietly.ts', []));
  expect({ code, output, errors }).toEqual({ code: 0, output: '', errors: '' });
});

describe('files and buffers', () => {
  test.each(['PCA8', 'PCA8,L2norm', 'RR', 'Pad20'])('%s comes back as it was', async (word) => {
    const folder = await mkdtemp(join(tmpdir(), 'faiss-transform-'));
    try {
      const transform = await trained(word);
      const expected = await transform.apply(SAMPLES);
      await transform.save(join(folder, 'transform'));
      const bytes = await transform.toBuffer();
      for (const copy of [
        await VectorTransform.load(join(folder, 'transform')),
        await VectorTransform.fromBuffer(bytes),
      ]) {
        expect(copy.transform).toBe(word);
        expect(copy.isTrained).toBe(true);
        expect(await copy.apply(SAMPLES)).toEqual(expected);
        expect(copy.explainedVarianceRatio).toEqual(transform.explainedVarianceRatio);
      }
      for (let offset = 0; offset < bytes.length; offset += offset < 200 ? 1 : 97) {
        const bad = bytes.slice();
        bad[offset]! ^= 1;
        await failure('CORRUPT_FILE', () => VectorTransform.fromBuffer(bad));
      }
      await using index = FaissIndex.create({ dimension: D });
      const other = await index.toBuffer();
      await failure('CORRUPT_FILE', () => VectorTransform.fromBuffer(other));
      await failure('CORRUPT_FILE', () => FaissIndex.fromBuffer(bytes));
      await failure('FILE_NOT_FOUND', () => VectorTransform.load(join(folder, 'none')));
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
