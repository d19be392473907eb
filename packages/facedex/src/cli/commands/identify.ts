import type { EmbedderChoice } from '@facedex/pipeline';
import type { Command } from 'commander';
import pc from 'picocolors';
import { Facedex } from '../../facedex.js';
import {
  anyOrientationOption,
  galleryOption,
  jsonOption,
  livenessOption,
  modelOption,
  presetOption,
  thresholdOption,
  withExample,
} from '../options.js';
import { personName, printNotice, printResult } from '../output.js';

interface Options extends EmbedderChoice {
  readonly gallery: string;
  readonly threshold?: number;
  readonly anyOrientation?: boolean;
  readonly liveness?: boolean;
  readonly json?: boolean;
}

export function addIdentifyCommand(program: Command): void {
  const command = program
    .command('identify')
    .summary('who a photo shows, or that it is nobody known')
    .description(
      'Names the person of a photo, or says "unknown" where nobody is within the threshold.',
    )
    .argument('<photo>', 'the query photo')
    .addOption(thresholdOption())
    .addOption(anyOrientationOption())
    .addOption(livenessOption())
    .addOption(galleryOption())
    .addOption(modelOption())
    .addOption(presetOption())
    .addOption(jsonOption())
    .action(identifyCommand);
  withExample(command, 'facedex identify who.jpg');
}

async function identifyCommand(photo: string, options: Options): Promise<void> {
  await using facedex = await Facedex.open({
    ...options,
    readOnly: true,
    workers: 1,
    onNotice: printNotice,
  });
  printResult(await facedex.identify(photo, options), options, (answer) => {
    const who = answer.person === null ? pc.yellow('unknown') : personName(answer.person);
    const distance = answer.distance === null ? 'none' : answer.distance.toFixed(3);
    return `${who} (nearest distance ${distance}, threshold ${answer.threshold.toFixed(3)})${livenessText(answer.liveness)}`;
  });
}

function livenessText(liveness: number | null): string {
  return liveness === null ? '' : `, liveness ${liveness.toFixed(2)} (weak evidence)`;
}
