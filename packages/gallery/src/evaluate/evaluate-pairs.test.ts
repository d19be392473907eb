import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluatePairs } from './evaluate-pairs.js';
import { accuracyAt, fitThreshold, type PairScore } from './fit-threshold.js';

/** Few distinct values, so that ties are frequent; faces that were not found among them. */
const similarity = fc.option(
  fc.integer({ min: -10, max: 10 }).map((n) => n / 10),
  { freq: 6 },
);
const score = fc.record({ same: fc.boolean(), similarity });
const scores = fc
  .array(score, { minLength: 2, maxLength: 60 })
  .filter((all) => all.some(({ same }) => same) && all.some(({ same }) => !same));

const oneFold = (all: readonly PairScore[]) => all.map((pair) => ({ ...pair, fold: 0 }));
/** Pairs without a face lie below every threshold. */
const value = ({ similarity: found }: PairScore) => found ?? Number.NEGATIVE_INFINITY;

describe('misuse', () => {
  test.each([
    ['no pairs', []],
    ['pairs of one kind', [{ same: true, similarity: 1, fold: 0 }]],
    [
      'a similarity that is not a number',
      [
        { same: true, similarity: Number.NaN, fold: 0 },
        { same: false, similarity: 0, fold: 0 },
      ],
    ],
  ])('%s is an error', (_, pairs) => {
    expect(() => evaluatePairs(pairs)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
    );
    const good = oneFold([
      { same: true, similarity: 1 },
      { same: false, similarity: 0 },
    ]);
    expect(() => evaluatePairs(good, { fitOn: pairs })).toThrow(/fitOn/);
  });
});

describe('against the definitions', () => {
  test('no threshold is more accurate than the fitted one', () => {
    fc.assert(
      fc.property(scores, (all) => {
        const fitted = fitThreshold(all);
        expect(accuracyAt(all, fitted.similarity)).toBeCloseTo(fitted.accuracy, 12);
        for (const threshold of [-2, 2, ...all.map(value)]) {
          expect(accuracyAt(all, threshold)).toBeLessThanOrEqual(fitted.accuracy + 1e-12);
        }
      }),
    );
  });

  test('AUC is how often a same-person pair scores higher, a tie counting half', () => {
    fc.assert(
      fc.property(scores, (all) => {
        const genuine = all.filter(({ same }) => same).map(value);
        const impostor = all.filter(({ same }) => !same).map(value);
        const wins = genuine.flatMap((a) =>
          impostor.map((b) => (a > b ? 1 : a === b ? 0.5 : 0)),
        ) as number[];
        const expected = wins.reduce((sum, win) => sum + win, 0) / wins.length;
        expect(evaluatePairs(oneFold(all)).auc).toBeCloseTo(expected, 10);
      }),
    );
  });

  test('TAR at a FAR is the best over all thresholds that keep it', () => {
    fc.assert(
      fc.property(scores, (all) => {
        const genuine = all.filter(({ same }) => same).map(value);
        const impostor = all.filter(({ same }) => !same).map(value);
        const rate = (values: number[], threshold: number) =>
          values.filter((v) => v >= threshold).length / values.length;
        const { tarAtFar } = evaluatePairs(oneFold(all));
        expect('1e-1' in tarAtFar).toBe(impostor.length >= 10);
        for (const [far, tar] of Object.entries(tarAtFar)) {
          const kept = [2, ...all.map(value)].filter(
            (t) => Number.isFinite(t) && rate(impostor, t) <= Number(far) + 1e-12,
          );
          expect(tar).toBeCloseTo(Math.max(...kept.map((t) => rate(genuine, t))), 12);
        }
      }),
    );
  });

  test('EER lies between the error rates at the thresholds around it', () => {
    fc.assert(
      fc.property(scores, (all) => {
        const { eer } = evaluatePairs(oneFold(all));
        const genuine = all.filter(({ same }) => same).map(value);
        const impostor = all.filter(({ same }) => !same).map(value);
        const worst = [3, ...all.map(value)].map((threshold) =>
          Math.max(
            impostor.filter((v) => v >= threshold).length / impostor.length,
            genuine.filter((v) => v < threshold).length / genuine.length,
          ),
        );
        expect(eer).toBeGreaterThanOrEqual(0);
        expect(eer).toBeLessThanOrEqual(Math.min(...worst) + 1e-12);
      }),
    );
  });

  test('the order of the pairs does not matter', () => {
    fc.assert(
      fc.property(scores, (all) => {
        expect(evaluatePairs(oneFold([...all].reverse()))).toEqual(evaluatePairs(oneFold(all)));
      }),
    );
  });
});

