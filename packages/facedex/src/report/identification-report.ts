import { type IdentificationScores, rocCurve, similarityOf } from '@facedex/gallery';
import { corners, curveTable } from './error-curve.js';
import { histogram, histogramTable } from './histogram.js';
import type { Report } from './write-report.js';

/** Curves and histograms of an identification, closed and open set. */
export function identificationReport(
  { cmc, mates, strangers }: IdentificationScores,
  { summary, title }: { readonly summary: object; readonly title: string },
): Report {
  const subtitle = `${title}: ${mates.length} photos of enrolled people, ${strangers.length} of strangers`;
  // Somebody taken for another person is never named rightly, at whatever threshold.
  const curve = rocCurve([
    ...mates.map(({ distance, right }) => ({
      same: true,
      similarity: right ? similarityOf(distance) : null,
    })),
    ...strangers.map((distance) => ({ same: false, similarity: similarityOf(distance) })),
  ]);
  const histograms = [
    histogram(
      'enrolled people, rightly found',
      mates.filter(({ right }) => right).map(({ distance }) => distance),
    ),
    histogram('strangers', strangers),
  ];
  const fpir = { name: 'false positive identification rate', log: true, percent: true, max: 1 };
  return {
    summary,
    tables: {
      cmc: [['rank', 'identification rate'], ...cmc.map((rate, i) => [i + 1, rate])],
      'open-set': curveTable(curve, ['false positive rate', 'true positive rate']),
      scores: histogramTable(histograms),
    },
    charts: {
      cmc: {
        title: 'Cumulative match characteristic',
        subtitle,
        x: { name: 'rank', min: 1, max: Math.max(2, cmc.length) },
        y: { name: 'right person among the nearest', percent: true, zoom: true, max: 1 },
        series: [{ name: title, points: cmc.map((rate, i) => [i + 1, rate]) }],
      },
      'open-set': {
        title: 'Open-set identification',
        subtitle,
        x: fpir,
        y: { name: 'true positive identification rate', percent: true, zoom: true, max: 1 },
        series: [{ name: title, points: corners(curve).map((point) => [point.far, point.tar]) }],
        shape: 'step',
      },
      det: {
        title: 'Open-set identification: errors',
        subtitle,
        x: fpir,
        y: { name: 'false negative identification rate', log: true, percent: true, max: 1 },
        series: [
          { name: title, points: corners(curve).map((point) => [point.far, 1 - point.tar]) },
        ],
        shape: 'step',
      },
      scores: {
        title: 'Distances to the nearest person',
        subtitle,
        x: { name: 'distance', min: 0, max: 2 },
        y: { name: 'share of photos', percent: true },
        series: histograms,
        shape: 'area',
      },
    },
  };
}
