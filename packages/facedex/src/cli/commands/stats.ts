import { faissSimd, faissVersion } from '@facedex/faiss';
import { Gallery, type GalleryStats } from '@facedex/gallery';
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
      ...indexRows(stats),
    ]),
  );
}

function indexRows({ index, bytesPerFace }: GalleryStats): [string, string][] {
  const { recall, parameters } = index;
  const settings = Object.entries(parameters).map(([name, value]) => `${name} ${value}`);
  if (index.candidates > 1) settings.push(`${index.candidates} candidates a face compared exactly`);
  return [
    ['index', `${index.factory} with ${index.size} vectors`],
    ['chosen because', index.why],
    [
      'finds',
      recall === null
        ? 'all: exact'
        : `${(recall.value * 100).toFixed(2)} % of the nearest ${recall.k} (measured on ${recall.probes} faces)`,
    ],
    [
      'FAISS',
      faissSimd() === 'baseline'
        ? `${faissVersion()}, without vector instructions: see the README on faster searches`
        : `${faissVersion()}, ${faissSimd()}`,
    ],
    ...(settings.length > 0 ? [['searches with', settings.join(', ')] as [string, string]] : []),
    [
      'bytes per face',
      `${index.vectorBytes} of vector in memory, ${index.bytesPerFace} with its id; ` +
        `${bytesPerFace === null ? 'none' : bytesPerFace.toFixed(0)} on disk`,
    ],
  ];
}
