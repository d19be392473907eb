import type { Command } from 'commander';
import pc from 'picocolors';
import { Facedex, type SearchResult } from '../../facedex.js';
import { pictureFormatOf } from '../../picture/picture-format.js';
import { writeFileAtomically } from '../../write-file.js';
import {
  calibrationOption,
  galleryOption,
  jsonOption,
  kOption,
  modelOption,
  thresholdOption,
  withExample,
} from '../options.js';
import { personName, printNotice, printResult, shortPath, table } from '../output.js';

interface Options {
  readonly gallery: string;
  readonly model?: string;
  readonly k: number;
  readonly threshold?: number;
  readonly compare?: string;
  readonly calibration?: string;
  readonly json?: boolean;
}

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
    .addOption(thresholdOption())
    .addOption(calibrationOption())
    .addOption(galleryOption())
    .addOption(modelOption())
    .addOption(jsonOption())
    .action(searchCommand);
  withExample(command, 'facedex search who.jpg -k 5 --compare compare.jpg');
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
  const result = await facedex.search(photo, options);
  if (options.compare !== undefined && format !== undefined) {
    await writeFileAtomically(options.compare, await facedex.compare(photo, result, format));
  }
  printResult({ ...result, compare: options.compare }, options, describe);
}

function describe(result: SearchResult & { readonly compare?: string | undefined }): string {
  const { matches, probe, searchMs, threshold, compare } = result;
  const lines = [`searched in ${searchMs.toFixed(1)} ms (threshold ${threshold.toFixed(3)})`];
  if (probe.facesSeen > 1) {
    lines.push(
      pc.dim(`the photo shows ${probe.facesSeen} faces: the largest, most central is the query`),
    );
  }
  if (matches.length === 0) lines.push('the gallery has no faces yet: facedex index <folder>');
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

/** As in the comparison picture: near, and with a name or without. */
function verdictOf({ known, person }: SearchResult['matches'][number]): string {
  if (!known) return pc.yellow('unknown');
  return pc.green(person === null ? 'match' : 'known');
}
