/** `tessera serve`: the browser host, until it is told to end. */
import type { Command } from 'commander';
import { m } from '../../../core/messages/compiled/messages.js';
import { runLoopback } from '../../loopback/run-loopback.ts';
import { integer } from '../flag-values.ts';
import type { CommandContext } from '../command-context.ts';

export function serveCommand(program: Command, context: CommandContext): void {
  program
    .command('serve')
    .description(m.cli_serve())
    .option('--port <number>', m.cli_serve_port())
    .option('--no-open', m.cli_serve_no_open())
    .action((flags: { port?: string; open: boolean }) =>
      context.attempt(async () => {
        const port = integer('--port', flags.port, 0, 65_535);
        await runLoopback({
          dataFolder: context.dataFolder,
          open: flags.open,
          ...(port === undefined ? {} : { port }),
        });
      }),
    );
}
