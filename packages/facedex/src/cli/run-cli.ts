import { Command, CommanderError } from 'commander';
import { describeError, exitCodeOf } from '../error-table.js';
import { addBackupCommand } from './commands/backup.js';
import { addCalibrateCommand } from './commands/calibrate.js';
import { addCheckCommand } from './commands/check.js';
import { addClassifyCommand } from './commands/classify.js';
import { addClusterCommand } from './commands/cluster.js';
import { addDemoCommand } from './commands/demo.js';
import { addDetectCommand } from './commands/detect.js';
import { addEvaluateCommand } from './commands/evaluate.js';
import { addExportCommand } from './commands/export.js';
import { addIdentifyCommand } from './commands/identify.js';
import { addImportCommand } from './commands/import.js';
import { addIndexCommand } from './commands/index.js';
import { addKeysCommand } from './commands/keys.js';
import { addModelsCommand } from './commands/models.js';
import { addPeopleCommand } from './commands/people.js';
import { addReembedCommand } from './commands/reembed.js';
import { addRemoveCommand } from './commands/remove.js';
import { addRestoreCommand } from './commands/restore.js';
import { addSearchCommand } from './commands/search.js';
import { addServeCommand } from './commands/serve.js';
import { addStatsCommand } from './commands/stats.js';
import { addTagCommand } from './commands/tag.js';
import { addVerifyCommand } from './commands/verify.js';
import { printError } from './output.js';
import { facedexVersion } from './version.js';

/** Runs one command line and returns the exit code. */
export async function runCli(args: readonly string[]): Promise<number> {
  const program = createProgram();
  try {
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    // Commander has printed its own message, and help or the version are no failure.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    printError(describeError(error), args.includes('--json'));
    return exitCodeOf(error);
  }
}

function createProgram(): Command {
  const program = new Command('facedex')
    .description('Face recognition: from folders of photos to a gallery that can be searched.')
    .version(facedexVersion())
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      '\nExit codes: 0 answered, 1 a fault of facedex, 2 bad input or a damaged gallery, 3 the gallery is in use.',
    );
  addDemoCommand(program);
  addIndexCommand(program);
  addSearchCommand(program);
  addIdentifyCommand(program);
  addVerifyCommand(program);
  addDetectCommand(program);
  addPeopleCommand(program);
  addClusterCommand(program);
  addStatsCommand(program);
  addCheckCommand(program);
  addReembedCommand(program);
  addBackupCommand(program);
  addRestoreCommand(program);
  addTagCommand(program);
  addRemoveCommand(program);
  addExportCommand(program);
  addImportCommand(program);
  addCalibrateCommand(program);
  addClassifyCommand(program);
  addEvaluateCommand(program);
  addModelsCommand(program);
  addServeCommand(program);
  addKeysCommand(program);
  return program;
}
