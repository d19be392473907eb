import type { Templates } from '@facedex/gallery';
import { type Command, Option } from 'commander';
import {
  evaluateIdentificationOfPhotos,
  type IdentificationEvaluation,
} from '../../../evaluate-identification.js';
import {
  calibrationOption,
  galleryOption,
  jsonOption,
  modelOption,
  reportOption,
  templatesOption,
  wholeNumber,
  withExample,
} from '../../options.js';
import { printResult, shortPath, table } from '../../output.js';
import { startProgress } from '../../progress.js';

interface Options {
  readonly gallery: string;
  readonly images?: string;
  readonly photosOf?: string[];
  readonly enrolled?: number;
  readonly templates?: Templates;
  readonly calibration?: string;
  readonly model?: string;
  readonly report?: string;
  readonly json?: boolean;
}

export function addEvaluateIdentifyCommand(evaluate: Command): void {
  const command = evaluate
    .command('identify')
    .description(
      'Enrols the first photos of each person, looks for the others (closed set: is the right person ' +
        'the nearest?) and for strangers, who have too few photos to be enrolled (open set: how many ' +
        'people are named rightly when so many strangers are named wrongly?).',
    )
    .option('--images <dir>', 'photos as <dir>/<Name>/<photo>, instead of the gallery')
    .option('--photos-of <file...>', 'only the photos that pairs files of LFW name')
    .addOption(
      new Option('--enrolled <count>', 'enrolled photos a person; default 1').argParser(
        wholeNumber,
      ),
    )
    .addOption(templatesOption())
    .addOption(reportOption())
    .addOption(calibrationOption())
    .addOption(galleryOption())
    .addOption(modelOption())
    .addOption(jsonOption())
    .action(identifyCommand);
  withExample(
    command,
    'facedex evaluate identify --gallery facedex-data --report report',
    'facedex evaluate identify --images lfw --enrolled 2 --templates mean',
  );
}

async function identifyCommand(options: Options): Promise<void> {
  using progress = startProgress('photos');
  const evaluation = await evaluateIdentificationOfPhotos({
    ...options,
    onProgress: (done, total) => progress.update(done, total, ''),
  });
  progress[Symbol.dispose]();
  printResult(evaluation, options, (result) => describe(result, options.report));
}

function describe(evaluation: IdentificationEvaluation, report: string | undefined): string {
  const { rank1, rank1Interval, rank5, rank10, openSet } = evaluation;
  const lines = [
    table([
      [
        'people',
        `${evaluation.people}, ${evaluation.enrolled} enrolled of each (${evaluation.templates})`,
      ],
      ['photos', `${evaluation.mates} of theirs, ${evaluation.strangers} of strangers`],
      ['rank 1', `${percent(rank1)} (${rank1Interval.map(percent).join(' to ')})`],
      ['rank 5, 10', `${percent(rank5)}, ${percent(rank10)}`],
      ['threshold', `from ${evaluation.calibration ?? 'nowhere: the model has no calibration'}`],
    ]),
    '',
    table([
      ['people', 'galleries', 'TPIR at FPIR 10 %', 'at 1 %', 'at 0.1 %', 'at the threshold'],
      ...openSet.map(({ people, galleries, tpirAtFpir, atThreshold }) => [
        people,
        galleries,
        ...['1e-1', '1e-2', '1e-3'].map((fpir) => {
          const found = tpirAtFpir[fpir];
          return found === undefined ? 'too few' : percent(found.tpir);
        }),
        atThreshold === undefined
          ? ''
          : `TPIR ${percent(atThreshold.tpir)}, FPIR ${percent(atThreshold.fpir)} (distance ${atThreshold.distance.toFixed(3)})`,
      ]),
    ]),
  ];
  if (report !== undefined) lines.push('', `wrote the report to ${shortPath(report)}`);
  return lines.join('\n');
}

function percent(rate: number): string {
  return `${(rate * 100).toFixed(2)} %`;
}
