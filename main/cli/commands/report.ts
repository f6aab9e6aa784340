/**
 * `tessera report`: one run, or several compared, as one HTML file that needs nothing else, in the language of the command line.
 *
 * With `--json` it prints one line `{"type":"report","runs":[…],"file":…,"sizeBytes":…}`. Of several runs each stands against the first that is named.
 */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { StudioError } from '../../../core/errors.ts';
import { m } from '../../../core/messages/compiled/messages.js';
import { getLocale } from '../../../core/messages/compiled/runtime.js';
import type { CommandContext } from '../command-context.ts';
import type { RunSummary } from '../../../core/rpc/contract/runs.ts';
import { findRun, modelToJudge } from '../runs.ts';
import { personalPath, type Studio } from '../studio.ts';

export function reportCommand(program: Command, context: CommandContext): void {
  program
    .command('report <runs...>')
    .description(m.cli_report())
    .requiredOption('--out <file>', m.cli_report_out())
    .action((named: string[], flags: { out: string }) =>
      context.run('read', async (studio) => {
        const runs: RunSummary[] = [];
        for (const name of named) runs.push(await findRun(studio, name));
        const which = runs.some((run) => modelToJudge(run) === 'best') ? 'best' : 'last';
        const language = getLocale();
        const runIds = runs.map(({ id }) => id);
        const { html } =
          runIds.length === 1
            ? await studio.rpc.call('reports.run', { runId: runIds[0]!, which, language })
            : await studio.rpc.call('reports.comparison', { runIds, which, language });
        const file = await saveHtml(flags.out, html);
        studio.output.result({ type: 'report', runs: runIds, file, sizeBytes: html.length }, () =>
          m.cli_report_done({ file, runs: runs.map(({ number }) => `#${number}`).join(', ') }),
        );
      }),
    );
}

/** The HTML report about a run, in the language of the command line. */
export async function saveReport({ rpc }: Studio, runId: string, file: string): Promise<void> {
  const run = await rpc.call('runs.get', { runId });
  const { html } = await rpc.call('reports.run', { runId, which: modelToJudge(run), language: getLocale() });
  await saveHtml(file, html);
}

async function saveHtml(file: string, html: Uint8Array): Promise<string> {
  const path = personalPath(file);
  try {
    await writeFile(path, html);
  } catch (cause) {
    throw new StudioError('FILE_NOT_WRITTEN', { path, reason: (cause as NodeJS.ErrnoException).code ?? String(cause) });
  }
  return path;
}
