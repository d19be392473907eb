import type { EmbedderChoice } from '@facedex/pipeline';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { type ReembedSummary, reembedGallery } from '../../reembed.js';
import { galleryOption, jsonOption, presetOption, withExample } from '../options.js';
import { printResult, shortPath } from '../output.js';
import { startProgress } from '../progress.js';

interface Options extends EmbedderChoice {
  readonly gallery: string;
  readonly dropMissing?: boolean;
  readonly json?: boolean;
}

/** Photos that are listed for a person; `--json` has them all. */
const MAX_LISTED = 20;

export function addReembedCommand(program: Command): void {
  const command = program
    .command('reembed')
    .summary('move the whole gallery to another model')
    .description(
      'Embeds every face again with another model, from the photo files. Faces keep their ids, names, ' +
        'clusters and corrections. Until all are done the gallery answers as before, and others ' +
        'can not write to it; then it moves at once. Run again it goes on where it stopped.',
    )
    .addOption(new Option('--model <id>', 'embedder to move to (see: facedex models list)'))
    .addOption(presetOption())
    .option('--drop-missing', 'remove faces whose photo is gone or changed, instead of stopping')
    .addOption(galleryOption())
    .addOption(jsonOption())
    .action((options: Options) => reembedCommand(options, command));
  withExample(command, 'facedex reembed --model facenet', 'facedex reembed --preset accurate');
}

async function reembedCommand(options: Options, command: Command): Promise<void> {
  using progress = startProgress('faces');
  const summary = await reembedGallery({
    ...options,
    onProgress: (done, total) => progress.update(done, total, ''),
  });
  progress[Symbol.dispose]();
  printResult(summary, options, describe);
  if (!summary.moved) {
    command.error(
      `error the gallery is still of ${summary.from}: bring the photos back and run it again, or ` +
        'give their faces up (--drop-missing)',
      { exitCode: 2 },
    );
  }
}

function describe(summary: ReembedSummary): string {
  const { moved, from, to, faces, embedded, missing, dropped, seconds } = summary;
  if (moved && from === to) return `the gallery is of ${to} already`;
  const lines = missing
    .slice(0, MAX_LISTED)
    .map(
      ({ path, faces: count, reason }) =>
        `${pc.yellow('missing')} ${shortPath(path)}, ${count === 1 ? '1 face' : `${count} faces`}: ${reason}`,
    );
  if (missing.length > MAX_LISTED) {
    lines.push(pc.dim(`… and ${missing.length - MAX_LISTED} more (--json lists all)`));
  }
  if (dropped.faces > 0) {
    lines.push(`removed ${dropped.faces} faces and ${dropped.photos} photos`);
  }
  lines.push(
    moved
      ? `the gallery is of ${to} now, no longer of ${from}: ${faces} faces (${seconds.toFixed(1)} s)`
      : `embedded ${embedded} faces, ${faces} are ready`,
  );
  return lines.join('\n');
}
