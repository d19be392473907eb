import type { Command } from 'commander';
import { runDemo } from '../../demo/run-demo.js';
import { withExample } from '../options.js';

interface Options {
  readonly data?: string;
}

export function addDemoCommand(program: Command): void {
  const command = program
    .command('demo')
    .summary('the whole way once, on sample photos')
    .description(
      'Indexes sample photos, searches with photos that were held out, and writes compare.jpg.',
    )
    .option('--data <dir>', 'a folder of your own, one sub-folder per person')
    .action((options: Options) => runDemo(options));
  withExample(command, 'facedex demo', 'facedex demo --data datasets/');
}
