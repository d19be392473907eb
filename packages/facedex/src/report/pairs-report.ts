import { distanceOfSimilarity, type PairScore, rocCurve } from '@facedex/gallery';
import { corners, curveTable } from './error-curve.js';
import { histogram, histogramTable } from './histogram.js';
import type { Report } from './write-report.js';

/** Curves and histograms of pairs: how well one person's are told from those of two people. */
export function pairsReport(
  scores: readonly PairScore[],
  { summary, title }: { readonly summary: object; readonly title: string },
): Report {
  const curve = rocCurve(scores);
  const distances = (same: boolean) =>
    scores.flatMap((score) =>
      score.same === same && score.similarity !== null
        ? [distanceOfSimilarity(score.similarity)]
        : [],
    );
  const [genuine, impostor] = [distances(true), distances(false)];
  const histograms = [histogram('same person', genuine), histogram('different people', impostor)];
  const subtitle = `${title}: ${genuine.length} pairs of one person, ${impostor.length} of different people`;
  const far = { name: 'false accept rate', log: true, percent: true, max: 1 };
  return {
    summary,
    tables: {
      roc: curveTable(curve, ['false accept rate', 'true accept rate']),
      scores: histogramTable(histograms),
    },
    charts: {
      roc: {
        title: 'Receiver operating characteristic',
        subtitle,
        x: far,
        y: { name: 'true accept rate', percent: true, zoom: true, max: 1 },
        series: [{ name: title, points: corners(curve).map((point) => [point.far, point.tar]) }],
        shape: 'step',
      },
      det: {
        title: 'Detection error trade-off',
        subtitle,
        x: far,
        y: { name: 'false reject rate', log: true, percent: true, max: 1 },
        series: [
          { name: title, points: corners(curve).map((point) => [point.far, 1 - point.tar]) },
        ],
        shape: 'step',
      },
      scores: {
        title: 'Distances',
        subtitle,
        x: { name: 'distance', min: 0, max: 2 },
        y: { name: 'share of pairs', percent: true },
        series: histograms,
        shape: 'area',
      },
    },
  };
}
