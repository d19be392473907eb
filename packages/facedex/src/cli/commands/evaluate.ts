import type { EmbedderChoice } from '@facedex/pipeline';
import type { Command } from 'commander';
import { type AllPairsEvaluation, evaluateAllPairsOfPhotos } from '../../evaluate-all-pairs.js';
import { evaluatePairsOfPhotos, type PairsEvaluation } from '../../evaluate-pairs.js';
import { anyModelOption, jsonOption, presetOption, reportOption, withExample } from '../options.js';
import { printResult, table } from '../output.js';
import { startProgress } from '../progress.js';
import { addEvaluateClusterCommand } from './evaluate/cluster.js';
import { addEvaluateIdentifyCommand } from './evaluate/identify.js';

interface CommonOptions extends EmbedderChoice {
  readonly images: string;
  readonly json?: boolean;
}

interface PairsOptions extends CommonOptions {
  readonly pairs: string;
  readonly fitPairs?: string;
  readonly report?: string;
}

interface AllPairsOptions extends CommonOptions {
  readonly pairs?: string[];
}

export function addEvaluateCommand(program: Command): void {
  const evaluate = program
    .command('evaluate')
    .summary('measure accuracy on labelled photos')
    .description('Measures accuracy on labelled photos.');
  const pairs = evaluate
    .command('pairs')
    .description(
      'The protocol of Labeled Faces in the Wild: are the two photos of each pair of one person? ' +
        'With folds, the threshold of each is fitted on the others; without, on --fit-pairs, else it ' +
        'is that of the model card.',
    )
    .requiredOption('--images <dir>', 'photos as <dir>/<Name>/<Name>_0001.jpg')
    .requiredOption('--pairs <file>', 'pairs.txt of LFW (View 1 or View 2)')
    .option('--fit-pairs <file>', 'fit the threshold on these pairs')
    .addOption(reportOption())
    .addOption(anyModelOption())
    .addOption(presetOption())
    .addOption(jsonOption())
    .action(pairsCommand);
  withExample(
    pairs,
    'facedex evaluate pairs --images lfw --pairs pairs.txt',
    'facedex evaluate pairs --images lfw --pairs pairsDevTest.txt --fit-pairs pairsDevTrain.txt',
  );
  addEvaluateIdentifyCommand(evaluate);
  const allPairs = evaluate
    .command('all-pairs')
    .description(
      'Compares every photo with every other one: how often is the same person recognised at a ' +
        'false accept rate? Sharper than a list of pairs.',
    )
    .requiredOption('--images <dir>', 'photos as <dir>/<Name>/<photo>')
    .option('--pairs <file...>', 'only the photos that these pairs files of LFW name')
    .addOption(anyModelOption())
    .addOption(presetOption())
    .addOption(jsonOption())
    .action(allPairsCommand);
  withExample(
    allPairs,
    'facedex evaluate all-pairs --images lfw',
    'facedex evaluate all-pairs --images lfw --pairs pairsDevTrain.txt',
  );
  addEvaluateClusterCommand(evaluate);
  withExample(
    evaluate,
    'facedex evaluate pairs --images lfw --pairs pairs.txt',
    'facedex evaluate identify --gallery facedex-data',
  );
}

async function pairsCommand(options: PairsOptions): Promise<void> {
  using progress = startProgress('photos');
  const evaluation = await evaluatePairsOfPhotos({
    ...options,
    onProgress: (done, total) => progress.update(done, total, ''),
  });
  progress[Symbol.dispose]();
  printResult(evaluation, options, describePairs);
}

async function allPairsCommand(options: AllPairsOptions): Promise<void> {
  using progress = startProgress('photos');
  const evaluation = await evaluateAllPairsOfPhotos({
    ...options,
    onProgress: (done, total) => progress.update(done, total, ''),
  });
  progress[Symbol.dispose]();
  printResult(evaluation, options, describeAllPairs);
}

function describePairs(evaluation: PairsEvaluation): string {
  const { accuracy, standardError, tarAtFar } = evaluation;
  return table([
    ['model', evaluation.model],
    ['pairs', `${evaluation.pairs} (${evaluation.noFacePairs} with a photo without a face)`],
    ['accuracy', `${(accuracy * 100).toFixed(2)} ± ${(standardError * 100).toFixed(2)} %`],
    ['threshold', `${evaluation.threshold.toFixed(3)} (from ${evaluation.thresholdFrom})`],
    ['AUC', evaluation.auc.toFixed(5)],
    ['EER', `${(evaluation.eer * 100).toFixed(2)} %`],
    ...Object.entries(tarAtFar).map(([far, tar]) => [
      `TAR at FAR ${far}`,
      `${(tar * 100).toFixed(2)} %`,
    ]),
  ]);
}

function describeAllPairs(evaluation: AllPairsEvaluation): string {
  const { photos, noFace, genuine, impostor, tarAtFar, thresholdAtFar } = evaluation;
  return table([
    ['model', evaluation.model],
    ['photos', `${photos} (${noFace} without a face)`],
    ['pairs', `${genuine} of one person, ${impostor} of different people`],
    ...Object.entries(tarAtFar).map(([far, tar]) => [
      `TAR at FAR ${far}`,
      `${(tar * 100).toFixed(2)} % (${Math.round(tar * genuine)} of ${genuine}; distance ` +
        `${thresholdAtFar[far]!.toFixed(4)}, at most ${Math.floor(Number(far) * impostor)} of ` +
        `${impostor} let in)`,
    ]),
  ]);
}
