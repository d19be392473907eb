import { MAX_DIMENSION } from '../arguments.js';
import type { FaissMetric } from '../metrics.js';
import type { ByteReader } from './byte-reader.js';

/** No file has more, and byte counts made from it stay exact in a double. */
const MAX_VECTORS = 2 ** 36;

/** What every index begins with. */
export interface Header {
  dimension: number;
  size: number;
  metric: FaissMetric;
  isTrained: boolean;
}

/** FAISS's MetricType: two that this package knows, and others. */
const METRICS: readonly FaissMetric[] = ['inner_product', 'l2'];
const OTHER_METRICS: ReadonlySet<number> = new Set([2, 3, 4, 20, 21, 22, 23, 24, 25]);
/** Two numbers that nobody uses any more. */
const UNUSED_SIZE = 16;

export async function readHeader(reader: ByteReader): Promise<Header> {
  const dimension = await reader.int32('the dimension', [1, MAX_DIMENSION]);
  const size = await reader.int64('the number of vectors', [0, MAX_VECTORS]);
  reader.skip('two unused numbers', UNUSED_SIZE);
  const isTrained = await reader.flag('whether it is trained');
  const number = await reader.int32('the metric', [0, 2 ** 31 - 1]);
  const metric = METRICS[number];
  if (metric === undefined) {
    if (OTHER_METRICS.has(number)) {
      throw reader.unsupported(
        `its metric is number ${number} of FAISS's MetricType. Here are L2 and inner product.`,
      );
    }
    throw reader.corrupt(`the metric is ${number}, which is none of FAISS's`, 4);
  }
  if (size > 0 && !isTrained) {
    throw reader.corrupt(`there are ${size} vectors, but it says that it is not trained`, 4);
  }
  return { dimension, size, metric, isTrained };
}
