import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../../../core/array/matrix.ts';
import { losses } from '../../../../core/losses/index.ts';
import { multilayerPerceptron } from '../../../../core/models/multilayer-perceptron.ts';
import { lbfgs } from '../../../../core/optimizers/lbfgs.ts';
import { defaultOptimizers, lossNames } from '../../../../core/recipe/recipe.ts';
import { plainStepEngine } from '../../../../core/training/plain-step-engine.ts';
import type { EngineSetup, StepResult } from '../../../../core/training/step-engine.ts';
import { engines, inTurns, randomSetup, shapeOf } from '../../../support/engines.ts';

/** More than two chunks of the shared-memory engine. */
const count = 700;
const all = Uint32Array.from({ length: (count * 4) / 5 }, (_, i) => i);
const shape = shapeOf({
  sizes: [23, 9, 4],
  activation: 'tanh',
  penaltyFactor: 0.02,
  dropout: [0.5], // an optimizer of full batches has no use for it
  optimizer: defaultOptimizers.lbfgs,
});
const setup = randomSetup(shape, count);

/** Iterations in float64, with the model of core. */
function reference({ pictures, sizes, penaltyFactor, parameters }: EngineSetup, iterations: number) {
  const features = sizes[0]!;
  const model = multilayerPerceptron({ inputSize: features, hidden: [9], classes: 4, activation: 'tanh' });
  const numbers = [...all].map((i) => pictures.sets.train[i]!);
  const rows = numbers.flatMap((p) => [...pictures.inputs.subarray(p * features, (p + 1) * features)]);
  const x = matrixOf(
    numbers.length,
    features,
    Float64Array.from(rows, (value) => (value - 127.5) / 74),
  );
  const labels = numbers.map((p) => pictures.labels[p]!);
  const objective = { loss: losses.softmax, l2: penaltyFactor, l2Convention: 'half' as const };
  const minimizer = lbfgs();
  const point = Float64Array.from(parameters);
  const state = minimizer.createState(point.length);
  const evaluations: number[] = [];
  const dataLosses: number[] = [];
  for (let k = 0; k < iterations; k++) {
    dataLosses.push(model.loss(point, x, labels, objective).dataLoss);
    evaluations.push(
      minimizer.iterate((theta) => model.lossAndGradient(theta, x, labels, objective), point, state).evaluations,
    );
  }
  return { point, evaluations, dataLosses };
}

describe.each(engines)('L-BFGS on $name', ({ make }) => {
  it('takes the iterations of the float64 reference and counts their evaluations', () => {
    const expected = reference(setup, 6);
    const engine = make(setup);

    const results = Array.from({ length: 6 }, () => engine.step(all, 0, 0));

    expect(results.map(({ evaluations }) => evaluations)).toEqual(expected.evaluations);
    results.forEach(({ loss }, k) => expect(loss).toBeCloseTo(expected.dataLosses[k]!, 4));
    const { parameters } = engine.save();
    expect(Math.max(...parameters.map((p, i) => Math.abs(p - expected.point[i]!)))).toBeLessThan(5e-3); // float32 products
  });

  it('goes on from a saved state as if it had not stopped', () => {
    const whole = make(setup);
    for (let k = 0; k < 9; k++) whole.step(all, 0, 0);

    const first = make(setup);
    for (let k = 0; k < 4; k++) first.step(all, 0, 0);
    const second = make(setup);
    second.restore(structuredClone(first.save()));
    const rest = Array.from({ length: 5 }, () => second.step(all, 0, 0));

    expect(second.save()).toEqual(whole.save());
    expect(second.evaluate('validation', () => false)).toEqual(whole.evaluate('validation', () => false));
    expect(rest.every(({ loss }) => Number.isFinite(loss))).toBe(true);
  });

  it('ends at the minimum of a convex loss, and stays there', () => {
    const convex = randomSetup({ ...shape, sizes: [6, 3], activations: [], dropout: [], penaltyFactor: 0.1 }, 60);
    const engine = make(convex);
    const few = Uint32Array.from({ length: 48 }, (_, i) => i);

    const results = Array.from({ length: 60 }, () => engine.step(few, 0, 0));
    const before = engine.save().parameters;
    const after = engine.step(few, 0, 0);

    expect(results.some(({ hasConverged }) => hasConverged === true)).toBe(true);
    expect(after.hasConverged).toBe(true);
    expect(engine.save().parameters).toEqual(before);
  });

  it('never settles on minibatches, which it takes where that is allowed: its curvature is noise', () => {
    const convex = randomSetup({ ...shape, sizes: [6, 3], activations: [], dropout: [], penaltyFactor: 0.1 }, 60);
    const few = Uint32Array.from({ length: 48 }, (_, i) => i);
    const whole = make(convex);
    const noisy = make({ ...convex, optimizer: { ...defaultOptimizers.lbfgs, allowMinibatch: true } });

    let evaluations = 0;
    for (let k = 0; k < 60; k++) evaluations += whole.step(few, 0, 0).evaluations ?? 0;
    const distances: number[] = [];
    const minimum = whole.save().parameters;
    for (let k = 0, made = 0; made < evaluations; k++) {
      const step = noisy.step(few.subarray(8 * (k % 6), 8 * (k % 6) + 8), 0, 0);
      made += step.evaluations ?? 0;
      distances.push(Math.hypot(...noisy.save().parameters.map((p, i) => p - minimum[i]!)));
      expect(step.hasConverged).toBe(false);
    }

    // In as many evaluations as all pictures need, and more, no step of the last ten comes near the minimum that those lead to.
    expect(Math.hypot(...minimum)).toBeGreaterThan(0.1);
    expect(Math.min(...distances.slice(-10))).toBeGreaterThan(0.1 * Math.hypot(...minimum));
  });
});

