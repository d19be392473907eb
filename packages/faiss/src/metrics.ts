/** FAISS's MetricType. */
export const METRIC_NUMBERS = {
  inner_product: 0,
  l2: 1,
  l1: 2,
  linf: 3,
  lp: 4,
  canberra: 20,
  bray_curtis: 21,
  jensen_shannon: 22,
  jaccard: 23,
} as const;

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
export type FaissMetric = keyof typeof METRIC_NUMBERS;

/** Whether a larger number means nearer. */
export function largerIsCloser(metric: FaissMetric): boolean {
  return metric === 'inner_product' || metric === 'jaccard';
}
