import { checkInteger, checkOptions, MAX_DIMENSION, show } from './arguments.js';
import { FaissError } from './faiss-error.js';
import { type FaissMetric, METRIC_NUMBERS } from './metrics.js';
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
  checkMetric(metric, Object.keys(METRIC_NUMBERS));
  checkMetricArg(metric, metricArg);
  threadsFor(1, threads);
  return { dimension, metric: METRIC_NUMBERS[metric], metricArg: metricArg ?? 0 };
}

/** @throws {FaissError} `INVALID_ARGUMENT` unless the metric is one of these. */
export function checkMetric(metric: unknown, allowed: readonly string[]): void {
  if (typeof metric !== 'string' || !allowed.includes(metric)) {
    const names = allowed.map((name) => `'${name}'`);
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected metric to be ${names.slice(0, -1).join(', ')} or ${names.at(-1)}, ` +
        `received ${show(metric)}.`,
    );
  }
}

function checkMetricArg(metric: FaissMetric, metricArg: unknown): void {
  const asked = metricArg !== undefined;
  if (metric !== 'lp' && asked) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `metricArg is the power of the metric 'lp', this one is '${metric}'. Leave it out.`,
    );
  }
  const usable = Number.isFinite(metricArg) && Math.fround(Number(metricArg)) > 0;
  if (metric === 'lp' && (!usable || !Number.isFinite(Math.fround(Number(metricArg))))) {
    throw new FaissError(
      'INVALID_ARGUMENT',
      `Expected metricArg, the power of the metric 'lp', as a number above 0 such as 3, ` +
        `received ${show(metricArg)}.`,
    );
  }
}