describe('by hand', () => {
  const pair = (same: boolean, found: number | null, fold = 0) => ({
    same,
    similarity: found,
    fold,
  });

  test('perfect scores are perfect, and the threshold is in the middle of the gap', () => {
    const perfect = evaluatePairs([pair(true, 0.9), pair(true, 0.7), pair(false, 0.3)]);
    expect(perfect).toEqual({
      pairs: 3,
      accuracy: 1,
      standardError: 0,
      auc: 1,
      eer: 0,
      tarAtFar: {},
      // Similarity 0.5: sqrt(2 - 2 * 0.5).
      threshold: expect.closeTo(1, 12),
      thresholdFrom: 'same-pairs',
      noFace: 0,
    });
  });

  test('a pair without a face counts as different', () => {
    const result = evaluatePairs([
      pair(true, 0.9),
      pair(true, null),
      pair(false, null),
      pair(false, 0.1),
    ]);
    expect(result).toMatchObject({ accuracy: 0.75, noFace: 2 });
    // (0.9 beats both) + (null ties with null, loses to 0.1) over 4.
    expect(result.auc).toBeCloseTo(2.5 / 4, 12);
  });

  test('EER is interpolated: one of three genuine and one of three impostors are wrong', () => {
    const result = evaluatePairs([
      ...[0.9, 0.8, 0.2].map((s) => pair(true, s)),
      ...[0.7, 0.1, 0].map((s) => pair(false, s)),
    ]);
    expect(result.eer).toBeCloseTo(1 / 3, 12);
  });

  test('each fold is judged by the threshold of the others', () => {
    // Fold 0 alone would choose about 0.85, folds 1 and 2 about 0.5: fold 0's impostor gets in.
    const folds = [
      [pair(true, 0.9, 0), pair(false, 0.8, 0)],
      [pair(true, 0.7, 1), pair(false, 0.3, 1)],
      [pair(true, 0.7, 2), pair(false, 0.3, 2)],
    ];
    const result = evaluatePairs(folds.flat());
    expect(result.thresholdFrom).toBe('other-folds');
    expect(result.accuracy).toBeCloseTo((0.5 + 1 + 1) / 3, 12);
    // Sample standard deviation of (0.5, 1, 1) is 0.288675; divided by sqrt(3).
    expect(result.standardError).toBeCloseTo(0.288_675 / Math.sqrt(3), 5);
  });

  test('a single fold takes its threshold from where it is told', () => {
    const test = [pair(true, 0.6), pair(false, 0.55)];
    const fitOn = [pair(true, 0.4), pair(false, 0.2)];
    expect(evaluatePairs(test, { fitOn })).toMatchObject({
      accuracy: 0.5,
      thresholdFrom: 'fit-pairs',
      threshold: expect.closeTo(Math.sqrt(2 - 2 * 0.3), 12),
      // sqrt(0.5 * 0.5 / 2)
      standardError: expect.closeTo(0.353_553, 5),
    });
    expect(evaluatePairs(test, { threshold: 0.9 })).toMatchObject({
      accuracy: 1,
      thresholdFrom: 'given',
      threshold: 0.9,
    });
    expect(evaluatePairs(test)).toMatchObject({ accuracy: 1, thresholdFrom: 'same-pairs' });
  });

  test('TAR is given at the FARs that the impostors can resolve', () => {
    const impostors = Array.from({ length: 1000 }, (_, i) => pair(false, i / 1000));
    const result = evaluatePairs([...impostors, pair(true, 0.9985), pair(true, 0.95)]);
    expect(result.tarAtFar).toEqual({ '1e-1': 1, '1e-2': 0.5, '1e-3': 0.5 });
  });
});
