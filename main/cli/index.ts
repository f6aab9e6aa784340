/**
 * The command line: the same application without a page.
 *
 * Exit code 0: done. 1: failed, with a sentence. 2: wrong usage.
 */
import { Command, CommanderError } from 'commander';
import { isStudioError } from '../../core/errors.ts';
import { m } from '../../core/messages/compiled/messages.js';
import { overwriteGetLocale } from '../../core/messages/compiled/runtime.js';
import { chooseDataFolder } from '../backend/choose-data-folder.ts';
import { version } from '../backend/version.ts';
import { checkCommands } from './commands/checks.ts';
import { compareCommand } from './commands/compare.ts';
import { evaluateCommand } from './commands/evaluate.ts';
import { explainCommand } from './commands/explain.ts';
import { importCommand } from './commands/import.ts';
import { labelsCommand } from './commands/labels.ts';
import { listCommands } from './commands/lists.ts';
import { predictCommand } from './commands/predict.ts';
import { pruneCommand } from './commands/prune.ts';
import { reportCommand } from './commands/report.ts';
import { searchCommands } from './commands/searches.ts';
import { serveCommand } from './commands/serve.ts';
import { templatesCommand } from './commands/templates.ts';
import { trainCommands } from './commands/train.ts';
import type { CommandContext } from './command-context.ts';
import { chooseLocale, optionValue } from './locale.ts';
import { createOutput, reportFailure } from './output.ts';
import { personalPath, withStudio } from './studio.ts';

export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const asked = optionValue(argv, '--data');
  const dataFolder = asked === undefined ? chooseDataFolder(process.env) : personalPath(asked);
  const locale = chooseLocale(argv, dataFolder, process.env);
  overwriteGetLocale(() => locale);

  const output = createOutput(argv.includes('--json'));
  let exitCode = 0;
  const context: CommandContext = {
    dataFolder,
    exitWith: (code) => (exitCode = code),
    run: (access, work) => context.attempt(() => withStudio({ dataFolder, access }, output, work)),
    attempt: async (work) => {
      try {
        await work();
        output.endProgress();
      } catch (cause) {
        exitCode = reportFailure(output, cause);
        // A value that no run could have is wrong usage, whoever found it out.
        if (isStudioError(cause, 'INVALID_OPTION')) exitCode = 2;
      }
    },
  };

  const program = new Command('tessera')
    .description(m.cli_program())
    .version(version)
    .option('--json', m.cli_json())
    .option('--data <folder>', m.cli_data())
    .option('--lang <language>', m.cli_lang())
    .exitOverride()
    .showHelpAfterError();
  const commands = [
    serveCommand,
    importCommand,
    listCommands,
    trainCommands,
    evaluateCommand,
    compareCommand,
    labelsCommand,
    reportCommand,
    predictCommand,
    templatesCommand,
    explainCommand,
    pruneCommand,
    checkCommands,
    searchCommands,
  ];
  for (const add of commands) add(program, context);
  for (const command of program.commands) {
    // Global options are understood after the command's name too, as people write them.
    command
      .option('--json', m.cli_json())
      .option('--data <folder>', m.cli_data())
      .option('--lang <language>', m.cli_lang())
      .exitOverride();
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    return cause.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}

// Who reads has left, as `head` does: there is nobody to tell, and the shell is told what it knows from other programs.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code === 'EPIPE') process.exit(128 + 13);
    throw cause;
  });
}
process.exitCode = await runCommandLine(process.argv.slice(2));
