import { resolve } from 'node:path';
import { Gallery } from '@facedex/gallery';
import type { Command } from 'commander';
import { FacedexError } from '../../facedex-error.js';
import { galleryOption, jsonOption, withExample } from '../options.js';
import { printable, printNotice, printResult, shortPath, table } from '../output.js';

interface Options {
  readonly gallery: string;
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  readonly json?: boolean;
}

export function addTagCommand(program: Command): void {
  const command = program
    .command('tag')
    .summary('give photos tags, for search --tag, or list the tags')
    .description(
      'Gives tags to a photo of the gallery or to all photos in a folder, and takes tags away. ' +
        'Without a path it lists the tags.',
    )
    .argument('[path]', 'a photo, or a folder')
    .option('--add <tags...>', 'tags to give')
    .option('--remove <tags...>', 'tags to take away')
    .addOption(galleryOption())
    .addOption(jsonOption())
    .action(tagCommand);
  withExample(command, 'facedex tag datasets/2024 --add holiday sea', 'facedex tag');
}

async function tagCommand(path: string | undefined, options: Options): Promise<void> {
  const { add = [], remove = [] } = options;
  const namesTags = add.length + remove.length > 0;
  if (namesTags !== (path !== undefined)) {
    const expected =
      'expected a photo or folder with --add or --remove, or neither, to list the tags';
    throw new FacedexError('INVALID_ARGUMENT', expected);
  }
  const mode = path === undefined ? 'read' : 'write';
  await using gallery = await Gallery.open(options.gallery, { mode, onNotice: printNotice });
  if (path === undefined) {
    printResult({ tags: await gallery.tags() }, options, ({ tags }) =>
      tags.length === 0
        ? 'no tags yet: facedex tag <path> --add <tag>'
        : table(
            tags.map(({ tag, photos, people }) => [
              printable(tag),
              `${photos} photos`,
              `${people} people`,
            ]),
          ),
    );
    return;
  }
  const photos = await gallery.tag(resolve(path), { add, remove });
  printResult({ path: resolve(path), photos, add, remove }, options, () =>
    photos === 0
      ? `no photo of the gallery is ${shortPath(resolve(path))} or in it`
      : `tagged ${photos} ${photos === 1 ? 'photo' : 'photos'}`,
  );
}
