import type { EmbedderChoice } from '@facedex/pipeline';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import {
  DEFAULT_ADMISSION,
  DEFAULT_AUDIT_DAYS,
  DEFAULT_HOST,
  DEFAULT_LIMITS,
  DEFAULT_PORT,
  DEFAULT_RATE,
} from '../../http/serve-options.js';
import { countFromOne, modelOption, presetOption, wholeNumber, withExample } from '../options.js';
import { printNotice } from '../output.js';
import { dataOption, placesOf } from '../places-option.js';

interface Options extends EmbedderChoice {
  readonly data?: string;
  readonly gallery?: string;
  readonly host: string;
  readonly port: number;
  readonly keepPhotos: 'all' | 'none';
  readonly retentionDays?: number;
  readonly auditDays: number;
  readonly requestsPerMinute: number;
  readonly maxUpload: number;
  readonly maxPixels: number;
  readonly maxBatch: number;
  readonly atATime: number;
  readonly workers?: number;
  readonly corsOrigin?: readonly string[];
  readonly trustProxy?: readonly string[];
  readonly page?: string;
}

const MB = 2 ** 20;
const MILLION = 1_000_000;

export function addServeCommand(program: Command): void {
  const command = program
    .command('serve')
    .summary('the HTTP API and the page')
    .description('Serves galleries over HTTP, until it is ended (Ctrl+C).')
    .addOption(dataOption())
    .addOption(
      new Option('--gallery <dir>', 'serve this one gallery, in place of --data').conflicts('data'),
    )
    .option('--host <address>', 'where to listen; beyond loopback a key is needed', DEFAULT_HOST)
    .addOption(new Option('--port <number>').argParser(wholeNumber).default(DEFAULT_PORT))
    .addOption(modelOption())
    .addOption(presetOption())
    .addOption(
      new Option('--keep-photos <which>', 'keep the files of uploaded photos, to show them')
        .choices(['all', 'none'])
        .default('all'),
    )
    .addOption(
      new Option(
        '--retention-days <days>',
        'delete people who were not seen for so long',
      ).argParser(countFromOne),
    )
    .addOption(
      new Option('--audit-days <days>', 'keep the audit log for so long')
        .argParser(countFromOne)
        .default(DEFAULT_AUDIT_DAYS),
    )
    .addOption(
      new Option('--requests-per-minute <count>', 'of a key, or an address')
        .argParser(countFromOne)
        .default(DEFAULT_RATE),
    )
    .addOption(
      new Option('--max-upload <MB>', 'largest picture')
        .argParser(countFromOne)
        .default(DEFAULT_LIMITS.uploadBytes / MB),
    )
    .addOption(
      new Option('--max-pixels <millions>', 'largest picture')
        .argParser(countFromOne)
        .default(DEFAULT_LIMITS.photoPixels / MILLION),
    )
    .addOption(
      new Option('--max-batch <photos>', 'photos in a form')
        .argParser(countFromOne)
        .default(DEFAULT_LIMITS.photosPerBatch),
    )
    .addOption(
      new Option('--at-a-time <requests>', 'requests with pictures taken at a time; others get 503')
        .argParser(countFromOne)
        .default(DEFAULT_ADMISSION.pictures),
    )
    .addOption(
      new Option('--workers <count>', 'threads of the pipeline; default one per core').argParser(
        countFromOne,
      ),
    )
    .option('--cors-origin <origins...>', 'origins whose pages may ask')
    .option('--trust-proxy <addresses...>', 'proxies whose X-Forwarded-For is believed')
    .option('--page <dir>', "a page's built files to serve")
    .action(serveCommand);
  withExample(
    command,
    'facedex serve --gallery facedex-data',
    'facedex keys create --role admin && facedex serve --host 0.0.0.0',
  );
}

async function serveCommand(options: Options): Promise<void> {
  const ended = new Promise<void>((end) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => end());
  });
  // Loaded only here: other commands should not wait for it.
  const { serve } = await import('../../http/serve.js');
  await using server = await serve({
    ...options,
    places: placesOf(options),
    keepPhotos: options.keepPhotos === 'all',
    limits: {
      uploadBytes: options.maxUpload * MB,
      photoPixels: options.maxPixels * MILLION,
      photosPerBatch: options.maxBatch,
    },
    admission: { pictures: options.atATime },
    ...(options.corsOrigin ? { corsOrigins: options.corsOrigin } : {}),
    ...(options.trustProxy ? { trustedProxies: options.trustProxy } : {}),
    onNotice: printNotice,
  });
  console.log(`${server.url}  ${pc.dim(`API reference: ${server.url}/docs/`)}`);
  await ended;
}
