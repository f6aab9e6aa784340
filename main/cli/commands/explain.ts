/**
 * `tessera explain`: how exactly contributions and templates add up to the scores of all test pictures, or of the validation or training
 * pictures where there are none.
 *
 * With `--json` it prints one line `{"type":"result","run":…,"on":…,"count":…,"largestSumDifference":…,"largestTemplateDifference":…,
 * "largestShareOfTolerance":…,"largestEngineDifference":…}`: over all pictures and classes max |Σ contributions + bias − score|,
 * max |template · picture + bias − score|, both in float64, the larger of the two as a share of what is allowed (1e-5 · max(1, Σ |contribution|)), and
 * how far the float32 engine is from the same score.
 */
import type { Command } from 'commander';
import { m } from '../../../core/messages/compiled/messages.js';
import type { CommandContext } from '../command-context.ts';
import { findRun, modelToJudge } from '../runs.ts';

export function explainCommand(program: Command, context: CommandContext): void {
  program
    .command('explain <run>')
    .description(m.cli_explain())
    .action((named: string) =>
      context.run('read', async (studio) => {
        const { rpc, output } = studio;
        const run = await findRun(studio, named);
        const { on, pictures, sum, template, engine, shareOfTolerance } = await rpc.call('explanation.exactness', {
          runId: run.id,
          which: modelToJudge(run),
        });
        const result = {
          type: 'result',
          run: run.id,
          on,
          count: pictures,
          largestSumDifference: sum,
          largestTemplateDifference: template,
          largestShareOfTolerance: shareOfTolerance,
          largestEngineDifference: engine,
        };
        output.result(result, () =>
          m.cli_explain_done({
            run: run.number,
            count: pictures,
            sum: sum.toExponential(1),
            template: template.toExponential(1),
            engine: engine.toExponential(1),
          }),
        );
      }),
    );
}
