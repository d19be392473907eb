import { DEFAULT_MARGIN, type Templates } from '@facedex/gallery';
import type { EmbedderChoice } from '@facedex/pipeline';
import { type Command, Option } from 'commander';
import pc from 'picocolors';
import { Facedex, type PhotoIdentification } from '../../facedex.js';
import {
  anyOrientationOption,
  calibrationOption,
  distance,
  galleryOption,
  jsonOption,
  livenessOption,
  modelOption,
  presetOption,
  rate,
  templatesOption,
  thresholdOption,
  withExample,
} from '../options.js';
import { personName, printNotice, printResult } from '../output.js';

interface Options extends EmbedderChoice {
  readonly gallery: string;
  readonly threshold?: number;
  readonly anyOrientation?: boolean;
  readonly liveness?: boolean;
  readonly falsePositives?: number;
  readonly margin?: number;
  readonly templates?: Templates;
  readonly calibration?: string;
  readonly json?: boolean;
}

export function addIdentifyCommand(program: Command): void {
  const command = program
    .command('identify')
    .summary('who a photo shows, or that it is nobody known')
    .description(
      'Names the person of a photo; says "unknown" where nobody is within the threshold, and ' +
        '"ambiguous" where two people are too alike. The threshold follows from how many faces the ' +
        'gallery has and how often a stranger may be taken for somebody.',
    )
    .argument('<photo>', 'the query photo')
    .addOption(
      new Option(
        '--false-positives <rate>',
        'how often a stranger may be taken for somebody; default 0.01',
      ).argParser(rate),
    )
    .addOption(thresholdOption().conflicts('falsePositives'))
    .addOption(
      new Option(
        '--margin <distance>',
        `by how much the runner-up must be farther, else it is ambiguous; default ${DEFAULT_MARGIN}`,
      ).argParser(distance),
    )
    .addOption(templatesOption())
    .addOption(calibrationOption())
    .addOption(anyOrientationOption())
    .addOption(livenessOption())
    .addOption(galleryOption())
    .addOption(modelOption())
    .addOption(presetOption())
    .addOption(jsonOption())
    .action(identifyCommand);
  withExample(
    command,
    'facedex identify who.jpg',
    'facedex identify who.jpg --false-positives 0.001',
  );
}

async function identifyCommand(photo: string, options: Options): Promise<void> {
  await using facedex = await Facedex.open({
    ...options,
    readOnly: true,
    workers: 1,
    onNotice: printNotice,
  });
  const { falsePositives, ...rest } = options;
  const answer = await facedex.identify(photo, {
    ...rest,
    ...(falsePositives === undefined ? {} : { falsePositiveRate: falsePositives }),
  });
  printResult(answer, options, describe);
}

function describe(answer: PhotoIdentification): string {
  const { verdict, person, nearest, runnerUp, falseMatchRate, falsePositiveRate } = answer;
  if (nearest === null) return `${pc.yellow('unknown')} (nobody in the gallery has a name)`;
  const who =
    verdict === 'known'
      ? personName(person)
      : verdict === 'unknown'
        ? pc.yellow('unknown')
        : `${pc.yellow('ambiguous')}: ${personName(nearest.person)} or ${personName(runnerUp!.person)}`;
  const next =
    runnerUp === null
      ? 'nobody else'
      : `${personName(runnerUp.person)} ${answer.margin!.toFixed(3)} farther`;
  const lines = [
    `${who} (nearest distance ${answer.distance!.toFixed(3)}, threshold ${answer.threshold.toFixed(3)})`,
    pc.dim(`nearest ${personName(nearest.person)}, next ${next}`),
  ];
  if (falseMatchRate !== null && falsePositiveRate !== null) {
    const bound = falseMatchRate.kind === 'at-most' ? 'at most ' : '';
    lines.push(
      pc.dim(
        `two people are so near ${bound}${falseMatchRate.rate.toExponential(1)} of the time; of ` +
          `strangers, ${(falsePositiveRate * 100).toPrecision(2)} % are taken for somebody here`,
      ),
    );
  }
  if (answer.liveness !== null) {
    lines.push(pc.dim(`liveness ${answer.liveness.toFixed(2)} (weak evidence)`));
  }
  return lines.join('\n');
}
