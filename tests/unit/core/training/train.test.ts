import { describe, expect, it } from 'vitest';
import { defaultOptimizers } from '../../../../core/recipe/recipe.ts';
import type { StepEngine } from '../../../../core/training/step-engine.ts';
import {
  type EpochReport,
  train,
  type TrainingHost,
  type TrainingPlan,
  type TrainingRequest,
  type TrainingState,
} from '../../../../core/training/train.ts';
import { engines, randomSetup, shapeOf } from '../../../support/engines.ts';

const shape = shapeOf({
  sizes: [12, 6, 3],
  activation: 'tanh',
  penaltyFactor: 0.01,
  optimizer: defaultOptimizers.adam,
});
const setup = randomSetup(shape, 60);
const plan: TrainingPlan = {
  trainCount: 48,
  validationCount: 12,
  batchSize: 10,
  epochs: 6,
  learningRate: 0.01,
  schedule: { kind: 'cosine', floor: 0 },
  stopping: { best: 'loss', patience: null, targetAccuracy: null, timeBudgetSeconds: null },
  seed: 3,
};

/** A host whose clock goes on by `stepMs` at every look; `requestAt` says what is wanted at the nth question. */
function recorder(stepMs = 1, requestAt: (question: number) => TrainingRequest = () => 'go') {
  let clock = 0;
  let questions = 0;
  const epochs: EpochReport[] = [];
  const steps: number[] = [];
  const losses: number[] = [];
  const checkpoints: { state: TrainingState; best: boolean }[] = [];
  const host: TrainingHost = {
    now: () => (clock += stepMs),
    request: () => requestAt(questions++),
    waitWhilePaused: () => undefined,
    onsteps: (report) => {
      steps.push(...report.steps);
      losses.push(...report.losses);
    },
    onepoch: (report) => epochs.push(report),
    oncheckpoint: (state, best) => checkpoints.push({ state: structuredClone(state), best }),
  };
  return { host, epochs, steps, losses, checkpoints };
}

const withoutTime = (report: EpochReport) => ({ ...report, seconds: 0 });

describe.each(engines)('training with $name', ({ make }) => {
  it('goes on from any checkpoint, also within an epoch, to the same bits and the same curve', () => {
    const whole = recorder();
    const expected = train(make(setup), plan, whole.host).state.engine;
    const often = recorder(20_000); // every step takes longer than a checkpoint may be old
    train(make(setup), plan, often.host);
    expect(often.checkpoints.some(({ state }) => state.cursor > 0)).toBe(true);

    for (const { state } of often.checkpoints) {
      const rest = recorder();
      const outcome = train(make(setup), plan, rest.host, state);
      expect(outcome.state.engine).toEqual(expected);
      expect(rest.epochs.map(withoutTime)).toEqual(whole.epochs.slice(state.epoch - 1).map(withoutTime));
    }
  });

  it('ends as diverged with a learning rate of a million, the last finite state kept', () => {
    const run = recorder();
    const wild = randomSetup({ ...shape, activations: ['relu'], optimizer: { kind: 'sgd', learningRate: 1e6 } }, 60);

    expect(() =>
      train(make(wild), { ...plan, learningRate: 1e6, schedule: { kind: 'constant' }, epochs: 200 }, run.host),
    ).toThrow(expect.objectContaining({ code: 'TRAINING_DIVERGED' }));
    expect(run.losses.every(Number.isFinite)).toBe(true);
    expect(run.checkpoints.length).toBeGreaterThan(0);
    for (const { state } of run.checkpoints) expect(state.engine.parameters.every(Number.isFinite)).toBe(true);
  });
});

