import type { Command } from 'commander';
import pc from 'picocolors';
import { benchmarkModel, type ModelBenchmark, type VariantFigures } from '../../benchmark-model.js';
import { jsonOption, withExample } from '../options.js';
import { printNotice, printResult, table } from '../output.js';

interface Options {
  readonly images: string;
  readonly json?: boolean;
}

export function addModelsBenchmarkCommand(models: Command): void {
  const command = models
    .command('benchmark')
    .description(
      'Tries the usual colour orders, normalisations and templates on labelled photos, and says ' +
        'which fits an embedder: where its card is wrong, there is no error, only bad matches.',
    )
    .argument('<id>')
    .requiredOption('--images <dir>', 'folder with one sub-folder of photos per person')
    .addOption(jsonOption())
    .action(benchmarkCommand);
  withExample(command, 'facedex models benchmark my-arcface --images datasets/');
}

async function benchmarkCommand(id: string, options: Options): Promise<void> {
  const result = await runBenchmark(id, options.images);
  printResult(result, options, describeBenchmark);
}

/** Benchmarks with a line on stderr per variant, and a notice where the card doesn't fit. */
export async function runBenchmark(id: string, images: string): Promise<ModelBenchmark> {
  const result = await benchmarkModel(id, {
    images,
    onVariant: (figures) => {
      process.stderr.write(`${nameOf(figures)}: ${figures.separation.toFixed(2)}\n`);
    },
  });
  if (!result.cardFits) {
    printNotice(
      `the card of ${id} doesn't fit: with ${nameOf(result.best)} the separation is ` +
        `${result.best.separation.toFixed(2)} in place of ${result.card.separation.toFixed(2)}`,
    );
  }
  return result;
}

/** A table of all variants, and which fits best. */
export function describeBenchmark(result: ModelBenchmark): string {
  const header = [
    'colour order',
    'normalisation',
    'template',
    'separation',
    'AUC',
    'TAR at FAR 1e-2',
  ];
  const rows = result.variants.map((figures) => [
    figures.colourOrder,
    figures.normalisation,
    figures.template,
    figures.separation.toFixed(2),
    figures.auc.toFixed(4),
    percent(figures.tarAtFar['1e-2']),
  ]);
  const { faces, people, genuinePairs, impostorPairs } = result;
  return [
    table([header.map((title) => pc.dim(title)), ...rows]),
    `${faces} faces of ${people} people: ${genuinePairs} pairs of one person, ${impostorPairs} of different people`,
    result.cardFits
      ? pc.green('the card fits')
      : pc.yellow(`the card doesn't fit: ${nameOf(result.best)} is better`),
  ].join('\n');
}

function nameOf({ colourOrder, normalisation, template }: VariantFigures): string {
  const own = (name: string, what: string) => (name === 'card' ? `the card's ${what}` : name);
  return `${colourOrder}, ${own(normalisation, 'normalisation')}, ${own(template, 'template')}`;
}

function percent(value: number | undefined): string {
  return value === undefined ? '' : `${(value * 100).toFixed(1)} %`;
}
