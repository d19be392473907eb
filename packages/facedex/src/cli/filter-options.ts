import type { SearchFilter } from '@facedex/gallery';
import { type Command, InvalidArgumentError, Option } from 'commander';

/** What the options of {@link addFilterOptions} give. */
export interface FilterOptions {
  readonly person?: readonly string[];
  readonly folder?: string;
  readonly since?: Date;
  readonly until?: Date;
  readonly tag?: readonly string[];
}

/** Options that narrow a search to some of the faces; with several, all must be met. */
export function addFilterOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--person <name>', 'only faces of this person; may be repeated').argParser(
        several,
      ),
    )
    .addOption(new Option('--folder <dir>', 'only photos in this folder, at any depth'))
    .addOption(
      new Option(
        '--since <date>',
        "only photos of this day or later, by their file's time",
      ).argParser(date),
    )
    .addOption(new Option('--until <date>', 'only photos from before this day').argParser(date))
    .addOption(
      new Option('--tag <tag>', 'only photos with this tag; may be repeated').argParser(several),
    );
}

/** Undefined where no option narrows the search. */
export function filterOf(options: FilterOptions): SearchFilter | undefined {
  const { person: people, folder, since, until, tag: tags } = options;
  const filter = { people, folder, since, until, tags };
  return Object.values(filter).some((value) => value !== undefined) ? filter : undefined;
}

function several(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** A day begins at midnight of this place's time. */
function date(text: string): Date {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const time = new Date(isDay ? `${text}T00:00` : text);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text) || Number.isNaN(time.getTime())) {
    throw new InvalidArgumentError(
      `expected a date such as 2026-03-31 or 2026-03-31T12:00, received "${text}".`,
    );
  }
  return time;
}
