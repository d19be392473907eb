import { distanceOfSimilarity } from '../distance.js';
import type { PairScore } from './fit-threshold.js';

/** A threshold's error rates. */
export interface RocPoint {
  /** False accept rate: the fraction of different-person pairs at or above the threshold. */
  far: number;
  /** True accept rate: the fraction of same-person pairs at or above the threshold. */
  tar: number;
  /** The threshold, 0…2; 0 where nobody is accepted. */
  distance: number;
}

/**
 * The receiver operating characteristic: one point per distinct score, from "accept nobody" (0, 0)
 * to "accept everybody whose face was found". Pairs without a similarity are never accepted.
 *
 * @param scores at least one pair of each kind
 */
export function rocCurve(scores: readonly PairScore[]): RocPoint[] {
  const genuine = scores.filter(({ same }) => same).length;
  const impostor = scores.length - genuine;
  const found = scores
    .flatMap(({ same, similarity }) => (similarity === null ? [] : [{ same, similarity }]))
    .sort((a, b) => b.similarity - a.similarity);
  const curve: RocPoint[] = [{ far: 0, tar: 0, distance: 0 }];
  let accepted = { genuine: 0, impostor: 0 };
  for (const [i, { same, similarity }] of found.entries()) {
    accepted = same
      ? { ...accepted, genuine: accepted.genuine + 1 }
      : { ...accepted, impostor: accepted.impostor + 1 };
    if (found[i + 1]?.similarity !== similarity) {
      curve.push({
        far: accepted.impostor / impostor,
        tar: accepted.genuine / genuine,
        distance: distanceOfSimilarity(similarity),
      });
    }
  }
  return curve;
}

/**
 * Area under the curve: the probability that a same-person pair scores higher than a
 * different-person pair, where a tie counts as half (Fawcett 2006, "An introduction to ROC
 * analysis", section 7). Pairs without a similarity tie with each other below all others.
 */
export function areaUnder(curve: readonly RocPoint[]): number {
  let area = 0;
  for (const [from, to] of segments(curve)) {
    area += ((to.far - from.far) * (to.tar + from.tar)) / 2;
  }
  return area;
}

/** Where false accepts and false rejects are equally frequent, on straight lines between points. */
export function equalErrorRate(curve: readonly RocPoint[]): number {
  for (const [from, to] of segments(curve)) {
    const [before, after] = [from.far + from.tar - 1, to.far + to.tar - 1];
    if (after >= 0) {
      const part = after === before ? 0 : -before / (after - before);
      return from.far + part * (to.far - from.far);
    }
  }
  return 1;
}

/** The highest true accept rate whose false accept rate is at most `far`; no interpolation. */
export function tarAtFar(curve: readonly RocPoint[], far: number): number {
  return curve.reduce((best, point) => (point.far <= far ? Math.max(best, point.tar) : best), 0);
}

/** The curve, closed by "accept everybody" (1, 1), where pairs without a similarity get accepted. */
function* segments(curve: readonly RocPoint[]): Generator<[RocPoint, RocPoint]> {
  let from = curve[0] ?? { far: 0, tar: 0, distance: 0 };
  for (const to of [...curve.slice(1), { far: 1, tar: 1, distance: 2 }]) {
    yield [from, to];
    from = to;
  }
}
