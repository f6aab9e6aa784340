/** `tessera predict`: what a trained model says about new pictures. */
import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { StudioError } from '../../../core/errors.ts';
import { m } from '../../../core/messages/compiled/messages.js';
import { reasonSentence } from '../../../core/messages/error-sentence.ts';
import type { Prediction } from '../../../core/rpc/contract/prediction.ts';
import { csvLine } from '../csv.ts';
import type { CommandContext } from '../command-context.ts';
import { percent } from '../output.ts';
import { findRun, modelToJudge } from '../runs.ts';
import { personalPath } from '../studio.ts';

export function predictCommand(program: Command, context: CommandContext): void {
  program
    .command('predict <run> <files...>')
    .description(m.cli_predict())
    .option('--csv <file>', m.cli_predict_csv())
    .action((named: string, files: string[], flags: { csv?: string }) =>
      context.run('read', async (studio) => {
        const { rpc, output, signal } = studio;
        const run = await findRun(studio, named);
        const rows: string[] = [];
        const { classes: columns } = await rpc.call(
          'prediction.predict',
          { runId: run.id, paths: files.map(personalPath), which: modelToJudge(run) },
          {
            signal,
            onprogress: ({ results, classes }) => {
              for (const result of results) {
                print(result, classes);
                if (result.kind === 'prediction') {
                  rows.push(csvLine([result.path, classes[result.predicted]!, ...result.probabilities]));
                }
              }
            },
          },
        );
        if (flags.csv !== undefined) {
          await save(personalPath(flags.csv), [csvLine(['path', 'class', ...columns]), ...rows]);
        }

        function print(result: Prediction, names: readonly string[]): void {
          if (result.kind === 'refused') {
            const reason = reasonSentence('import_reason', result.reason);
            output.result({ type: 'refused', path: result.path, reason }, () => `${result.path}  ${reason}`);
            return;
          }
          const { path, predicted, scores, probabilities } = result;
          output.result(
            {
              type: 'prediction',
              path,
              class: names[predicted],
              scores: byClass(names, scores),
              probabilities: byClass(names, probabilities),
            },
            () => `${path}  ${names[predicted]}  ${percent(probabilities[predicted]!)}`,
          );
        }
      }),
    );
}

/** `Object.fromEntries` defines own properties, so a class named `__proto__` is a key like any other. */
function byClass(classes: readonly string[], values: Float32Array): object {
  return Object.fromEntries(classes.map((name, label) => [name, values[label]]));
}

async function save(path: string, rows: readonly string[]): Promise<void> {
  try {
    await writeFile(path, `${rows.join('\n')}\n`);
  } catch (cause) {
    throw new StudioError('FILE_NOT_WRITTEN', { path, reason: cause instanceof Error ? cause.message : String(cause) });
  }
}
