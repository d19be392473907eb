import { resolve } from 'node:path';
import { Gallery } from '@facedex/gallery';
import type { Command } from 'commander';
import { FacedexError } from '../../facedex-error.js';
import { galleryOption, jsonOption, withExample } from '../options.js';
import { printNotice, printResult } from '../output.js';

interface Options {
  readonly person?: string;
  readonly photo?: string;
  readonly gallery: string;
  readonly json?: boolean;
}

export function addRemoveCommand(program: Command): void {
  const command = program
    .command('remove')
    .summary('delete a person or a photo from the gallery')
    .description(
      'Deletes a person or a photo with every face, vector and index entry. Photo files stay.',
    )
    .option('--person <name>', 'delete this person')
    .option('--photo <path>', 'delete this photo')
    .addOption(galleryOption())
    .addOption(jsonOption())
    .action(removeCommand);
  withExample(
    command,
    'facedex remove --person "Ada Lovelace"',
    'facedex remove --photo datasets/ada/1.jpg',
  );
}

async function removeCommand(options: Options): Promise<void> {
  const { person, photo } = options;
  if ((person === undefined) === (photo === undefined)) {
    throw new FacedexError('INVALID_ARGUMENT', 'expected either --person NAME or --photo PATH');
  }
  await using gallery = await Gallery.open(options.gallery, {
    mode: 'write',
    onNotice: printNotice,
  });
  const removed =
    person === undefined
      ? await gallery.removePhoto(resolve(photo!))
      : await gallery.removePerson(person);
  printResult(
    removed,
    options,
    ({ faces, photos }) => `removed ${faces} faces in ${photos} photos`,
  );
}
