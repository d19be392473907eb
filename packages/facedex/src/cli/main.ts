import { describeError, exitCodeOf } from '../error-table.js';
import { FacedexError } from '../facedex-error.js';
import { printError } from './output.js';
import { runCli } from './run-cli.js';

process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  // Whoever reads may have seen enough, as in `facedex people | head`: the work goes on.
  if (cause.code === 'EPIPE') return;
  const error = new FacedexError('CANNOT_WRITE', `can't write the answer: ${cause.message}`);
  printError(describeError(error), false);
  process.exitCode = exitCodeOf(error);
});
// There is nobody to tell, and a service goes on without its log.
process.stderr.on('error', () => {});

const exitCode = await runCli(process.argv.slice(2));
process.exitCode ??= exitCode;
