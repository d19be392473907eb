import type { Calibration } from '@facedex/gallery';
import type { Command } from 'commander';
import { calibrate } from '../../calibrate.js';
import { galleryOption, jsonOption, modelOption, withExample } from '../options.js';
import { printResult, shortPath, table } from '../output.js';
import { startProgress } from '../progress.js';

interface Options {
  readonly gallery: string;
  readonly images?: string;
  readonly pairs?: string;
  readonly photosOf?: string[];
  readonly model?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function addCalibrateCommand(program: Command): void {
  const command = program
    .command('calibrate')
    .summary('measure thresholds on labelled faces')
    .description(
      'Measures how near faces of different people come, on the named faces of the gallery or on ' +
        'photos: thresholds for false accept rates of 1e-2 to 1e-6, as far as there are pairs to ' +
        'tell, with 95 % confidence intervals over people. A gallery uses its own calibration.',
    )
    .option('--images <dir>', 'photos as <dir>/<Name>/<photo>, instead of the gallery')
    .option('--photos-of <file...>', 'only the photos that pairs files of LFW name')
    .option('--pairs <file>', 'only the pairs that a pairs file of LFW lists')
    .option(
      '--out <file>',
      'file to write; default calibration.json (in the gallery, if it is used)',
    )
    .addOption(galleryOption())
    .addOption(modelOption())
    .addOption(jsonOption())
    .action(calibrateCommand);
  withExample(
    command,
    'facedex calibrate --gallery facedex-data',
    'facedex calibrate --images lfw --photos-of pairsDevTrain.txt --out calibration.json',
  );
}

async function calibrateCommand(options: Options): Promise<void> {
  using progress = startProgress('photos');
  const { calibration, file } = await calibrate({
    ...options,
    onProgress: (done, total) => progress.update(done, total, ''),
  });
  progress[Symbol.dispose]();
  // The curve is for programs that read the file.
  const { curve: _, ...summary } = calibration;
  printResult({ ...summary, file }, options, describe);
}

function describe(result: Omit<Calibration, 'curve'> & { readonly file: string }): string {
  const percent = (rate: number) => `${(rate * 100).toFixed(2)} %`;
  const rows = result.thresholds.map(({ far, distance, farInterval, tar, tarInterval }) => [
    far,
    distance.toFixed(4),
    farInterval.map((rate) => rate.toExponential(1)).join(' to '),
    percent(tar),
    tarInterval.map(percent).join(' to '),
  ]);
  const lines = [
    `${result.faces} faces of ${result.people} people: ${result.genuinePairs} pairs of one person, ` +
      `${result.impostorPairs} of different people`,
    table([['FAR', 'distance', 'FAR, 95 % interval', 'TAR', '95 % interval'], ...rows]),
  ];
  if (result.notMeasured.length > 0) {
    lines.push(`too few pairs for ${result.notMeasured.join(', ')}`);
  }
  return [...lines, `wrote ${shortPath(result.file)}`].join('\n');
}
