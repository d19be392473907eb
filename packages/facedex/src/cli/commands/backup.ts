import { backupGallery } from '@facedex/gallery';
import type { Command } from 'commander';
import { galleryOption, jsonOption, withExample } from '../options.js';
import { printNotice, printResult, shortPath } from '../output.js';

interface Options {
  readonly gallery: string;
  readonly json?: boolean;
}

/** What a backup, or a gallery that was restored from it, has. */
export function contentOf({ faces, photos }: { faces: number; photos: number }): string {
  return `${faces} faces${photos > 0 ? ` and ${photos} kept photos` : ''}`;
}

/** A notice. */
export function photosLeftOut(count: number): string {
  return `${count} kept photos are damaged and were left out`;
}

export function addBackupCommand(program: Command): void {
  const command = program
    .command('backup')
    .summary('write the gallery into one file, while it is in use')
    .description(
      'Writes the gallery as it is at this instant into one new file, while others search and ' +
        'write: people, faces, embeddings, clusters, calibration, and the photos that the gallery ' +
        'keeps itself (those sent to the service). The index is left out; it is rebuilt. The file ' +
        'holds biometric data: keep it as safe as the gallery, and no longer than you may.',
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
    if (backup.damagedPhotos > 0) printNotice(photosLeftOut(backup.damagedPhotos));
    return `wrote ${contentOf(backup)} to ${shortPath(backup.file)} (${megabytes} MB)`;
  });
}
