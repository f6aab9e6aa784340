/** `tessera import`: a folder of classes, or IDX or CIFAR files, becomes a dataset. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { isStudioError, StudioError } from '../../../core/errors.ts';
import { m } from '../../../core/messages/compiled/messages.js';
import { reasonSentence } from '../../../core/messages/error-sentence.ts';
import { FitPolicy, outcomes } from '../../../core/rpc/contract/common.ts';
import type { FileReport } from '../../../core/rpc/contract/datasets.ts';
import { importSides } from '../../../core/rpc/contract/imports.ts';
import { datasetFields, importSource } from '../datasets.ts';
import { choice, integer } from '../flag-values.ts';
import type { CommandContext } from '../command-context.ts';
import { personalPath, type Studio } from '../studio.ts';

interface Flags {
  readonly name?: string;
  readonly size?: string;
  readonly fit?: string;
  readonly report?: string;
}

export function importCommand(program: Command, context: CommandContext): void {
  program
    .command('import <sources...>')
    .description(m.cli_import())
    .option('--name <name>', m.cli_import_name())
    .option('--size <pixels>', m.cli_import_size())
    .option('--fit <policy>', m.cli_import_fit({ names: FitPolicy.options.join(', ') }))
    .option('--report <file>', m.cli_import_report())
    .action((sources: string[], flags: Flags) =>
      context.run('write', async (studio) => {
        const startedAt = performance.now();
        const dataset = await importSource(studio, {
          paths: sources,
          name: flags.name,
          size: integer('--size', flags.size, importSides.min, importSides.max),
          fit: flags.fit === undefined ? undefined : choice('--fit', flags.fit, FitPolicy.options),
        });
        if (flags.report !== undefined) await writeReport(studio, dataset.id, personalPath(flags.report));
        const seconds = (performance.now() - startedAt) / 1000;
        const { outcomes: counts } = dataset;
        studio.output.result({ type: 'result', dataset: datasetFields(dataset), outcomes: counts, seconds }, () =>
          m.cli_import_done({
            name: dataset.name,
            ...counts,
            classes: dataset.classes.length,
            seconds: seconds.toFixed(1),
          }),
        );
      }),
    );
}

/** Every entry of the source once, with its outcome and a sentence that says why; written as it is read. */
async function writeReport({ rpc }: Studio, datasetId: string, path: string): Promise<void> {
  try {
    await pipeline(reportText(rpc, datasetId), createWriteStream(path));
  } catch (cause) {
    if (isStudioError(cause)) throw cause;
    throw new StudioError('FILE_NOT_WRITTEN', { path, reason: cause instanceof Error ? cause.message : String(cause) });
  }
}

async function* reportText(rpc: Studio['rpc'], datasetId: string): AsyncGenerator<string> {
  let separator = '{"files":[';
  for (const outcome of outcomes) {
    for (let offset = 0; ;) {
      const page = await rpc.call('datasets.files', { datasetId, outcome, offset, limit: 5000 });
      for (const file of page.files) {
        yield `${separator}${JSON.stringify(reportRow(file))}`;
        separator = ',\n';
      }
      offset += page.files.length;
      if (page.files.length === 0 || offset >= page.total) break;
    }
  }
  yield separator === ',\n' ? ']}\n' : `${separator}]}\n`;
}

function reportRow(file: FileReport): object {
  return { ...file, reason: file.reason === null ? null : reasonSentence('import_reason', file.reason) };
}
