import { exportFaceDb, Gallery } from '@facedex/gallery';
import type { Command } from 'commander';
import { galleryOption, jsonOption, withExample } from '../options.js';
import { printNotice, printResult, shortPath } from '../output.js';

interface Options {
  readonly gallery: string;
  readonly json?: boolean;
}

export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .summary('write the gallery as faceDB.json and person.json')
    .description(
      'Writes every face as [[path, vector], …], and with a second file also as ' +
        '{person: [[file, vector], …]}.',
    )
    .argument('<faceDB>', 'file for [[path, vector], …]')
    .argument('[person]', 'file for {person: [[file, vector], …]}')
    .addOption(galleryOption())
    .addOption(jsonOption())
    .action(exportCommand);
  withExample(command, 'facedex export faceDB.json person.json');
}

async function exportCommand(
  faceDbPath: string,
  personPath: string | undefined,
  options: Options,
): Promise<void> {
  await using gallery = await Gallery.open(options.gallery, { onNotice: printNotice });
  const exported = await exportFaceDb(gallery, {
    faceDbPath,
    ...(personPath === undefined ? {} : { personPath }),
  });
  printResult(exported, options, ({ faces, people }) => {
    const files = [faceDbPath, ...(personPath === undefined ? [] : [personPath])];
    return `wrote ${faces} faces of ${people} people to ${files.map(shortPath).join(' and ')}`;
  });
}
