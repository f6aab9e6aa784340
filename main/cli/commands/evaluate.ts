/** `tessera evaluate`: how good a trained model is on a split of its dataset, or on a folder of labelled pictures. */
import type { Command } from 'commander';
import { m } from '../../../core/messages/compiled/messages.js';
import type { Output as CallOutput } from '../../../core/rpc/define.ts';
import type { StudioContract } from '../../../core/rpc/contract/index.ts';
import type { CommandContext } from '../index.ts';
import { percent } from '../output.ts';
import { findRun, modelToJudge } from '../runs.ts';
import { personalPath } from '../studio.ts';

type Verdicts = Omit<CallOutput<StudioContract, 'evaluation.verdicts'>, 'withoutLeaks'>;

const splits = new Map([
  ['train', 'train'],
  ['val', 'validation'],
  ['validation', 'validation'],
  ['test', 'test'],
] as const);

export function evaluateCommand(program: Command, context: CommandContext): void {
  program
    .command('evaluate <run>')
    .description(m.cli_evaluate())
    .option('--on <split-or-folder>', m.cli_evaluate_on(), 'test')
    .action((named: string, { on }: { on: string }) =>
      context.run('read', async (studio) => {
        const { rpc, output, signal } = studio;
        const run = await findRun(studio, named);
        const which = modelToJudge(run);
        const split = splits.get(on as 'test');
        const options = {
          signal,
          onprogress: ({ done, total }: { done: number; total: number }) => output.progress('evaluate', done, total),
        };
        const verdicts: Verdicts =
          split === undefined
            ? await rpc.call('evaluation.folder', { runId: run.id, path: personalPath(on), which }, options)
            : await rpc.call('evaluation.verdicts', { runId: run.id, on: split, which }, options);
        const { accuracy, accuracy95, indices, confusion, classes, perClass } = verdicts;
        const result = {
          type: 'result',
          run: run.id,
          on,
          accuracy,
          count: indices.length,
          confusion,
          classes,
          perClass: perClass.map(({ precision, recall, f1, precision95, recall95, f1_95 }, label) => ({
            class: classes[label],
            precision,
            recall,
            f1,
            interval95: { precision: precision95, recall: recall95, f1: f1_95 },
          })),
        };
        output.result(result, () =>
          [
            m.cli_evaluate_done({
              accuracy: percent(accuracy),
              low: percent(accuracy95[0]),
              high: percent(accuracy95[1]),
              count: indices.length,
            }),
            ...perClass.map(
              ({ precision, recall, f1 }, label) =>
                `${classes[label]}  ${percent(precision)}  ${percent(recall)}  ${percent(f1)}`,
            ),
          ].join('\n'),
        );
      }),
    );
}
