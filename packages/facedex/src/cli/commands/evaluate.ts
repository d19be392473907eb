import type { Command } from 'commander';
import { evaluatePairsOfPhotos, type PairsEvaluation } from '../../evaluate-pairs.js';
import { jsonOption, modelOption, withExample } from '../options.js';
import { printResult, table } from '../output.js';
import { startProgress } from '../progress.js';
import { addEvaluateClusterCommand } from './evaluate/cluster.js';

interface Options {
  readonly images: string;
  readonly pairs: string;
  readonly fitPairs?: string;
  readonly model?: string;
  readonly json?: boolean;
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
    .addOption(modelOption())
    .addOption(jsonOption())
    .action(pairsCommand);
  withExample(
    pairs,
    'facedex evaluate pairs --images lfw --pairs pairs.txt',
    'facedex evaluate pairs --images lfw --pairs pairsDevTest.txt --fit-pairs pairsDevTrain.txt',
  );
  addEvaluateClusterCommand(evaluate);
}

async function pairsCommand(options: Options): Promise<void> {
  using progress = startProgress('photos');
  const evaluation = await evaluatePairsOfPhotos({
    ...options,
    onProgress: (done, total) => progress.update(done, total, ''),
  });
  progress[Symbol.dispose]();
  printResult(evaluation, options, describe);
}

function describe(evaluation: PairsEvaluation): string {
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
