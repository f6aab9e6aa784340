/**
 * `tessera labels`: which labels are likely wrong, by models trained without the pictures they judge.
 *
 * With `--json` it prints one line `{"type":"label","picture":…,"path":…,"label":…,"suggested":…,"probability":…,"suggestedProbability":…}`
 * a suspected picture, the likeliest error first (`picture` is its number in the dataset, from 0), and at the end
 * `{"type":"labels","run":…,"folds":…,"seed":…,"epochs":…,"count":…,"suspected":…,"accuracy":…}`, where `accuracy` is that of the
 * verdicts out of fold. The method is in core/evaluation/label-errors.ts. Nothing is changed.
 */
import type { Command } from 'commander';
import { likelyLabelErrors } from '../../../core/evaluation/label-errors.ts';
import { m } from '../../../core/messages/compiled/messages.js';
import { integer } from '../flag-values.ts';
import type { CommandContext } from '../command-context.ts';
import { percent } from '../output.ts';
import { findRun } from '../runs.ts';

interface LabelsFlags {
  readonly folds?: string;
  readonly seed?: string;
  readonly epochs?: string;
}

/** Names of pictures are asked for so many at a time. */
const namesPerCall = 1024;

export function labelsCommand(program: Command, context: CommandContext): void {
  program
    .command('labels <run>')
    .description(m.cli_labels())
    .option('--folds <count>', m.cli_labels_folds())
    .option('--seed <number>', m.cli_labels_seed())
    .option('--epochs <count>', m.cli_labels_epochs())
    .action((named: string, flags: LabelsFlags) =>
      context.run('write', async (studio) => {
        const { rpc, output, signal } = studio;
        const run = await findRun(studio, named);
        const { study } = await rpc.call(
          'evaluation.labelErrors',
          {
            runId: run.id,
            folds: integer('--folds', flags.folds, 2, 50) ?? 5,
            seed: integer('--seed', flags.seed, 0, 2 ** 32 - 1) ?? 0,
            epochs: integer('--epochs', flags.epochs, 1, 1_000_000) ?? null,
          },
          { signal, onprogress: ({ done, total }) => output.progress('labels', done, total) },
        );
        if (study === null) return;
        const { classes } = await rpc.call('datasets.open', { datasetId: run.datasetId });
        const found = likelyLabelErrors(study);
        for (let from = 0; from < found.length; from += namesPerCall) {
          const part = found.slice(from, from + namesPerCall);
          const indices = Uint32Array.from(part, (i) => study.indices[i]!);
          const { pictures } = await rpc.call('datasets.pictures', { datasetId: run.datasetId, indices });
          part.forEach((i, k) => {
            const [label, suggested] = [classes[study.labels[i]!]!, classes[study.suggested[i]!]!];
            const [probability, suggestedProbability] = [study.given[i]!, study.other[i]!];
            const { index: picture, path } = pictures[k]!;
            output.result({ type: 'label', picture, path, label, suggested, probability, suggestedProbability }, () =>
              m.cli_labels_one({
                path,
                label,
                probability: probability.toFixed(2),
                suggested,
                suggestedProbability: suggestedProbability.toFixed(2),
              }),
            );
          });
        }
        const { folds, seed, epochs, accuracy, indices } = study;
        const count = indices.length;
        output.result(
          { type: 'labels', run: run.id, folds, seed, epochs, count, suspected: found.length, accuracy },
          () => m.cli_labels_done({ suspected: found.length, count, folds, epochs, accuracy: percent(accuracy) }),
        );
      }),
    );
}
