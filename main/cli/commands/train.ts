/** `tessera train`, `resume` and `recipe`: from a dataset or folder to a trained model. */
import type { Command } from 'commander';
import { type ErrorDetails, StudioError } from '../../../core/errors.ts';
import { errorSentence } from '../../../core/messages/error-sentence.ts';
import { m } from '../../../core/messages/compiled/messages.js';
import type { DatasetSummary } from '../../../core/rpc/contract/datasets.ts';
import type { RunEvent } from '../../../core/rpc/contract/training.ts';
import type { RunSummary } from '../../../core/rpc/contract/runs.ts';
import { datasetFields, datasetOrSource, findDataset } from '../datasets.ts';
import { integer } from '../flag-values.ts';
import type { CommandContext } from '../command-context.ts';
import { percent } from '../output.ts';
import { addRecipeFlags, recipeFromFlags, type RecipeFlags } from '../recipe-flags.ts';
import { findRun, modelToJudge } from '../runs.ts';
import type { Studio } from '../studio.ts';
import { saveReport } from './report.ts';

interface TrainFlags extends RecipeFlags {
  readonly test?: string;
  readonly threads?: string;
  readonly report?: string;
}

export function trainCommands(program: Command, context: CommandContext): void {
  addRecipeFlags(
    program
      .command('train <dataset>')
      .description(m.cli_train())
      .option('--test <folder>', m.cli_train_test())
      .option('--threads <count>', m.cli_threads())
      .option('--report <file>', m.cli_train_report()),
  ).action((named: string, flags: TrainFlags) => context.run('write', (studio) => train(studio, named, flags)));
  program
    .command('resume [run]')
    .description(m.cli_resume())
    .action((named: string | undefined) => context.run('write', (studio) => resume(studio, named)));
  addRecipeFlags(program.command('recipe <dataset>').description(m.cli_recipe())).action(
    (named: string, flags: RecipeFlags) =>
      context.run('read', async (studio) => {
        const dataset = await findDataset(studio, named);
        if (dataset === null) throw new StudioError('DATASET_NOT_FOUND', { dataset: named });
        const recipe = await recipeFromFlags(dataset, flags, { note: (text) => studio.output.note(text) });
        studio.output.result(recipe, () => JSON.stringify(recipe, null, 2));
      }),
  );
}

async function train(studio: Studio, named: string, flags: TrainFlags): Promise<void> {
  const { rpc, output, backend } = studio;
  const threads = integer('--threads', flags.threads, 0, 64);
  const { dataset, importSeconds } = await datasetOrSource(studio, named, flags.test);
  const recipe = await recipeFromFlags(dataset, flags, { note: (text) => output.note(text) });
  if (backend.info.interruptedRuns.length > 0) output.note(m.cli_train_interrupted());
  const runId = await follow(studio, dataset, importSeconds, async () => {
    const { runId } = await rpc.call('training.start', { recipe, ...(threads === undefined ? {} : { threads }) });
    return runId;
  });
  if (flags.report !== undefined) await saveReport(studio, runId, flags.report);
}

/** Goes on with a run from its newest checkpoint: with the one named, else with the newest that was interrupted. */
async function resume(studio: Studio, named: string | undefined): Promise<void> {
  const { rpc, backend } = studio;
  const interrupted = new Set(backend.info.interruptedRuns);
  const { runs } = await rpc.call('runs.list', {});
  const newest = runs
    .filter(({ id }) => interrupted.has(id))
    .reduce<RunSummary | null>((best, run) => (best !== null && best.number > run.number ? best : run), null);
  const run = named === undefined ? newest : await findRun(studio, named);
  if (run === null) throw new StudioError('NOTHING_TO_RESUME', {});
  const dataset = await rpc.call('datasets.open', { datasetId: run.datasetId });
  await follow(studio, dataset, 0, async () => {
    await rpc.call('training.resume', { runId: run.id });
    return run.id;
  });
}

