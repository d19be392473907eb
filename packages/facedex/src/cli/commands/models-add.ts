import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import {
  ALIGNMENTS,
  addModel,
  CATALOG,
  type EmbedderCard,
  type NewCard,
  pullModels,
  removeModel,
} from '@facedex/pipeline';
import { type Command, InvalidArgumentError, Option } from 'commander';
import pc from 'picocolors';
import type { ModelBenchmark } from '../../benchmark-model.js';
import { FacedexError } from '../../facedex-error.js';
import { jsonOption, withExample } from '../options.js';
import { printNotice, printResult } from '../output.js';
import { describeBenchmark, runBenchmark } from './models-benchmark.js';

interface Options {
  readonly card?: string;
  readonly id?: string;
  readonly size?: number;
  readonly colourOrder?: 'rgb' | 'bgr';
  readonly mean?: Channels;
  readonly scale?: Channels;
  readonly template?: keyof typeof ALIGNMENTS;
  readonly images?: string;
  readonly json?: boolean;
}

type Channels = number | [number, number, number];

export function addModelsAddCommand(models: Command): void {
  const command = models
    .command('add')
    .description(
      'Adds an embedder: an ONNX file, a checkpoint of facenet-pytorch, or a large built-in model by ' +
        'its id (facenet). What is not said of it, by a card or by options, is assumed as most ' +
        'networks have it.',
    )
    .argument('<model>', 'an .onnx or .pt file, or the id of a built-in model')
    .option('--card <file>', 'what is known of it, in the format of model.json (docs/models.md)')
    .option('--id <id>', "name of the model; default the file's")
    .option('--size <pixels>', 'side of the aligned face, where the network takes any', number)
    .addOption(new Option('--colour-order <order>', 'default rgb').choices(['rgb', 'bgr']))
    .option(
      '--mean <values>',
      'subtracted from 0…255, one or three values; default 127.5',
      channels,
    )
    .option('--scale <values>', 'divided by, one or three values; default 128', channels)
    .addOption(
      new Option(
        '--template <name>',
        'where landmarks lie in the aligned face; default arcface',
      ).choices(Object.keys(ALIGNMENTS)),
    )
    .option('--images <dir>', 'check on labelled photos that all this fits (as models benchmark)')
    .addOption(jsonOption())
    .action(addCommand);
  withExample(
    command,
    'facedex models add facenet',
    'facedex models add face.onnx --card card.json',
    'facedex models add 20180402-114759-vggface2.pt --id facenet-vggface2',
    'facedex models add w600k_r50.onnx --id arcface-r50 --mean 127.5 --scale 127.5 --images datasets/',
  );
}

async function addCommand(model: string, options: Options): Promise<void> {
  const builtIn = CATALOG.find(({ card }) => card.id === model);
  if (builtIn) {
    const onProgress = ({ message }: { message: string }) => process.stderr.write(`${message}\n`);
    await pullModels({ models: [model], onProgress });
    printResult({ card: builtIn.card }, options, () => `${pc.bold(model)} is ready`);
    return;
  }
  const card = await addModel(model, { card: await cardOf(model, options) });
  const benchmark = options.images ? await check(card, options.images) : undefined;
  if (benchmark === undefined) {
    printNotice(
      `check that its colour order, normalisation and template fit: facedex models benchmark ${card.id} --images <dir>`,
    );
  }
  printResult({ card, ...(benchmark ? { benchmark } : {}) }, options, () =>
    describe(card, benchmark),
  );
}

/** Benchmarks the model that was added; where that can't be done, the command adds nothing. */
async function check({ id }: EmbedderCard, images: string): Promise<ModelBenchmark> {
  try {
    return await runBenchmark(id, images);
  } catch (error) {
    await removeModel(id);
    throw error;
  }
}

/** The card of the user's file, with what the options say in its place. */
async function cardOf(model: string, options: Options): Promise<NewCard> {
  const file = options.card === undefined ? {} : await readCard(options.card);
  const { id, size, colourOrder, mean, scale, template } = options;
  return {
    ...file,
    id: id ?? file.id ?? idOf(model),
    input: {
      ...file.input,
      ...(colourOrder && { colourOrder }),
      ...(mean !== undefined && { mean }),
      ...(scale !== undefined && { scale }),
    },
    alignment: {
      ...file.alignment,
      ...(size !== undefined && { size }),
      ...(template && { template }),
    },
  };
}

async function readCard(path: string): Promise<Partial<NewCard>> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new FacedexError('FILE_NOT_FOUND', `can't read ${path}: expected a model's card`);
  });
  try {
    const card: unknown = JSON.parse(text);
    if (typeof card === 'object' && card !== null && !Array.isArray(card)) return card;
  } catch {
    // As a document that is no object.
  }
  throw new FacedexError('INVALID_ARGUMENT', `${path} is no card: expected a JSON object`);
}

/** `My Face_net.v2.onnx` is called my-face-net-v2. */
function idOf(path: string): string {
  const name = basename(path, extname(path)).toLowerCase();
  return name.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '');
}

function describe(card: EmbedderCard, benchmark: ModelBenchmark | undefined): string {
  const added = `added ${pc.bold(card.id)}: ${card.dimension} values, faces of ${card.alignment.size} pixels`;
  return benchmark ? `${added}\n${describeBenchmark(benchmark)}` : added;
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`expected a number, received "${text}".`);
  }
  return value;
}

/** One number for all channels, or three in the network's order: `104,117,123`. */
function channels(text: string): Channels {
  const values = text.split(',').map(number);
  const [a = 0, b = 0, c = 0] = values;
  if (values.length !== 1 && values.length !== 3) {
    throw new InvalidArgumentError(`expected one or three numbers, received "${text}".`);
  }
  return values.length === 1 ? a : [a, b, c];
}
