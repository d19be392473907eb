import { CLASSIFIERS, type ClassifierKind, type ClassifierSummary } from '@facedex/gallery';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import {
  classifyPhotos,
  evaluateClassifiers,
  type PhotoPrediction,
  trainClassifierOn,
} from '../../classify-photos.js';
import { galleryOption, jsonOption, modelOption, wholeNumber, withExample } from '../options.js';
import { personName, printResult, shortPath, table } from '../output.js';
import { startProgress } from '../progress.js';

interface SourceOptions {
  readonly gallery: string;
  readonly images?: string;
  readonly photosOf?: string[];
  readonly minFaces?: number;
  readonly model?: string;
  readonly json?: boolean;
}

interface TrainOptions extends SourceOptions {
  readonly kind: ClassifierKind;
  readonly out: string;
}

interface PredictOptions {
  readonly classifier: string;
  readonly json?: boolean;
}

const DEFAULT_FILE = 'classifier.json';

export function addClassifyCommand(program: Command): void {
  const classify = program
    .command('classify')
    .summary('learn to tell people apart from their embeddings')
    .description(
      'A learner on top of the embeddings: k nearest neighbours, logistic regression or linear SVMs. ' +
        'For people with several photos each, who seldom change; it says "unknown" of others.',
    );
  const train = withSource(
    classify
      .command('train')
      .description('Learns the people of a gallery or folder and writes a file for predict.'),
  )
    .addOption(new Option('--kind <kind>', 'the learner').choices(CLASSIFIERS).default('logistic'))
    .option('--out <file>', 'file to write', DEFAULT_FILE)
    .action(trainCommand);
  const predict = classify
    .command('predict')
    .description(
      'Says whom photos show: a name with its probability among the people of the classifier, or "unknown".',
    )
    .argument('<photos...>', 'photos, of each the largest, most central face')
    .option('--classifier <file>', 'what train wrote', DEFAULT_FILE)
    .addOption(jsonOption())
    .action(predictCommand);
  const evaluate = withSource(
    classify
      .command('evaluate')
      .description('Cross-validates every learner, beside the nearest neighbour alone.'),
  ).action(evaluateCommand);
  withExample(
    classify,
    'facedex classify train --gallery facedex-data',
    'facedex classify predict who.jpg',
  );
  withExample(train, 'facedex classify train --gallery facedex-data --kind svm');
  withExample(predict, 'facedex classify predict who.jpg --classifier classifier.json');
  withExample(evaluate, 'facedex classify evaluate --gallery facedex-data');
}

function withSource(command: Command): Command {
  return command
    .option('--images <dir>', 'photos as <dir>/<Name>/<photo>, instead of the gallery')
    .option('--photos-of <file...>', 'only the photos that pairs files of LFW name')
    .addOption(
      new Option('--min-faces <count>', 'leave out people with fewer; default 4').argParser(
        wholeNumber,
      ),
    )
    .addOption(galleryOption())
    .addOption(modelOption())
    .addOption(jsonOption());
}

async function trainCommand(options: TrainOptions): Promise<void> {
  const summary = await withProgress((onProgress) =>
    trainClassifierOn({ ...options, onProgress }, options),
  );
  printResult({ ...summary, file: options.out }, options, (result) =>
    [describe([result]), `wrote ${shortPath(options.out)}`].join('\n'),
  );
}

async function evaluateCommand(options: SourceOptions): Promise<void> {
  const summaries = await withProgress((onProgress) =>
    evaluateClassifiers({ ...options, onProgress }),
  );
  printResult({ classifiers: summaries }, options, ({ classifiers }) => describe(classifiers));
}

async function predictCommand(photos: string[], options: PredictOptions): Promise<void> {
  const predictions = await classifyPhotos(photos, options);
  printResult({ predictions }, options, (result) => table(result.predictions.map(predictionRow)));
}

function predictionRow({ photo, prediction }: PhotoPrediction): string[] {
  if (prediction === null) return [shortPath(photo), pc.yellow('no face'), ''];
  const { person, probability, ranking } = prediction;
  return [
    shortPath(photo),
    person === null ? pc.yellow('unknown') : personName(person),
    person === null
      ? `nearest ${personName(ranking[0]!.person)}`
      : `probability ${probability.toFixed(3)}`,
  ];
}

async function withProgress<T>(
  work: (onProgress: (done: number, total: number) => void) => Promise<T>,
): Promise<T> {
  using progress = startProgress('photos');
  return await work((done, total) => progress.update(done, total, ''));
}

function describe(summaries: readonly ClassifierSummary[]): string {
  const [first] = summaries;
  const percent = (rate: number) => `${(rate * 100).toFixed(2)} %`;
  return [
    `${first!.faces} faces of ${first!.people} people, cross-validated`,
    table([
      ['', 'accuracy', '95 % interval', 'named when 1 % of strangers are'],
      ...summaries.map((one) => [
        one.kind,
        percent(one.accuracy),
        one.accuracyInterval.map(percent).join(' to '),
        percent(one.knownAtFalsePositives1),
      ]),
      [
        'nearest neighbour',
        percent(first!.nearestNeighbourAccuracy),
        '',
        percent(first!.nearestNeighbourKnownAtFalsePositives1),
      ],
    ]),
  ].join('\n');
}
