import type { EmbedderChoice } from '@facedex/pipeline';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { DEFAULT_GALLERY, Facedex } from '../../facedex.js';
import type { IndexSummary } from '../../index-folder.js';
import { FACE_RULES, type FaceRule } from '../../judge-photo.js';
import {
  anyOrientationOption,
  compactOption,
  galleryOption,
  indexMemoryOption,
  indexOption,
  jsonOption,
  minQualityOption,
  modelOption,
  presetOption,
  withExample,
} from '../options.js';
import { printNotice, printResult, shortPath } from '../output.js';
import { startProgress } from '../progress.js';

interface Options extends EmbedderChoice {
  readonly gallery: string;
  readonly index?: string;
  readonly compact?: boolean;
  readonly indexMemory?: number;
  readonly faces: FaceRule;
  readonly unnamed?: boolean;
  readonly prune?: boolean;
  readonly anyOrientation?: boolean;
  readonly minQuality?: number;
  readonly json?: boolean;
}

/** Skipped photos that are listed for a person; `--json` has them all. */
const MAX_LISTED = 20;

export function addIndexCommand(program: Command): void {
  const command = program
    .command('index')
    .summary('enrol a folder with one sub-folder of photos per person')
    .description(
      'Enrols the photos of a folder with one sub-folder per person. Run again it enrols only what ' +
        'is new or changed, also after it was interrupted.',
    )
    .argument('<folder>', 'one sub-folder per person; photos at its top belong to nobody')
    .addOption(galleryOption())
    .addOption(modelOption())
    .addOption(presetOption())
    .addOption(
      new Option('--faces <rule>', "with several faces in a photo of a person's folder, take")
        .choices(FACE_RULES)
        .default('largest'),
    )
    .addOption(minQualityOption())
    .addOption(anyOrientationOption())
    .option('--unnamed', 'sub-folders name nobody: take all faces (see: facedex cluster)')
    .option('--prune', 'remove photos from the gallery whose file is gone from the folder')
    .addOption(indexOption())
    .addOption(compactOption())
    .addOption(indexMemoryOption())
    .addOption(jsonOption())
    .action(indexCommand);
  withExample(command, 'facedex index datasets/', 'facedex index datasets/ --faces reject --json');
}

async function indexCommand(folder: string, options: Options): Promise<void> {
  const { indexMemory, compact, ...rest } = options;
  await using facedex = await Facedex.open({
    ...rest,
    ...(compact && { index: 'compact' }),
    ...(indexMemory !== undefined && { indexMemoryBytes: indexMemory }),
    onNotice: printNotice,
  });
  using progress = startProgress('photos');
  const summary = await facedex.index(folder, {
    faces: options.faces,
    unnamed: options.unnamed ?? false,
    prune: options.prune ?? false,
    anyOrientation: options.anyOrientation ?? false,
    ...(options.minQuality === undefined ? {} : { minQuality: options.minQuality }),
    onProgress: ({ done, total, person, peopleDone, people }) =>
      progress.update(done, total, `${peopleDone + 1}/${people} ${person ?? '(nobody)'}`),
  });
  progress[Symbol.dispose]();
  printResult(summary, options, (result) => describe(result, options.gallery));
}

function describe(summary: IndexSummary, gallery: string): string {
  const { photos, added, unchanged, skipped, severalFaces, pruned, missing } = summary;
  const lines = [
    `${pc.green('indexed')} ${photos} photos in ${summary.seconds.toFixed(1)} s ` +
      `(${summary.photosPerSecond.toFixed(0)} photos/s): ` +
      `${added} added, ${unchanged} unchanged, ${skipped.length} skipped`,
    `the gallery has ${summary.faces} faces of ${summary.people} people`,
  ];
  if (pruned > 0) lines.push(`${pruned} photos removed whose file is gone`);
  if (missing > 0) lines.push(`${missing} photos kept whose file is gone (--prune removes them)`);
  if (severalFaces.length > 0) {
    lines.push(
      `${severalFaces.length} photos show several faces: the subject was taken (see --faces)`,
    );
  }
  lines.push(...listed(skipped));
  if (gallery === DEFAULT_GALLERY) lines.push(pc.dim('next: facedex search <photo>'));
  return lines.join('\n');
}

function listed(skipped: IndexSummary['skipped']): string[] {
  const lines = skipped
    .slice(0, MAX_LISTED)
    .map(({ path, reason }) => `${pc.yellow('skipped')} ${shortPath(path)}: ${reason}`);
  const more = skipped.length - lines.length;
  return more > 0 ? [...lines, pc.dim(`… and ${more} more (--json lists all)`)] : lines;
}
