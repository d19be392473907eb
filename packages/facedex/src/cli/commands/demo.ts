import type { Command } from 'commander';
import { runDemo } from '../../demo/run-demo.js';
import { jsonOption, withExample } from '../options.js';

interface Options {
  readonly data?: string;
  readonly json?: boolean;
}

export function addDemoCommand(program: Command): void {
  const command = program
    .command('demo')
    .summary('the whole way once, on sample photos')
    .description(
      'Indexes sample photos, searches with photos that were held out, and writes compare.jpg.',
    )
    .option('--data <dir>', 'a folder of your own, one sub-folder per person')
    .addOption(jsonOption())
    .action(demoCommand);
  withExample(command, 'facedex demo', 'facedex demo --data datasets/');
}

async function demoCommand({ data, json }: Options): Promise<void> {
  const stream = json ? process.stderr : process.stdout;
  const summary = await runDemo(data, (text) => stream.write(`${text}\n`));
  if (json) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
}
