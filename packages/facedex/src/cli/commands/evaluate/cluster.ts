import { type Agreement, type ClusterFigures, Gallery } from '@facedex/gallery';
import type { Command } from 'commander';
import { clusterThreshold } from '../../../cluster-threshold.js';
import { galleryOption, jsonOption, thresholdOption, withExample } from '../../options.js';
import { printNotice, printResult, table } from '../../output.js';
import { startProgress } from '../../progress.js';

interface Options {
  readonly gallery: string;
  readonly threshold?: number;
  readonly allowSamePhoto?: boolean;
  readonly json?: boolean;
}

export function addEvaluateClusterCommand(evaluate: Command): void {
  const command = evaluate
    .command('cluster')
    .description(
      'Would clustering find the people of a gallery? Groups the faces that carry a name as if they ' +
        'carried none, and compares. Changes nothing.',
    )
    .addOption(thresholdOption())
    .option('--allow-same-photo', 'two faces of one photo may be one person')
    .addOption(galleryOption())
    .addOption(jsonOption())
    .action(clusterCommand);
  withExample(command, 'facedex evaluate cluster --gallery facedex-data');
}

async function clusterCommand(options: Options): Promise<void> {
  await using gallery = await Gallery.open(options.gallery, { onNotice: printNotice });
  using progress = startProgress('faces');
  const threshold = options.threshold ?? (await clusterThreshold(gallery));
  const figures = await gallery.clusters.evaluate({
    ...options,
    threshold,
    onProgress: (done, total) => progress.update(done, total, ''),
  });
  progress[Symbol.dispose]();
  printResult({ ...figures, threshold }, options, describe);
}

function describe(figures: ClusterFigures & { readonly threshold: number }): string {
  return table([
    ['faces', `${figures.faces} of ${figures.people} people`],
    ['clusters', `${figures.clusters} (${figures.severalFaces} of several faces)`],
    ['pairwise', rates(figures.pairwise)],
    ['B-cubed', rates(figures.bCubed)],
    ['threshold', figures.threshold.toFixed(3)],
  ]);
}

function rates({ precision, recall, f1 }: Agreement): string {
  const [p, r, f] = [precision, recall, f1].map((rate) => `${(rate * 100).toFixed(2)} %`);
  return `F1 ${f} (precision ${p}, recall ${r})`;
}
