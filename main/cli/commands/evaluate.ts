/**
 * `tessera evaluate`: how good a trained model is on a split of its dataset, or on a folder of labelled pictures.
 *
 * With `--json` it prints one line `{"type":"result","run":…,"on":…,"accuracy":…,"count":…,"confusion":[[…]],"classes":[…],"perClass":
 * [{"class":…,"precision":…,"recall":…,"f1":…,"interval95":{…}}]}`. On a split `--top K` adds `"topK":[{"k":…,"accuracy":…,
 * "interval95":[…]}]` for k = 1 … K, and `--threshold P` adds `"threshold":{"threshold":…,"coverage":…,"answered":…,"accuracy":…,
 * "interval95":[…]}`: of the verdicts that are given with a probability of P at least.
 */
import type { Command } from 'commander';
import { m } from '../../../core/messages/compiled/messages.js';
import type { Output as CallOutput } from '../../../core/rpc/define.ts';
import type { StudioContract } from '../../../core/rpc/contract/index.ts';
import { coverageAt, topKAccuracies } from '../../../core/evaluation/threshold.ts';
import { integer, number } from '../flag-values.ts';
import type { CommandContext } from '../command-context.ts';
import { percent } from '../output.ts';
import { findRun, modelToJudge } from '../runs.ts';
import { personalPath } from '../studio.ts';

type Verdicts = Omit<CallOutput<StudioContract, 'evaluation.verdicts'>, 'withoutLeaks'>;

interface EvaluateFlags {
  readonly on: string;
  readonly top?: string;
  readonly threshold?: string;
}

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
    .option('--top <k>', m.cli_evaluate_top())
    .option('--threshold <probability>', m.cli_evaluate_threshold())
    .action((named: string, { on, ...flags }: EvaluateFlags) =>
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
        const top = integer('--top', flags.top, 1, classes.length);
        const threshold = number('--threshold', flags.threshold, null);
        const ranks =
          top === undefined || split === undefined
            ? null
            : (await rpc.call('evaluation.probabilities', { runId: run.id, on: split, which, label: 0 }, options))
                .ranks;
        const topK = ranks === null || ranks.length === 0 ? null : topKAccuracies(ranks, top!);
        const answered = threshold === null ? null : coverageAt(verdicts.probabilities, hitsOf(verdicts), threshold);
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
          ...(topK !== null && {
            topK: topK.map(({ k, accuracy: share, accuracy95: interval95 }) => ({ k, accuracy: share, interval95 })),
          }),
          ...(answered !== null && {
            threshold: {
              threshold,
              coverage: answered.coverage,
              answered: answered.answered,
              accuracy: answered.accuracy,
              interval95: answered.accuracy95,
            },
          }),
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
            ...(topK ?? []).map(({ k, accuracy: share }) => m.cli_evaluate_top_done({ k, accuracy: percent(share) })),
            ...(answered === null
              ? []
              : [
                  m.cli_evaluate_threshold_done({
                    threshold: threshold!,
                    coverage: percent(answered.coverage),
                    accuracy: percent(answered.accuracy),
                  }),
                ]),
          ].join('\n'),
        );
      }),
    );
}

/** 1 where the verdict is right. */
function hitsOf({ truth, predicted }: Pick<Verdicts, 'truth' | 'predicted'>): Uint8Array {
  return Uint8Array.from(truth, (label, i) => (predicted[i] === label ? 1 : 0));
}
