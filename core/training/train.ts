/**
 * The training loop, for every model, loss and optimizer.
 *
 * It owns the order of the pictures, the learning rate's schedule, when to stop, what is best and what is reported, and
 * knows nothing of arithmetic, clocks, files or threads: those are the engine and the host it is given. All it remembers
 * is a `TrainingState`, plain data; from such a state it goes on bit by bit as if it had never stopped, also from the
 * middle of an epoch. Time decides when something is reported or saved and when a time budget is spent, never a number.
 */
import { cancelled, StudioError } from '../errors.ts';
import { learningRateAt, type LearningRateSchedule } from '../optimizers/learning-rate-schedule.ts';
import type { StoppingRecipe } from '../recipe/recipe.ts';
import { earlyStopping, type EarlyStoppingState } from './early-stopping.ts';
import { minibatches } from './minibatches.ts';
import type { EngineState, StepEngine } from './step-engine.ts';

export interface TrainingPlan {
  /** Pictures to learn from, ≥ 1, and to judge by, ≥ 0. */
  readonly trainCount: number;
  readonly validationCount: number;
  /** Pictures a step; the last step of an epoch takes what is left. */
  readonly batchSize: number | 'full';
  readonly epochs: number;
  readonly learningRate: number;
  readonly schedule: LearningRateSchedule;
  readonly stopping: StoppingRecipe;
  readonly seed: number;
}

/** What is needed to go on: at rest between two steps. */
export interface TrainingState {
  /** Updates so far. */
  readonly step: number;
  /** The epoch being worked on, from 1; `epochs` + 1 at the end. */
  readonly epoch: number;
  /** Steps of that epoch that are done. */
  readonly cursor: number;
  /** Over those steps: pictures, pictures classified rightly, and loss times pictures. */
  readonly pictures: number;
  readonly correct: number;
  readonly lossSum: number;
  /** By validation loss; by training loss where nothing is held out. */
  readonly earlyStopping: EarlyStoppingState;
  /** Set when the last finished epoch gave a reason to end. */
  readonly endReason: 'patience' | 'target' | 'converged' | null;
  /** See EpochReport. */
  readonly evaluations?: number;
  /** Time spent training, pauses left out. */
  readonly elapsedMs: number;
  readonly engine: EngineState;
}

/** One line of the learning curve. Losses are without the penalty, so that both can be compared. */
export interface EpochReport {
  readonly epoch: number;
  readonly step: number;
  /** Means over the epoch's steps, each measured before its update. */
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationLoss: number | null;
  readonly validationAccuracy: number | null;
  /** Of loss and gradient so far, where a step may take several; otherwise left out. */
  readonly evaluations?: number;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  readonly seconds: number;
}

/** Losses and accuracies of minibatches, as columns. */
export interface StepReport {
  readonly steps: Float64Array<ArrayBuffer>;
  readonly losses: Float32Array<ArrayBuffer>;
  readonly accuracies: Float32Array<ArrayBuffer>;
}

/** What the person wants: go on, wait, end and keep, or end and forget. */
export type TrainingRequest = 'go' | 'pause' | 'stop' | 'discard';

/** The loop's surroundings. */
export interface TrainingHost {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Asked before every step and during validation. */
  request(): TrainingRequest;
  /** Returns when `request()` is no longer `pause`. */
  waitWhilePaused(): void;
  onsteps(report: StepReport): void;
  onepoch(report: EpochReport): void;
  /** Makes a state durable before it returns. `best`: this state is the best so far; otherwise only the newest. */
  oncheckpoint(state: TrainingState, best: boolean): void;
}

export type EndReason = 'epochs' | 'patience' | 'target' | 'converged' | 'time' | 'person';

export interface TrainingOutcome {
  readonly endReason: EndReason;
  readonly state: TrainingState;
}

