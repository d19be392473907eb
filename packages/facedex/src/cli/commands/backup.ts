import { backupGallery } from '@facedex/gallery';
import type { Command } from 'commander';
import { galleryOption, jsonOption, withExample } from '../options.js';
import { printResult, shortPath } from '../output.js';

interface Options {
  readonly gallery: string;
  readonly json?: boolean;
}

export function addBackupCommand(program: Command): void {
  const command = program
    .command('backup')
    .summary('write the gallery into one file, while it is in use')
    .description(
      'Writes the gallery as it is at this instant into one new file, while others search and ' +
        'write: people, faces, embeddings, clusters, calibration. The index is left out; it is ' +
        'rebuilt. The file holds biometric data: keep it as safe as the gallery, and no longer than ' +
        'you may.',
    )
    .argument('<file>', 'a new file')
    .addOption(galleryOption())
    .addOption(jsonOption())
    .action(backupCommand);
  withExample(command, 'facedex backup monday.facedex --gallery facedex-data');
}

async function backupCommand(file: string, options: Options): Promise<void> {
  printResult(await backupGallery(options.gallery, file), options, (backup) => {
    const megabytes = (backup.bytes / 2 ** 20).toFixed(1);
    return `wrote ${backup.faces} faces to ${shortPath(backup.file)} (${megabytes} MB)`;
  });
}
