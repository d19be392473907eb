import type { EmbedderChoice } from '@facedex/pipeline';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import {
  Facedex,
  type PeopleSearchResult,
  type PhotoSearch,
  type SearchResult,
} from '../../facedex.js';
import { pictureFormatOf } from '../../picture/picture-format.js';
import { writeFileAtomically } from '../../write-file.js';
import { addFilterOptions, type FilterOptions, filterOf } from '../filter-options.js';
import {
  anyOrientationOption,
  calibrationOption,
  galleryOption,
  jsonOption,
  kOption,
  modelOption,
  presetOption,
  thresholdOption,
  wholeNumber,
  withExample,
} from '../options.js';
import { personName, printNotice, printResult, shortPath, table } from '../output.js';

interface Options extends EmbedderChoice, FilterOptions {
  readonly gallery: string;
  readonly k: number;
  readonly threshold?: number;
  readonly anyOrientation?: boolean;
  readonly compare?: string;
  readonly group?: 'person';
  readonly topFaces?: number;
  readonly calibration?: string;
  readonly json?: boolean;
}

const NOTHING_FOUND =
  'no face to compare with: facedex index <folder>, or let the options leave more';

export function addSearchCommand(program: Command): void {
  const command = program
    .command('search')
    .summary('the faces of the gallery that are most like the face in a photo')
    .description(
      'Finds the faces of the gallery nearest to the largest, most central face of a photo.',
    )
    .argument('<photo>', 'the query photo')
    .addOption(kOption())
    .option('--compare <file>', 'write a comparison picture (.jpg, .png or .webp)')
    .addOption(
      new Option('--group <what>', 'the nearest people instead of faces, so that -k counts people')
        .choices(['person'])
        .conflicts('compare'),
    )
    .addOption(
      new Option(
        '--top-faces <count>',
        "with --group: the mean of so many of a person's faces counts",
      )
        .argParser(wholeNumber)
        .implies({ group: 'person' }),
    )
    .addOption(thresholdOption())
    .addOption(anyOrientationOption())
    .addOption(calibrationOption())
    .addOption(galleryOption())
    .addOption(modelOption())
    .addOption(presetOption())
    .addOption(jsonOption())
    .action(searchCommand);
  addFilterOptions(command);
  withExample(
    command,
    'facedex search who.jpg -k 5 --compare compare.jpg',
    'facedex search who.jpg --group person --folder datasets/2024 --since 2024-06-01 --tag sea',
  );
}

async function searchCommand(photo: string, options: Options): Promise<void> {
  // A wrong file name should be told before the work, not after.
  const format = options.compare === undefined ? undefined : pictureFormatOf(options.compare);
  await using facedex = await Facedex.open({
    ...options,
    readOnly: true,
    workers: 1,
    onNotice: printNotice,
  });
  const asked = { ...options, filter: filterOf(options) };
  if (options.group === 'person') {
    printResult(await facedex.searchPeople(photo, asked), options, describePeople);
    return;
  }
  const result = await facedex.search(photo, asked);
  if (options.compare !== undefined && format !== undefined) {
    await writeFileAtomically(options.compare, await facedex.compare(photo, result, format));
  }
  printResult({ ...result, compare: options.compare }, options, describe);
}

function describe(result: SearchResult & { readonly compare?: string | undefined }): string {
  const { matches, compare } = result;
  const lines = describeSearch(result);
  if (matches.length === 0) lines.push(NOTHING_FOUND);
  else {
    lines.push(
      table(
        matches.map((match) => [
          match.rank,
          verdictOf(match),
          personName(match.person),
          `distance ${match.distance.toFixed(3)}`,
          `similarity ${match.similarity.toFixed(3)}`,
          shortPath(match.photo),
        ]),
      ),
    );
  }
  if (compare !== undefined) lines.push(`wrote ${shortPath(compare)}`);
  return lines.join('\n');
}

function describePeople(result: PeopleSearchResult): string {
  const lines = describeSearch(result);
  if (result.people.length === 0) lines.push(NOTHING_FOUND);
  else {
    lines.push(
      table(
        result.people.map(({ rank, known, person, distance, similarity, faces }) => [
          rank,
          verdictOf({ known, person }),
          personName(person),
          `distance ${distance.toFixed(3)}`,
          `similarity ${similarity.toFixed(3)}`,
          faces.length > 1 ? `mean of ${faces.length} faces` : shortPath(faces[0]!.photo),
        ]),
      ),
    );
  }
  return lines.join('\n');
}

function describeSearch({ probe, searchMs, threshold }: PhotoSearch): string[] {
  const lines = [`searched in ${searchMs.toFixed(1)} ms (threshold ${threshold.toFixed(3)})`];
  if (probe.facesSeen > 1) {
    lines.push(
      pc.dim(`the photo shows ${probe.facesSeen} faces: the largest, most central is the query`),
    );
  }
  return lines;
}

/** As in the comparison picture: near, and with a name or without. */
function verdictOf({ known, person }: { known: boolean; person: string | null }): string {
  if (!known) return pc.yellow('unknown');
  return pc.green(person === null ? 'match' : 'known');
}
