import { checkInteger, checkOptions, MAX_DIMENSION } from './arguments.js';
import { checkMetric, type FaissMetric, METRIC_NUMBERS } from './metrics.js';
import { threadsFor } from './native-call.js';
import type { DistanceSettings } from './native-vectors.js';

/** What distances between given vectors need to know. */
export interface DistanceOptions {
  /** Components of each vector, 1 to 65,536. */
  dimension: number;
  /** @default 'l2' */
  metric?: FaissMetric;
  /** The power p of the metric `'lp'`, above 0; for no other metric. */
  metricArg?: number;
  /** At most so many threads, 1 to 1,024. @default as many as there are cores */
  threads?: number;
}

/**
 * What the addon needs for it.
 *
 * @throws {FaissError} `INVALID_ARGUMENT`
 */
export function toDistanceSettings(options: DistanceOptions): Omit<DistanceSettings, 'threads'> {
  checkOptions('options', options);
  const { dimension, metric = 'l2', metricArg, threads } = options;
  checkInteger('dimension', dimension, [1, MAX_DIMENSION]);
  checkMetric(metric, metricArg);
  threadsFor(1, threads);
  return { dimension, metric: METRIC_NUMBERS[metric], metricArg: metricArg ?? 0 };
}
