import { Gallery, importFaceDb } from '@facedex/gallery';
import { chooseEmbedder, type EmbedderChoice, findEmbedder } from '@facedex/pipeline';
import type { Command } from 'commander';
import pc from 'picocolors';
import { embedderFor, spaceOf } from '../../facedex.js';
import { galleryOption, jsonOption, modelOption, presetOption, withExample } from '../options.js';
import { printNotice, printResult, shortPath } from '../output.js';

interface Options extends EmbedderChoice {
  readonly gallery: string;
  readonly json?: boolean;
}

const MAX_LISTED = 20;

export function addImportCommand(program: Command): void {
  const command = program
    .command('import')
    .summary('read faces from a faceDB.json')
    .description(
      "Enrols the vectors of a faceDB.json ([[path, vector], …]); a person is named by the photo's " +
        'folder. The vectors must come from the model of the gallery.',
    )
    .argument('<faceDB>', 'file with [[path, vector], …]')
    .addOption(galleryOption())
    .addOption(modelOption())
    .addOption(presetOption())
    .addOption(jsonOption())
    .action(importCommand);
  withExample(command, 'facedex import faceDB.json --gallery copy');
}

async function importCommand(faceDbPath: string, options: Options): Promise<void> {
  const choice = await embedderFor(options.gallery, options);
  await using gallery = await Gallery.open(options.gallery, {
    space: spaceOf(await findEmbedder(chooseEmbedder(choice))),
    mode: 'write',
    onNotice: printNotice,
  });
  printResult(await importFaceDb(gallery, { faceDbPath }), options, (result) =>
    [
      `imported ${result.faces} faces of ${result.people} people from ${result.photos} photos ` +
        `(${result.unchanged} unchanged, ${result.skipped.length} skipped)`,
      ...result.skipped
        .slice(0, MAX_LISTED)
        .map(({ path, reason }) => `${pc.yellow('skipped')} ${shortPath(path)}: ${reason}`),
    ].join('\n'),
  );
}