describe('the training loop', () => {
  const plain = () => engines[0]!.make(setup);

  /** An engine that spoils its answer at one step. */
  function spoilt(at: number, spoil: Partial<StepEngine>): StepEngine {
    const engine = plain();
    let steps = 0;
    return {
      ...engine,
      step: (pictures, rate, epoch) => {
        const result = engine.step(pictures, rate, epoch);
        return ++steps === at && 'step' in spoil ? { ...result, loss: Infinity } : result;
      },
      isFinite: () => (steps >= at && 'isFinite' in spoil ? false : engine.isFinite()),
    };
  }

  it('ends at the step whose loss is infinite', () => {
    const run = recorder();

    expect(() => train(spoilt(7, { step: plain().step }), plan, run.host)).toThrow(
      expect.objectContaining({ details: { step: 7, epoch: 2, learningRate: 0.01 } }),
    );
    expect(run.steps).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('looks at all parameters at least every ten steps', () => {
    expect(() => train(spoilt(11, { isFinite: () => false }), { ...plan, batchSize: 1 }, recorder().host)).toThrow(
      expect.objectContaining({ details: { step: 20, epoch: 1, learningRate: 0.01 } }),
    );
  });

  it('reports every step once and every epoch with its last step', () => {
    const run = recorder();
    train(plain(), plan, run.host);

    expect(run.steps).toEqual(Array.from({ length: 30 }, (_, i) => i + 1)); // ⌈48 / 10⌉ = 5 a epoch
    expect(run.epochs.map(({ epoch, step }) => [epoch, step])).toEqual([1, 2, 3, 4, 5, 6].map((e) => [e, 5 * e]));
  });

  it('marks the state of the lowest validation loss as best, however seldom it may save', () => {
    for (const stepMs of [0, 1, 1000]) {
      const run = recorder(stepMs);
      train(plain(), { ...plan, learningRate: 0.3 }, run.host);

      const lowest = Math.min(...run.epochs.map((e) => e.validationLoss!));
      const best = run.checkpoints.filter((c) => c.best).at(-1)!;
      expect(best.state.step).toBe(run.epochs.find((e) => e.validationLoss === lowest)!.step);
      expect(run.checkpoints.at(-1)!.state.step).toBe(30);
    }
  });

  it('saves the most accurate state as best where the recipe says so', () => {
    const run = recorder(1000);
    const stopping = { ...plan.stopping, best: 'accuracy' as const };
    train(plain(), { ...plan, learningRate: 0.01, epochs: 12, stopping }, run.host);

    const highest = Math.max(...run.epochs.map((e) => e.validationAccuracy!));
    const equals = run.epochs.filter((e) => e.validationAccuracy === highest);
    const lowest = Math.min(...equals.map((e) => e.validationLoss!));
    const best = run.checkpoints.filter((c) => c.best).at(-1)!;
    expect(best.state.step).toBe(equals.find((e) => e.validationLoss === lowest)!.step);
    expect(best.state.step).not.toBe(run.epochs.toSorted((a, b) => a.validationLoss! - b.validationLoss!)[0]!.step);
  });

  it('chooses by training loss where nothing is held out', () => {
    const run = recorder();
    const { state } = train(plain(), { ...plan, validationCount: 0 }, run.host);

    const lowest = Math.min(...run.epochs.map((e) => e.trainLoss));
    expect(run.epochs[0]!.validationLoss).toBeNull();
    expect(run.epochs.find((e) => e.trainLoss === lowest)!.epoch).toBe(state.earlyStopping.bestEpoch);
  });

  it('stops where the person says so and can go on from there to the same bits', () => {
    const expected = train(plain(), plan, recorder().host).state.engine;
    const stopped = recorder(1, (question) => (question < 8 ? 'go' : 'stop'));

    const outcome = train(plain(), plan, stopped.host);

    expect(outcome.endReason).toBe('person');
    expect(outcome.state.step).toBeLessThan(30);
    expect(train(plain(), plan, recorder().host, stopped.checkpoints.at(-1)!.state).state.engine).toEqual(expected);
  });

  it('makes its state durable before it waits, and leaves the wait out of the time', () => {
    const run = recorder(1, (question) => (question === 4 ? 'pause' : 'go'));
    let clock = 0;
    const host = { ...run.host, now: () => clock, waitWhilePaused: () => void (clock += 3_600_000) };
    const { state } = train(plain(), plan, host);

    expect(run.checkpoints[0]!.state.step).toBe(4);
    expect(state.elapsedMs).toBe(0);
  });

  it('forgets the run when it is discarded', () => {
    const run = recorder(1, () => 'discard');

    expect(() => train(plain(), plan, run.host)).toThrow(expect.objectContaining({ code: 'CANCELLED' }));
    expect(run.checkpoints).toEqual([]);
  });

  it.each([
    ['patience', { best: 'loss', patience: 1, targetAccuracy: null, timeBudgetSeconds: null }],
    ['target', { best: 'loss', patience: null, targetAccuracy: 0.01, timeBudgetSeconds: null }],
    ['time', { best: 'loss', patience: null, targetAccuracy: null, timeBudgetSeconds: 0.001 }],
  ] as const)('ends by %s', (endReason, stopping) => {
    const outcome = train(plain(), { ...plan, learningRate: 0.5, epochs: 200, stopping }, recorder().host);

    expect(outcome.endReason).toBe(endReason);
  });
});
