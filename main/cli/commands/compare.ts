/**
 * `tessera compare`: two runs over the pictures that both have judged.
 *
 * With `--json` it prints one line `{"type":"compare","before":…,"after":…,"on":…,"count":…,"accuracyBefore":…,"accuracyAfter":…,
 * "bothRight":…,"onlyBefore":…,"onlyAfter":…,"bothWrong":…,"p":…,"relabelled":…,"judgedByOne":…,"classes":[…],"confusionBefore":[[…]],
 * "confusionAfter":[[…]],"difference":[[…]]}`: counts [truth][verdict], `difference` is after − before, `p` is McNemar's. Labels
 * are those of the later run.
 */
import type { Command } from 'commander';
import { m } from '../../../core/messages/compiled/messages.js';
import { choice } from '../flag-values.ts';
import type { CommandContext } from '../command-context.ts';
import { percent } from '../output.ts';
import { findRun } from '../runs.ts';

export function compareCommand(program: Command, context: CommandContext): void {
  program
    .command('compare <before> <after>')
    .description(m.cli_compare())
    .option('--on <split>', m.cli_compare_on(), 'test')
    .action((first: string, second: string, flags: { on: string }) =>
      context.run('read', async (studio) => {
        const { rpc, output, signal } = studio;
        const before = await findRun(studio, first);
        const after = await findRun(studio, second);
        const on = choice('--on', flags.on, ['test', 'validation', 'train']);
        const pair = await rpc.call(
          'evaluation.pair',
          { before: before.id, after: after.id, on },
          { signal, onprogress: ({ done, total }) => output.progress('evaluate', done, total) },
        );
        const count = pair.indices.length;
        const result = {
          type: 'compare',
          before: before.id,
          after: after.id,
          on,
          count,
          accuracyBefore: pair.accuracyBefore,
          accuracyAfter: pair.accuracyAfter,
          bothRight: pair.bothRight,
          onlyBefore: pair.onlyBefore,
          onlyAfter: pair.onlyAfter,
          bothWrong: pair.bothWrong,
          p: pair.pValue,
          relabelled: pair.relabelled,
          judgedByOne: pair.judgedByOne,
          classes: pair.classes,
          confusionBefore: pair.confusionBefore,
          confusionAfter: pair.confusionAfter,
          difference: pair.difference,
        };
        output.result(result, () =>
          [
            m.cli_compare_done({
              before: before.number,
              after: after.number,
              accuracyBefore: percent(pair.accuracyBefore),
              accuracyAfter: percent(pair.accuracyAfter),
              onlyBefore: pair.onlyBefore,
              onlyAfter: pair.onlyAfter,
              count,
              p: pair.pValue.toPrecision(2),
            }),
            ...moved(pair.difference, pair.classes),
          ].join('\n'),
        );
      }),
    );
}

/** The cells that changed, the largest changes first. */
function moved(difference: readonly (readonly number[])[], classes: readonly string[]): string[] {
  return difference
    .flatMap((row, truth) => row.map((change, verdict) => ({ truth, verdict, change })))
    .filter(({ change }) => change !== 0)
    .toSorted((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, 20)
    .map(
      ({ truth, verdict, change }) =>
        `${change > 0 ? '+' : '−'}${Math.abs(change)}  ${classes[truth]} → ${classes[verdict]}`,
    );
}
