/**
 * `tessera prune`: a smaller model of a run, and how accurate each size would be.
 *
 * With `--json`, without `--keep` it prints one line `{"type":"size","by":…,"layer":…,"kept":…,"accuracy":…,"on":…,"count":…}` for each way and
 * size (`layer` from 1), and at the end `{"type":"twins","layer":…,"count":…,"largestScoreDifference":…}`: units with an exact twin, and
 * how far any score moves when all are merged. With `--keep`, or `--by twins`, it makes a run and prints `{"type":"result","run":…,"origin":…,"by":…,
 * "hidden":[…],"epochs":…,"before":{"parameters":…,"sizeBytes":…,"accuracy":…,"seconds":…},"after":{…},"largestScoreDifference":…,
 * "agreeing":…,"count":…,"on":…}`: both models over the same pictures, `agreeing` with the same verdict.
 */
import type { Command } from 'commander';
import { StudioError } from '../../../core/errors.ts';
import { m } from '../../../core/messages/compiled/messages.js';
import { pruningCriteria } from '../../../core/recipe/recipe.ts';
import type { RunSummary } from '../../../core/rpc/contract/runs.ts';
import { choice, integer } from '../flag-values.ts';
import type { CommandContext } from '../command-context.ts';
import { percent } from '../output.ts';
import { findRun, modelToJudge } from '../runs.ts';
import type { Studio } from '../studio.ts';

interface PruneFlags {
  readonly by: string;
  readonly keep?: string;
  readonly epochs?: string;
  readonly layer?: string;
}

export function pruneCommand(program: Command, context: CommandContext): void {
  program
    .command('prune <run>')
    .description(m.cli_prune())
    .option('--by <way>', m.cli_prune_by(), 'contribution')
    .option('--keep <units>', m.cli_prune_keep())
    .option('--epochs <count>', m.cli_prune_epochs())
    .option('--layer <number>', m.cli_prune_layer())
    .action((named: string, flags: PruneFlags) =>
      context.run('write', async (studio) => {
        const run = await findRun(studio, named);
        if (flags.keep === undefined && flags.by !== 'twins') await tellCurve(studio, run, flags);
        else await prune(studio, run, flags);
      }),
    );
}

async function tellCurve({ rpc, output }: Studio, run: RunSummary, flags: PruneFlags): Promise<void> {
  const layer = (integer('--layer', flags.layer, 1, 16) ?? 1) - 1;
  const { curves, twins, on, pictures } = await rpc.call('explanation.pruning', {
    runId: run.id,
    which: modelToJudge(run),
    layer,
  });
  for (const { by, kept, accuracy } of curves) {
    for (const [i, units] of kept.entries()) {
      const size = { type: 'size', by, layer: layer + 1, kept: units, accuracy: accuracy[i]!, on, count: pictures };
      output.result(size, () => m.cli_prune_size({ by, kept: units, accuracy: percent(accuracy[i]!) }));
    }
  }
  const { count, largestDifference } = twins;
  output.result({ type: 'twins', layer: layer + 1, count, largestScoreDifference: largestDifference }, () =>
    m.cli_prune_twins({ count, difference: largestDifference.toExponential(1) }),
  );
}

async function prune(studio: Studio, run: RunSummary, flags: PruneFlags): Promise<void> {
  const { rpc, output } = studio;
  const by = choice('--by', flags.by, pruningCriteria);
  const epochs = integer('--epochs', flags.epochs, 0, 1000) ?? 0;
  const which = modelToJudge(run);
  const hidden = flags.keep === undefined ? await withoutTwins(studio, run) : unitsOf(flags.keep);
  const { runId } = await rpc.call('explanation.prune', { runId: run.id, which, by, hidden, epochs });
  await rpc.call('training.watch', { runId });
  const pruned = await rpc.call('runs.get', { runId });
  if (pruned.status !== 'finished') {
    throw new StudioError(
      (pruned.error?.code ?? 'COMPUTE_LOST') as 'COMPUTE_LOST',
      (pruned.error?.details ?? { reason: pruned.status }) as { reason: string },
    );
  }
  const { models, sizesBytes, largestDifference, agreeing, pictures, on } = await rpc.call('explanation.smaller', {
    runId,
  });
  const [before, after] = models.map(({ parameters, accuracy, seconds }, i) => ({
    parameters,
    sizeBytes: sizesBytes[i]!,
    accuracy,
    seconds,
  }));
  const result = {
    type: 'result',
    run: runId,
    origin: run.id,
    by,
    hidden,
    epochs,
    before,
    after,
    largestScoreDifference: largestDifference,
    agreeing,
    count: pictures,
    on,
  };
  output.result(result, () =>
    m.cli_prune_done({
      run: pruned.number,
      before: before!.parameters,
      after: after!.parameters,
      bytesBefore: before!.sizeBytes,
      bytesAfter: after!.sizeBytes,
      secondsBefore: before!.seconds.toFixed(3),
      secondsAfter: after!.seconds.toFixed(3),
      accuracyBefore: percent(before!.accuracy),
      accuracyAfter: percent(after!.accuracy),
      count: pictures,
      difference: largestDifference.toExponential(1),
    }),
  );
}

/** Units of each hidden layer when every exact twin has gone into the other. */
async function withoutTwins({ rpc }: Studio, run: RunSummary): Promise<number[]> {
  const { model } = run.recipe;
  if (model.kind === 'linear') {
    throw new StudioError('INVALID_OPTION', { option: 'model', value: 'linear', expected: 'mlp' });
  }
  const hidden: number[] = [];
  for (const [layer, units] of model.hidden.entries()) {
    const { twins } = await rpc.call('explanation.pruning', { runId: run.id, which: modelToJudge(run), layer });
    hidden.push(units - twins.count);
  }
  return hidden;
}

function unitsOf(keep: string): number[] {
  return keep.split(',').map((text) => integer('--keep', text, 1, 8192)!);
}