/** Steps are reported this often at most … */
const reportIntervalMs = 50;
/** … states are saved at least this often while an epoch lasts … */
const checkpointIntervalMs = 30_000;
/** … and at epoch ends this often at most: epochs of a few milliseconds need no file each. */
const shortestCheckpointIntervalMs = 500;
/** All parameters are looked at every so many steps; the loss at each. */
const finiteCheckSteps = 10;
/** A copy of the last finite state is taken every so many steps. */
const finiteCopySteps = 50;

/** The state of a run whose engine has its initial parameters. */
export function initialState(engine: StepEngine): TrainingState {
  return {
    step: 0,
    epoch: 1,
    cursor: 0,
    pictures: 0,
    correct: 0,
    lossSum: 0,
    earlyStopping: earlyStopping().createState(),
    endReason: null,
    elapsedMs: 0,
    engine: engine.save(),
  };
}

/**
 * Trains until the plan's end or the host's wish.
 *
 * @param start  null for a fresh run; the engine then has its initial parameters.
 * @throws StudioError TRAINING_DIVERGED when the loss, a parameter or the optimizer's state stops being a finite number,
 *   after saving the last finite state; CANCELLED when the host discards the run; and whatever `oncheckpoint` throws.
 */
export function train(
  engine: StepEngine,
  plan: TrainingPlan,
  host: TrainingHost,
  start: TrainingState | null = null,
): TrainingOutcome {
  const batches = minibatches({ sampleCount: plan.trainCount, batchSize: plan.batchSize, seed: plan.seed });
  const stepsPerEpoch = batches.batchesPerEpoch;
  const { best, patience, targetAccuracy, timeBudgetSeconds } = plan.stopping;
  const stopping = earlyStopping({ best, patience: plan.validationCount > 0 ? patience : null, targetAccuracy });
  const first = start ?? initialState(engine);
  if (start !== null) engine.restore(start.engine);

  let { step, epoch, cursor, pictures, correct, lossSum, earlyStopping: stoppingState, endReason } = first;
  let evaluations = first.evaluations ?? null;
  let hasConverged = false;
  const startedMs = host.now() - first.elapsedMs;
  let pausedMs = 0;
  let lastFinite = first;
  let saved: TrainingState | null = start; // what is known to be on disk
  let savedMs = host.now();
  let unsavedBest: TrainingState | null = null;
  const pending = new PendingSteps(host.now());

  const elapsed = () => host.now() - startedMs - pausedMs;
  const rateAt = (s: number) =>
    learningRateAt(plan.schedule, plan.learningRate, { step: s, stepsPerEpoch, epochs: plan.epochs });

  const snapshot = (): TrainingState => ({
    step,
    epoch,
    cursor,
    pictures,
    correct,
    lossSum,
    earlyStopping: stoppingState,
    endReason,
    elapsedMs: elapsed(),
    ...(evaluations !== null && { evaluations }),
    engine: engine.save(),
  });

  function save(state: TrainingState): void {
    lastFinite = state;
    pending.flush(host);
    if (unsavedBest !== null && unsavedBest.step !== state.step) host.oncheckpoint(unsavedBest, true);
    host.oncheckpoint(state, unsavedBest !== null && unsavedBest.step === state.step);
    unsavedBest = null;
    saved = state;
    savedMs = host.now();
  }

  function saveIfChanged(): void {
    pending.flush(host);
    const isSaved = saved !== null && saved.step === step && saved.epoch === epoch && unsavedBest === null;
    if (isSaved) return;
    requireFinite();
    save(snapshot());
  }

  /** Throws unless the engine's numbers are finite. */
  function requireFinite(): void {
    if (!engine.isFinite()) diverge();
  }

  function diverge(): never {
    pending.flush(host);
    if (saved === null || saved.step !== lastFinite.step || unsavedBest !== null) save(lastFinite);
    throw new StudioError('TRAINING_DIVERGED', { step, epoch, learningRate: plan.learningRate });
  }

  /** Waits through pauses; true when the person wants the run to end here. */
  function isStopWanted(): boolean {
    for (;;) {
      const request = host.request();
      if (request === 'go') return false;
      if (request === 'stop') return true;
      if (request === 'discard') throw cancelled();
      saveIfChanged();
      const since = host.now();
      host.waitWhilePaused();
      pausedMs += host.now() - since;
      savedMs = host.now();
    }
  }

  function finish(endReason: EndReason): TrainingOutcome {
    saveIfChanged();
    return { endReason, state: saved ?? snapshot() };
  }

  for (;;) {
    if (cursor === 0) {
      if (endReason !== null) return finish(endReason);
      if (epoch > plan.epochs) return finish('epochs');
      if (timeBudgetSeconds !== null && epoch > 1 && elapsed() >= timeBudgetSeconds * 1000) return finish('time');
    }

    while (cursor < stepsPerEpoch) {
      if (isStopWanted()) return finish('person');
      const batch = batches.batch({ epoch: epoch - 1, batch: cursor });
      const result = engine.step(batch, rateAt(step), epoch - 1);
      if (!Number.isFinite(result.loss)) {
        step++;
        diverge();
      }
      step++;
      cursor++;
      pictures += batch.length;
      correct += result.correct;
      lossSum += result.loss * batch.length;
      if (result.evaluations !== undefined) evaluations = (evaluations ?? 0) + result.evaluations;
      if (result.hasConverged === true) hasConverged = true;
      if (step % finiteCheckSteps === 0) {
        requireFinite();
        if (step % finiteCopySteps === 0) lastFinite = snapshot();
      }
      const now = host.now();
      pending.add(step, result.loss, result.correct / batch.length);
      if (now - pending.flushedMs >= reportIntervalMs) pending.flush(host);
      if (now - savedMs >= checkpointIntervalMs) {
        requireFinite();
        save(snapshot());
      }
    }

    requireFinite();
    const validation = plan.validationCount === 0 ? null : engine.evaluate('validation', () => host.request() !== 'go');
    if (validation === null && plan.validationCount > 0) {
      if (isStopWanted()) return finish('person');
      continue; // after a pause: validates from the start
    }
    if (validation !== null && !Number.isFinite(validation.loss)) diverge();

    const report: EpochReport = {
      epoch,
      step,
      trainLoss: lossSum / pictures,
      trainAccuracy: correct / pictures,
      validationLoss: validation?.loss ?? null,
      validationAccuracy: validation?.accuracy ?? null,
      ...(evaluations !== null && { evaluations }),
      learningRate: rateAt(step - 1),
      seconds: elapsed() / 1000,
    };
    const { validationAccuracy, trainLoss } = report;
    const observed = { epoch, validationLoss: report.validationLoss ?? trainLoss, validationAccuracy };
    const { state: nextStopping, isBest, stop } = stopping.observe(stoppingState, observed);
    stoppingState = nextStopping;
    endReason = stop ?? (hasConverged ? 'converged' : null);
    epoch++;
    cursor = pictures = correct = lossSum = 0;

    pending.flush(host);
    host.onepoch(report);
    const isDue = host.now() - savedMs >= shortestCheckpointIntervalMs || saved === null;
    if (isBest || isDue) {
      lastFinite = snapshot();
      if (isBest) unsavedBest = lastFinite;
      if (isDue) save(lastFinite);
    }
  }
}

/** Steps that are done and not yet reported. */
class PendingSteps {
  flushedMs: number;
  #steps: number[] = [];
  #losses: number[] = [];
  #accuracies: number[] = [];

  constructor(now: number) {
    this.flushedMs = now;
  }

  add(step: number, loss: number, accuracy: number): void {
    this.#steps.push(step);
    this.#losses.push(loss);
    this.#accuracies.push(accuracy);
  }

  flush(host: TrainingHost): void {
    this.flushedMs = host.now();
    if (this.#steps.length === 0) return;
    const report: StepReport = {
      steps: Float64Array.from(this.#steps),
      losses: Float32Array.from(this.#losses),
      accuracies: Float32Array.from(this.#accuracies),
    };
    this.#steps = [];
    this.#losses = [];
    this.#accuracies = [];
    host.onsteps(report);
  }
}
