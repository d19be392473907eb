import { checkGallery, type GalleryCheck } from '@facedex/gallery';
import type { Command } from 'commander';
import pc from 'picocolors';
import { galleryOption, jsonOption, withExample } from '../options.js';
import { printable, printResult } from '../output.js';

interface Options {
  readonly photos?: boolean;
  readonly gallery: string;
  readonly json?: boolean;
}

export function addCheckCommand(program: Command): void {
  const command = program
    .command('check')
    .summary('is the gallery sound? reads all of it, changes nothing')
    .description(
      'Checks the database and every row of it, the index snapshot, the calibration, and whether ' +
        'they agree. Also while another process writes. Ends with 2 where something is damaged.',
    )
    .option('--photos', 'also look whether the photo files are there, unchanged')
    .addOption(galleryOption())
    .addOption(jsonOption())
    .action((options: Options) => checkCommand(options, command));
  withExample(command, 'facedex check --gallery facedex-data', 'facedex check --photos --json');
}

async function checkCommand(options: Options, command: Command): Promise<void> {
  const check = await checkGallery(options.gallery, { photoFiles: options.photos ?? false });
  printResult(check, options, describe);
  if (!check.sound) {
    command.error(`error the gallery in ${printable(options.gallery)} is not sound`, {
      exitCode: 2,
    });
  }
}

function describe({ sound, faces, change, snapshotChange, findings }: GalleryCheck): string {
  const index = snapshotChange === null ? 'no index snapshot' : `index at ${snapshotChange}`;
  return [
    ...findings.map(({ part, severity, problem, advice }) => {
      const kind = severity === 'error' ? pc.red('error') : pc.yellow('note');
      return `${kind} ${part}: ${printable(problem)}\n  ${pc.dim(`what to do: ${advice}`)}`;
    }),
    `${sound ? 'sound' : 'not sound'}: ${faces} faces, database at change ${change}, ${index}`,
  ].join('\n');
}
