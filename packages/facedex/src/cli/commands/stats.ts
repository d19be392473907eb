import { Gallery } from '@facedex/gallery';
import type { Command } from 'commander';
import { galleryOption, jsonOption, withExample } from '../options.js';
import { printNotice, printResult, shortPath, table } from '../output.js';

interface Options {
  readonly gallery: string;
  readonly json?: boolean;
}

export function addStatsCommand(program: Command): void {
  const command = program
    .command('stats')
    .summary('size of the gallery, its model and its index')
    .description('Shows what the gallery holds and which index answers its searches.')
    .addOption(galleryOption())
    .addOption(jsonOption())
    .action(statsCommand);
  withExample(command, 'facedex stats --gallery facedex-data');
}

async function statsCommand(options: Options): Promise<void> {
  await using gallery = await Gallery.open(options.gallery, { onNotice: printNotice });
  printResult(await gallery.stats(), options, (stats) =>
    table([
      ['gallery', shortPath(gallery.directory)],
      ['model', `${stats.space.id} (${stats.space.dimension}-d)`],
      ['people', String(stats.people)],
      ['photos', String(stats.photos)],
      ['faces', String(stats.faces)],
      ['index', `${stats.index.factory} with ${stats.index.size} vectors`],
      ['bytes per face', stats.bytesPerFace === null ? 'none' : stats.bytesPerFace.toFixed(0)],
    ]),
  );
}
