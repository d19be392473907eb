import { show } from './arguments.js';
import { FaissError } from './faiss-error.js';

/** FAISS's MetricType. */
export const METRIC_NUMBERS: Readonly<Record<FaissMetric, number>> = {
  l2: 1,
  inner_product: 0,
  l1: 2,
  linf: 3,
  lp: 4,
  canberra: 20,
  bray_curtis: 21,
  jensen_shannon: 22,
  jaccard: 23,
};

/**
 * How near two vectors x and y are. Smaller is nearer, but for `'inner_product'` and `'jaccard'`.
 *
 * - `'l2'`: the *squared* Euclidean distance, Σ (x − y)²
 * - `'inner_product'`: the dot product Σ x·y; the cosine, for vectors of unit length
 * - `'l1'`: Σ |x − y|
 * - `'linf'`: the largest |x − y|
 * - `'lp'`: Σ |x − y|ᵖ, without the root; p is the option `metricArg`
 * - `'canberra'`: Σ |x − y| / (|x| + |y|)
 * - `'bray_curtis'`: Σ |x − y| / Σ |x + y|
 * - `'jensen_shannon'`: the divergence, without a root, of distributions without zeros
 * - `'jaccard'`: Σ min(x, y) / Σ max(x, y), larger is nearer; needs FAISS 1.8 or newer
 */
export type FaissMetric =
  | 'l2'
  | 'inner_product'
  | 'l1'
  | 'linf'
  | 'lp'
  | 'canberra'
  | 'bray_curtis'
  | 'jensen_shannon'
  | 'jaccard';

/** Whether a larger number means nearer. */
export function largerIsCloser(metric: FaissMetric): boolean {
  return metric === 'inner_product' || metric === 'jaccard';
}

/** The name of one of FAISS's numbers. */
export function metricOfNumber(number: number): FaissMetric {
  const found = Object.entries(METRIC_NUMBERS).find(([, known]) => known === number);
  return (found?.[0] ?? 'l2') as FaissMetric;
}

/**
 * @throws {FaissError} `INVALID_ARGUMENT` unless the metric is one of ours and has a power where, and
 * only where, it needs one
 */
export function checkMetric(metric: FaissMetric, metricArg: number | undefined): void {
  if (typeof metric !== 'string' || !Object.hasOwn(METRIC_NUMBERS, metric)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected metric to be one of ${Object.keys(METRIC_NUMBERS).join(', ')}, received ${show(metric)}.`,
    );
  }
  if (metric !== 'lp' && metricArg !== undefined) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `metricArg is the power of the metric 'lp', this one is '${metric}'. Leave it out.`,
    );
  }
  // As FAISS will have it, in single precision.
  const power = Math.fround(Number(metricArg));
  if (metric === 'lp' && !(typeof metricArg === 'number' && Number.isFinite(power) && power > 0)) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected metricArg, the power of the metric 'lp', as a number above 0 such as 3, ` +
        `received ${show(metricArg)}.`,
    );
  }
}
