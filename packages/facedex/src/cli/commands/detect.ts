import { type DetectorSize, Pipeline, type Preset } from '@facedex/pipeline';
import type { Command } from 'commander';
import { pictureFormatOf } from '../../picture/picture-format.js';
import { renderFaces } from '../../picture/render-faces.js';
import { writeFileAtomically } from '../../write-file.js';
import {
  anyOrientationOption,
  detectorSizeOption,
  jsonOption,
  livenessOption,
  presetOption,
  withExample,
} from '../options.js';
import { printResult, shortPath, table } from '../output.js';

interface Options {
  readonly detectorSize: DetectorSize;
  readonly tiles?: boolean;
  readonly anyOrientation?: boolean;
  readonly liveness?: boolean;
  readonly draw?: string;
  readonly preset?: Preset;
  readonly json?: boolean;
}

export function addDetectCommand(program: Command): void {
  const command = program
    .command('detect')
    .summary('every face of a photo: box, landmarks, score, quality')
    .description('Finds every face of a photo, in pixels of the upright photo.')
    .argument('<photo>', 'the photo')
    .option('--draw <file>', 'write the photo with the faces drawn in (.jpg, .png or .webp)')
    .addOption(
      presetOption(
        'fast looks at fewer pixels, accurate asks a second network for landmarks; default balanced',
      ),
    )
    .addOption(detectorSizeOption())
    .option(
      '--tiles',
      'look at a large photo at its full size, part by part: slower, finds small faces',
    )
    .addOption(anyOrientationOption())
    .addOption(livenessOption())
    .addOption(jsonOption())
    .action(detectCommand);
  withExample(command, 'facedex detect photo.jpg --draw faces.jpg');
}

async function detectCommand(photo: string, options: Options): Promise<void> {
  const format = options.draw === undefined ? undefined : pictureFormatOf(options.draw);
  await using pipeline = await Pipeline.open({
    ...(options.preset ? { preset: options.preset } : {}),
    liveness: options.liveness ?? false,
    workers: 1,
  });
  const { width, height, faces } = await pipeline.analyse(photo, {
    embed: false,
    detectorSize: options.detectorSize,
    tiles: options.tiles ?? false,
    anyOrientation: options.anyOrientation ?? false,
  });
  if (options.draw !== undefined && format !== undefined) {
    await writeFileAtomically(options.draw, await renderFaces(photo, faces, format));
  }
  const found = {
    width,
    height,
    faces: faces.map(({ embedding, ...face }) => face),
  };
  printResult(found, options, (result) => {
    const rows = result.faces.map(({ box, score, quality, liveness }, i) => [
      i + 1,
      `${Math.round(box.width)} x ${Math.round(box.height)}`,
      `at ${Math.round(box.x)}, ${Math.round(box.y)}`,
      `score ${score.toFixed(3)}`,
      `quality ${quality.score.toFixed(2)}`,
      ...(liveness === null ? [] : [`liveness ${liveness.toFixed(2)} (weak evidence)`]),
    ]);
    const count = `${rows.length === 1 ? '1 face' : `${rows.length} faces`} in ${width} x ${height} pixels`;
    const drawn = options.draw === undefined ? [] : [`wrote ${shortPath(options.draw)}`];
    return [count, ...(rows.length > 0 ? [table(rows)] : []), ...drawn].join('\n');
  });
}
