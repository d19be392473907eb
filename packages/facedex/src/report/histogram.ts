import type { Series } from './charts.js';

const BIN = 0.02;
const MAX_DISTANCE = 2;

/** Which share of some distances, 0…2, lies in each hundredth of their range. */
export function histogram(name: string, distances: readonly number[]): Series {
  const bins = new Array<number>(Math.round(MAX_DISTANCE / BIN)).fill(0);
  for (const distance of distances) {
    bins[Math.min(bins.length - 1, Math.max(0, Math.floor(distance / BIN)))]!++;
  }
  return {
    name,
    points: bins.map(
      (count, i) => [round(i * BIN), count / Math.max(1, distances.length)] as const,
    ),
  };
}

/** Rows of a CSV file from histograms of the same bins. */
export function histogramTable(series: readonly Series[]): (string | number)[][] {
  const [first] = series;
  return [
    ['distance from', 'to', ...series.map(({ name }) => name)],
    ...(first?.points ?? []).map(([from], i) => [
      from,
      round(from + BIN),
      ...series.map(({ points }) => points[i]![1]),
    ]),
  ];
}

/** 0.02 * 7 is 0.14. */
function round(value: number): number {
  return Number(value.toFixed(6));
}
