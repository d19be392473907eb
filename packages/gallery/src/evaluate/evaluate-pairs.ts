import { distanceOfSimilarity, similarityOf } from '../distance.js';
import { GalleryError } from '../errors.js';
import { accuracyAt, fitThreshold, type PairScore } from './fit-threshold.js';
import { areaUnder, equalErrorRate, rocCurve, tarAtFar } from './roc.js';

/** A pair of a list, with how alike its pictures are. */
export interface ScoredPair extends PairScore {
  fold: number;
}

export interface PairsOptions {
  /** For a single fold: other pairs to fit the threshold on. */
  fitOn?: readonly PairScore[];
  /** For a single fold without `fitOn`: the threshold to use, a distance, 0…2. */
  threshold?: number;
}

/** The figures of the LFW protocol; rates are fractions, 0…1. */
export interface PairsSummary {
  pairs: number;
  /** Mean over the folds. */
  accuracy: number;
  /** Of that mean: the folds' standard deviation / sqrt(folds); for one fold, the binomial one. */
  standardError: number;
  /** Area under the ROC curve. */
  auc: number;
  /** Equal error rate. */
  eer: number;
  /** TAR at a FAR, for those FARs that the number of different-person pairs can resolve. */
  tarAtFar: Record<string, number>;
  /** Pairs at most this far apart count as the same person; the mean over the folds. */
  threshold: number;
  /** Where it comes from. `same-pairs` flatters: it was fitted on the pairs that it is judged by. */
  thresholdFrom: 'other-folds' | 'fit-pairs' | 'given' | 'same-pairs';
  /** Pairs in which a face was not found. They count as "different". */
  noFace: number;
}

const FALSE_ACCEPT_RATES = ['1e-1', '1e-2', '1e-3', '1e-4', '1e-5', '1e-6'];

/**
 * Judges similarities by the protocol of Labeled Faces in the Wild. With several folds, each is
 * judged at the threshold that is best on the others ("image-restricted, with labeled outside
 * data", Huang & Learned-Miller 2014); with one, at `fitOn`'s best, or the given threshold, or its
 * own best.
 *
 * @throws GalleryError `INVALID_ARGUMENT` when there are no pairs of one kind, or a similarity is NaN
 */
export function evaluatePairs(
  scores: readonly ScoredPair[],
  options: PairsOptions = {},
): PairsSummary {
  checkScores(scores, 'scores');
  const folds = [...new Set(scores.map(({ fold }) => fold))];
  const judged = folds.length > 1 ? judgeFolds(scores, folds) : judgeOnce(scores, options);
  const curve = rocCurve(scores);
  const impostors = scores.filter(({ same }) => !same).length;
  const measurable = FALSE_ACCEPT_RATES.filter((rate) => Number(rate) * impostors >= 1 - ROUNDING);
  return {
    pairs: scores.length,
    ...judged,
    auc: areaUnder(curve),
    eer: equalErrorRate(curve),
    tarAtFar: Object.fromEntries(
      measurable.map((rate) => [rate, tarAtFar(curve, Number(rate) + ROUNDING)]),
    ),
    noFace: scores.filter(({ similarity }) => similarity === null).length,
  };
}

/** 0.001 * 1000 and 3/10 against 0.3 must come out as they do on paper. */
const ROUNDING = 1e-12;

type Judgement = Pick<PairsSummary, 'accuracy' | 'standardError' | 'threshold' | 'thresholdFrom'>;

function judgeFolds(scores: readonly ScoredPair[], folds: readonly number[]): Judgement {
  const results = folds.map((held) => {
    const { similarity } = fitThreshold(scores.filter(({ fold }) => fold !== held));
    const accuracy = accuracyAt(
      scores.filter(({ fold }) => fold === held),
      similarity,
    );
    return { accuracy, threshold: distanceOfSimilarity(similarity) };
  });
  const accuracy = mean(results.map((result) => result.accuracy));
  const squares = results.map((result) => (result.accuracy - accuracy) ** 2);
  const variance = squares.reduce((sum, square) => sum + square, 0) / (folds.length - 1);
  return {
    accuracy,
    standardError: Math.sqrt(variance / folds.length),
    threshold: mean(results.map(({ threshold }) => threshold)),
    thresholdFrom: 'other-folds',
  };
}

function judgeOnce(scores: readonly PairScore[], { fitOn, threshold }: PairsOptions): Judgement {
  if (fitOn !== undefined) {
    checkScores(fitOn, 'fitOn');
  } else if (threshold !== undefined) {
    const accuracy = accuracyAt(scores, similarityOf(threshold));
    const standardError = binomialError(accuracy, scores.length);
    return { accuracy, standardError, threshold, thresholdFrom: 'given' };
  }
  const { similarity } = fitThreshold(fitOn ?? scores);
  const accuracy = accuracyAt(scores, similarity);
  return {
    accuracy,
    standardError: binomialError(accuracy, scores.length),
    threshold: distanceOfSimilarity(similarity),
    thresholdFrom: fitOn === undefined ? 'same-pairs' : 'fit-pairs',
  };
}

function binomialError(fraction: number, trials: number): number {
  return Math.sqrt((fraction * (1 - fraction)) / trials);
}

function checkScores(scores: readonly PairScore[], what: string): void {
  const same = scores.filter((score) => score.same).length;
  if (same === 0 || same === scores.length) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `${what}: expected pairs of the same person and of different people but received ${same} and ${scores.length - same}`,
    );
  }
  if (!scores.every(({ similarity }) => similarity === null || Number.isFinite(similarity))) {
    throw new GalleryError(
      'INVALID_ARGUMENT',
      `${what}: expected every similarity to be a finite number or null`,
    );
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
