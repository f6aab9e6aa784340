/**
 * Kills a training studio at random moments and looks at what it left: nothing that was acknowledged may be missing.
 */
import { isStudioError } from '../../core/errors.ts';
import { defaultRecipe, type Recipe } from '../../core/recipe/recipe.ts';
import { createClient } from '../../core/rpc/client.ts';
import { studioContract } from '../../core/rpc/contract/index.ts';
import { inMemoryTransportPair } from '../../core/rpc/in-memory-transport.ts';
import { serve } from '../../core/rpc/server.ts';
import { startBackend } from '../../main/backend/start-backend.ts';
import { childLauncher } from '../../main/children/launcher.ts';
import { prepareDataFolder } from '../../main/store/data-folder.ts';
import { openStore } from '../../main/store/open-store.ts';
import { RunRepository } from '../../main/store/run-repository.ts';
import { startProgram } from './programs.ts';

/**
 * A data folder that holds the sample of drawn shapes, and a recipe that trains on it for about so long where this machine is at its
 * fastest: a moment in which others kept it busy would make the run too short.
 */
export async function sampleFolder(dataFolder: string, seconds: number): Promise<Recipe> {
  const backend = await startBackend({ dataFolder, host: 'cli', launcher: childLauncher(), version: '0.1.0' });
  try {
    const [ours, theirs] = inMemoryTransportPair();
    serve(studioContract, backend.handlers, theirs);
    const rpc = createClient(studioContract, ours);
    const { datasetId } = await rpc.call('samples.open', { sampleId: 'shapes' });
    const { version } = await rpc.call('datasets.open', { datasetId });
    const recipe = { ...defaultRecipe({ id: datasetId, version }), seed: 4 };
    const trial = { ...recipe, features: [...recipe.features], model: { kind: 'linear' as const }, epochs: 200 };
    let fastest = Infinity;
    for (let i = 0; i < 3; i++) {
      const { runId } = await rpc.call('training.start', { recipe: trial, threads: 1 });
      await rpc.call('training.watch', { runId });
      const { trainSeconds } = await rpc.call('runs.get', { runId });
      fastest = Math.min(fastest, trainSeconds);
      await rpc.call('runs.trash', { runIds: [runId] });
    }
    await rpc.call('runs.emptyTrash', {});
    return { ...recipe, epochs: Math.ceil((trial.epochs * seconds) / fastest) };
  } finally {
    await backend.close();
  }
}

export interface KillOutcome {
  kills: number;
  /** Steps that were acknowledged and are not there. */
  lost: number;
  /** Whatever else was wrong, in words. */
  readonly problems: string[];
  /** Weights of the run once it was let to its end. */
  weightsSha256: string;
}

/**
 * @param random  in [0, 1).
 * @param spanMs  kills fall between the start of the program and so long after it.
 */
export async function killLoop(
  dataFolder: string,
  recipe: Recipe,
  kills: number,
  random: () => number,
  spanMs: number,
  plant = '',
): Promise<KillOutcome> {
  const outcome: KillOutcome = { kills: 0, lost: 0, problems: [], weightsSha256: '' };
  let acknowledged = 0;
  while (outcome.kills < kills) {
    const program = startProgram('train', dataFolder, JSON.stringify(recipe), plant);
    // One in seven falls into the start, the others into the training.
    if (random() > 0.15) await program.line('ACK');
    await new Promise((resolve) => setTimeout(resolve, random() * spanMs));
    program.kill();
    await program.ended;
    outcome.kills++;
    for (const line of program.lines) {
      if (line.startsWith('ACK ')) acknowledged = Math.max(acknowledged, Number(line.slice(4)));
      if (line.startsWith('DONE')) outcome.problems.push(`ended before it was killed: ${line}`);
    }
    await lookAt(dataFolder, acknowledged, outcome);
  }
  const last = startProgram('train', dataFolder, JSON.stringify(recipe));
  const { errors } = await last.ended;
  const [, status, weightsSha256 = '', ...error] = (last.lines.at(-1) ?? '').split(' ');
  if (status !== 'finished') outcome.problems.push(`ended as ${status}: ${errors}`);
  if (error.join('') !== '') outcome.problems.push(error.join(' '));
  outcome.weightsSha256 = weightsSha256;
  await lookAt(dataFolder, acknowledged, outcome);
  return outcome;
}

async function lookAt(dataFolder: string, acknowledged: number, outcome: KillOutcome): Promise<void> {
  const { folder } = prepareDataFolder(dataFolder);
  try {
    const store = await openStore({ folder, readOnly: false, appVersion: '0.1.0' });
    try {
      const integrity = store.db.pragma('integrity_check', { simple: true });
      if (integrity !== 'ok') outcome.problems.push(String(integrity));
      if (store.recovery !== null) outcome.problems.push('the database was moved aside');
      const runs = new RunRepository(store);
      const [run, ...others] = runs.list(false);
      if (others.length > 0) outcome.problems.push('another run was started');
      const stored = run === undefined ? new Float64Array(0) : runs.steps(run.id).steps;
      if (!stored.every((step, i) => step === i + 1)) outcome.problems.push('steps are missing or there twice');
      outcome.lost += Math.max(0, acknowledged - Math.min(stored.length, run?.step ?? 0));
    } finally {
      store.close();
    }
  } catch (cause) {
    outcome.problems.push(isStudioError(cause) ? cause.message : String(cause));
  }
}
