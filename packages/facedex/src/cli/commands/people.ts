import { Gallery } from '@facedex/gallery';
import type { Command } from 'commander';
import { galleryOption, jsonOption, withExample } from '../options.js';
import { personName, printNotice, printResult, table } from '../output.js';

interface Options {
  readonly gallery: string;
  readonly json?: boolean;
}

export function addPeopleCommand(program: Command): void {
  const command = program
    .command('people')
    .summary('the people of the gallery')
    .description('Lists the people of the gallery with their photos and faces.')
    .addOption(galleryOption())
    .addOption(jsonOption())
    .action(peopleCommand);
  withExample(command, 'facedex people --json');
}

async function peopleCommand(options: Options): Promise<void> {
  await using gallery = await Gallery.open(options.gallery, { onNotice: printNotice });
  printResult({ people: await gallery.people() }, options, ({ people }) =>
    people.length === 0
      ? 'nobody yet: facedex index <folder>'
      : table(
          people.map(({ name, photos, faces }) => [
            personName(name),
            photos,
            photos === 1 ? 'photo' : 'photos',
            faces,
            faces === 1 ? 'face' : 'faces',
          ]),
        ),
  );
}
