/** `tessera datasets` and `tessera runs`: what there is. */
import type { Command } from 'commander';
import { m } from '../../../core/messages/compiled/messages.js';
import { datasetFields } from '../datasets.ts';
import type { CommandContext } from '../command-context.ts';
import { percent } from '../output.ts';

export function listCommands(program: Command, context: CommandContext): void {
  program
    .command('datasets')
    .description(m.cli_datasets())
    .action(() =>
      context.run('read', async ({ rpc, output }) => {
        const { datasets } = await rpc.call('datasets.list', {});
        for (const dataset of datasets) {
          const { train, validation, test } = dataset.counts;
          output.result(
            { type: 'dataset', ...datasetFields(dataset) },
            () =>
              `${dataset.id}  ${dataset.name}  ${dataset.width} × ${dataset.height} × ${dataset.channels}  ${train} / ${validation ?? '–'} / ${test ?? '–'}`,
          );
        }
      }),
    );
  program
    .command('runs')
    .description(m.cli_runs())
    .action(() =>
      context.run('read', async ({ rpc, output }) => {
        const { runs } = await rpc.call('runs.list', {});
        for (const run of runs) {
          const line = {
            type: 'run',
            run: run.id,
            name: run.name,
            dataset: run.datasetId,
            status: run.status,
            epochs: run.epochs,
            testAccuracy: run.testAccuracy,
            backend: run.backend,
            threads: run.threads,
            createdAt: new Date(run.createdAt).toISOString(),
          };
          output.result(
            line,
            () =>
              `${run.id}  #${run.number} ${run.name}  ${run.datasetName}  ${run.status}  ${percent(run.testAccuracy)}`,
          );
        }
      }),
    );
}
