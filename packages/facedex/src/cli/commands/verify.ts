import { type EmbedderChoice, Pipeline } from '@facedex/pipeline';
import type { Command } from 'commander';
import pc from 'picocolors';
import { verify } from '../../facedex.js';
import {
  anyModelOption,
  anyOrientationOption,
  calibrationOption,
  jsonOption,
  presetOption,
  thresholdOption,
  withExample,
} from '../options.js';
import { printResult } from '../output.js';

interface Options extends EmbedderChoice {
  readonly threshold?: number;
  readonly anyOrientation?: boolean;
  readonly calibration?: string;
  readonly json?: boolean;
}

export function addVerifyCommand(program: Command): void {
  const command = program
    .command('verify')
    .summary('whether two photos show the same person')
    .description('Compares the largest, most central face of each of two photos (1:1).')
    .argument('<a>', 'a photo')
    .argument('<b>', 'another photo')
    .addOption(thresholdOption())
    .addOption(anyOrientationOption())
    .addOption(calibrationOption())
    .addOption(anyModelOption())
    .addOption(presetOption())
    .addOption(jsonOption())
    .action(verifyCommand);
  withExample(command, 'facedex verify a.jpg b.jpg');
}

async function verifyCommand(a: string, b: string, options: Options): Promise<void> {
  await using pipeline = await Pipeline.open({ ...options, workers: 2 });
  printResult(await verify(pipeline, [a, b], options), options, (answer) => {
    const verdict = answer.same ? pc.green('same person') : pc.yellow('different people');
    return (
      `${verdict} (distance ${answer.distance.toFixed(3)}, ` +
      `similarity ${answer.similarity.toFixed(3)}, threshold ${answer.threshold.toFixed(3)})`
    );
  });
}