/** Sets a run going and stays with it until it ends: an ack for each durable commit, then the result. */
async function follow(
  studio: Studio,
  dataset: DatasetSummary,
  importSeconds: number,
  begin: () => Promise<string>,
): Promise<string> {
  const { rpc, output, backend, signal } = studio;
  // An ack follows the commit it speaks of, so a reader may rely on the step from then on.
  const stopAcks = backend.onAck(({ run, step }) =>
    output.result({ type: 'ack', run, step }, () => `ACK ${run}:${step}`),
  );
  const runId = await begin();
  const { recipe, epochs: doneBefore } = await rpc.call('runs.get', { runId });
  const described = { firstMs: 0, lastMs: 0 };
  const tellFeatures = ({ block, stage, done, total }: Extract<RunEvent, { kind: 'features' }>) => {
    described.lastMs = performance.now();
    described.firstMs ||= described.lastMs;
    if (done < total) return;
    const name = recipe.features[block]?.kind ?? '';
    output.note(stage === 'learn' ? m.cli_features_learnt({ name }) : m.cli_features_described({ name, count: total }));
  };
  const retry = retryWhenFull(studio, runId);
  const stop = () => void rpc.call('training.stop', { runId }).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    await rpc.call(
      'training.watch',
      { runId },
      {
        onprogress: (event) => {
          if (event.kind === 'features') tellFeatures(event);
          if (event.kind === 'status') retry.told(event);
          if (event.kind !== 'epoch' || event.record.epoch <= doneBefore) return;
          const { epoch, trainLoss, validationAccuracy } = event.record;
          output.note(
            m.cli_train_epoch({
              epoch,
              epochs: recipe.epochs,
              loss: trainLoss?.toFixed(4) ?? '–',
              accuracy: percent(validationAccuracy),
            }),
          );
        },
      },
    );
  } finally {
    signal.removeEventListener('abort', stop);
    retry.end();
    stopAcks();
  }
  const run = await rpc.call('runs.get', { runId });
  if (run.status === 'failed' || run.status === 'diverged' || run.status === 'interrupted') throw failureOf(run);
  const { epochs } = await rpc.call('runs.curves', { runId });
  const test = run.testAccuracy === null ? null : await judge(studio, run);
  const result = {
    type: 'result',
    run: runId,
    dataset: datasetFields(dataset),
    recipe: run.recipe,
    epochs: epochs.map(
      ({ epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy, seconds, evaluations }) => ({
        epoch,
        trainLoss,
        trainAccuracy,
        validationLoss,
        validationAccuracy,
        seconds,
        ...(evaluations !== undefined && { evaluations }),
      }),
    ),
    test,
    timing: {
      importSeconds,
      featureSeconds: (described.lastMs - described.firstMs) / 1000,
      trainSeconds: run.trainSeconds,
    },
    backend: run.backend,
    threads: run.threads,
    weightsSha256: run.weightsSha256,
  };
  output.result(result, () =>
    m.cli_train_done({
      run: `#${run.number}`,
      epochs: run.epochs,
      seconds: run.trainSeconds.toFixed(1),
      accuracy: percent(test?.accuracy ?? run.validationAccuracy),
    }),
  );
  return runId;
}

const retryEveryMs = 5_000;

/** A run that waits for room on the disk says so once, and is asked to go on every few seconds until there is some. */
function retryWhenFull({ rpc, output }: Studio, runId: string) {
  let timer: ReturnType<typeof setInterval> | undefined;
  const end = () => {
    clearInterval(timer);
    timer = undefined;
  };
  const again = () => void rpc.call('training.resume', { runId }).catch(() => undefined);
  return {
    end,
    told: ({ status, error }: Pick<Extract<RunEvent, { kind: 'status' }>, 'status' | 'error'>) => {
      if (status !== 'paused' || error?.code !== 'DISK_FULL') return end();
      if (timer !== undefined) return;
      output.note(errorSentence(new StudioError('DISK_FULL', error.details as ErrorDetails['DISK_FULL'])));
      timer = setInterval(again, retryEveryMs);
    },
  };
}

interface TestResult {
  readonly accuracy: number;
  readonly count: number;
  readonly confusion: readonly (readonly number[])[];
  readonly classes: readonly string[];
}

async function judge({ rpc }: Studio, run: RunSummary): Promise<TestResult> {
  const verdicts = await rpc.call('evaluation.verdicts', { runId: run.id, on: 'test', which: modelToJudge(run) });
  const { accuracy, indices, confusion, classes } = verdicts;
  return { accuracy, count: indices.length, confusion, classes };
}

function failureOf(run: RunSummary): StudioError {
  if (run.error === null) return new StudioError('COMPUTE_LOST', { reason: run.status });
  return new StudioError(run.error.code as 'INTERNAL', run.error.details as { reference: string });
}
