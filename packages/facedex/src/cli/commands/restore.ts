import { restoreGallery } from '@facedex/gallery';
import type { Command } from 'commander';
import { galleryOption, jsonOption, withExample } from '../options.js';
import { printNotice, printResult, shortPath } from '../output.js';
import { contentOf, photosLeftOut } from './backup.js';

interface Options {
  readonly gallery: string;
  readonly json?: boolean;
}

export function addRestoreCommand(program: Command): void {
  const command = program
    .command('restore')
    .summary('make a gallery of a backup')
    .description(
      'Makes a gallery of a backup, in a folder that has none. The backup is checked before. Who was ' +
        'deleted after it was made is in it again.',
    )
    .argument('<file>', 'written by facedex backup')
    .addOption(galleryOption())
    .addOption(jsonOption())
    .action(restoreCommand);
  withExample(command, 'facedex restore monday.facedex --gallery restored');
}

async function restoreCommand(file: string, options: Options): Promise<void> {
  printResult(
    await restoreGallery(file, options.gallery),
    options,
    ({ directory, createdAt, damagedPhotos, ...restored }) => {
      if (damagedPhotos > 0) printNotice(photosLeftOut(damagedPhotos));
      return `restored ${contentOf(restored)}, as they were at ${createdAt}, into ${shortPath(directory)}`;
    },
  );
}
