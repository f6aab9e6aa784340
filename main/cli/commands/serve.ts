/** `tessera serve`: the browser host, until it is told to end. */
import type { Command } from 'commander';
import { StudioError } from '../../../core/errors.ts';
import { m } from '../../../core/messages/compiled/messages.js';
import { runLoopback } from '../../loopback/run-loopback.ts';
import type { CommandContext } from '../index.ts';

export function serveCommand(program: Command, context: CommandContext): void {
  program
    .command('serve')
    .description(m.cli_serve())
    .option('--port <number>', m.cli_serve_port())
    .option('--no-open', m.cli_serve_no_open())
    .action((flags: { port?: string; open: boolean }) =>
      context.attempt(() =>
        runLoopback({
          dataFolder: context.dataFolder,
          open: flags.open,
          ...(flags.port && { port: port(flags.port) }),
        }),
      ),
    );
}

function port(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0 && value <= 65_535) return value;
  throw new StudioError('INVALID_OPTION', { option: '--port', value: text, expected: '0 … 65535' });
}