it.each(['lbfgs', 'gd'] as const)('gives %s the same bits with every number of threads', (kind) => {
  const results = [1, 2, 3, 4, 8].map((threads) => {
    const engine = inTurns(threads)({ ...setup, optimizer: defaultOptimizers[kind] });
    for (let k = 0; k < 4; k++) engine.step(all, 0.1, 0);
    return engine.save();
  });

  for (const result of results) expect(result).toEqual(results[0]);
});

it('refuses to restore the state of another optimizer', () => {
  for (const { make } of engines) {
    const state = make({ ...setup, optimizer: defaultOptimizers.adam }).save();
    expect(() => make(setup).restore(state)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  }
});

describe("a linear model's full batch, in parts", () => {
  const optimizers = [defaultOptimizers.gd, defaultOptimizers.lbfgs] as const;
  const cases = lossNames.flatMap((loss) => optimizers.map((optimizer) => ({ loss, optimizer })));

  it.each(cases)('follows the plain engine with $loss and $optimizer.kind', ({ loss, optimizer }) => {
    const linear = randomSetup(shapeOf({ sizes: [530, 10], loss, penaltyFactor: 0.02, optimizer }), 1500);
    for (const rows of [1, 9, 300, 1111]) {
      const batch = Uint32Array.from({ length: rows }, (_, i) => (7 * i) % 1200);
      const [ours, theirs] = [inTurns(3), plainStepEngine].map((make) => {
        const engine = make(linear);
        const first = engine.step(batch, 0.01, 0);
        return { first, second: engine.step(batch, 0.01, 0), parameters: engine.save().parameters };
      }) as [Steps, Steps];

      expect(ours.first.loss / theirs.first.loss).toBeCloseTo(1, 5);
      expect(ours.first.correct).toBe(theirs.first.correct);
      if (optimizer.kind === 'lbfgs') continue; // its line search magnifies the last digits of a hinge
      expect((1 + ours.second.loss) / (1 + theirs.second.loss)).toBeCloseTo(1, 3);
      const worst = ours.parameters.reduce((most, p, i) => Math.max(most, Math.abs(p - theirs.parameters[i]!)), 0);
      expect(worst, `${rows} rows`).toBeLessThan(loss === 'softmax' ? 2e-5 : 2e-3); // softmax has no kink
    }
  });

  it.each(cases)('has the same bits on every number of threads with $loss and $optimizer.kind', (each) => {
    const linear = randomSetup(shapeOf({ sizes: [37, 5], penaltyFactor: 0.02, ...each }), 1500);
    const batch = Uint32Array.from({ length: 1111 }, (_, i) => (7 * i) % 1200);

    const [first, ...others] = [1, 2, 3, 4, 8, 20].map((threads) => {
      const engine = inTurns(threads)(linear);
      return { steps: [0, 1, 2].map(() => engine.step(batch, 0.01, 0)), state: engine.save() };
    });

    for (const other of others) expect(other).toEqual(first);
  });
});

interface Steps {
  readonly first: StepResult;
  readonly second: StepResult;
  readonly parameters: Float32Array;
}
