/**
 * How near two vectors are.
 *
 * - `'l2'`: the *squared* Euclidean distance.
 * - `'inner_product'`: the dot product (the cosine, for vectors of unit length); larger is nearer,
 *   for all others smaller is.
 * - `'l1'`: the sum of absolute differences. `'linf'`: the largest of them. `'lp'`: the sum of their
 *   p-th powers, where p is the `metricArgument`.
 * - `'canberra'`, `'bray_curtis'`, `'jensen_shannon'`: for histograms.
 */
export type FaissMetric = keyof typeof METRIC_NUMBERS;

/** FAISS's MetricType. */
export const METRIC_NUMBERS = {
  l2: 1,
  inner_product: 0,
  l1: 2,
  linf: 3,
  lp: 4,
  canberra: 20,
  bray_curtis: 21,
  jensen_shannon: 22,
} as const;

/** The name of one of FAISS's numbers. */
export function metricOfNumber(number: number): FaissMetric {
  const found = Object.entries(METRIC_NUMBERS).find(([, known]) => known === number);
  return (found?.[0] ?? 'l2') as FaissMetric;
}

/** Whether a larger number means nearer. */
export function largerIsCloser(metric: FaissMetric): boolean {
  return metric === 'inner_product';
}
