import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../../../core/array/matrix.ts';
import { lossNamed } from '../../../../core/losses/index.ts';
import { multilayerPerceptron } from '../../../../core/models/multilayer-perceptron.ts';
import { adam } from '../../../../core/optimizers/adam.ts';
import { sgd } from '../../../../core/optimizers/sgd.ts';
import type { Optimizer } from '../../../../core/optimizers/optimizer.ts';
import { activationNames, defaultOptimizers, lossNames, type OptimizerRecipe } from '../../../../core/recipe/recipe.ts';
import type { EngineSetup, EngineShape } from '../../../../core/training/step-engine.ts';
import { engines, inTurns, randomSetup } from '../../../support/engines.ts';

const shapes: fc.Arbitrary<EngineShape> = fc.record({
  sizes: fc
    .tuple(
      fc.integer({ min: 1, max: 70 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
      fc.integer({ min: 2, max: 12 }),
    )
    .map(([features, hidden, classes]) => [features, ...hidden, classes]),
  activation: fc.constantFrom(...activationNames),
  loss: fc.constantFrom(...lossNames),
  penaltyFactor: fc.constantFrom(0, 0.01, 0.5),
  optimizer: fc.constantFrom<OptimizerRecipe>(...Object.values(defaultOptimizers)),
});

/** The same steps in float64, with the models, losses and optimizers of core. */
function reference(setup: EngineSetup, batches: readonly Uint32Array[], learningRate: number) {
  const { sizes, activation, pictures, penaltyFactor, optimizer: recipe } = setup;
  const features = sizes[0]!;
  const model = multilayerPerceptron({
    inputSize: features,
    hidden: sizes.slice(1, -1),
    classes: sizes.at(-1)!,
    activation,
  });
  const optimizer = (
    recipe.kind === 'adam' ? adam({ ...recipe }) : sgd(recipe.kind === 'momentum' ? { ...recipe } : {})
  ) as Optimizer;
  const parameters = Float64Array.from(setup.parameters);
  const state = optimizer.createState(parameters.length);
  const losses: number[] = [];
  for (const batch of batches) {
    const numbers = [...batch].map((i) => pictures.sets.train[i]!);
    const x = matrixOf(
      numbers.length,
      features,
      Float64Array.from(
        numbers.flatMap((p) =>
          [...pictures.pixels.subarray(p * features, (p + 1) * features)].map((v) => (v - 127.5) / 74),
        ),
      ),
    );
    const objective = { loss: lossNamed(setup.loss), l2: penaltyFactor, l2Convention: 'half' as const };
    const { dataLoss, gradient } = model.lossAndGradient(
      parameters,
      x,
      numbers.map((p) => pictures.labels[p]!),
      objective,
    );
    losses.push(dataLoss);
    optimizer.step(parameters, gradient, state, learningRate);
  }
  return { parameters, losses };
}

describe.each(engines)('$name', ({ make }) => {
  it('takes the steps of the float64 reference, for every model, loss and optimizer', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 30 }), (shape, rows) => {
        // Adam divides by the gradient's size, so that a gradient near 0 would magnify float32 rounding.
        const optimizer = shape.optimizer.kind === 'adam' ? { ...shape.optimizer, epsilon: 1e-2 } : shape.optimizer;
        const setup = randomSetup({ ...shape, optimizer }, 60);
        const batches = [0, 1].map((k) => Uint32Array.from({ length: rows }, (_, i) => (7 * i + 11 * k) % 48));
        const engine = make(setup);

        const losses = batches.map((batch) => engine.step(batch, 0.01).loss);

        const expected = reference(setup, batches, 0.01);
        const { parameters } = engine.save();
        const worst = parameters.reduce((most, p, i) => Math.max(most, Math.abs(p - expected.parameters[i]!)), 0);
        expect(worst).toBeLessThan(2e-3); // one score on the other side of a kink moves a weight by about 0.01 / rows
        losses.forEach((loss, i) => expect(loss).toBeCloseTo(expected.losses[i]!, 2));
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('goes on from a saved state as if it had not stopped', () => {
    const shape = {
      sizes: [19, 7, 3],
      activation: 'relu',
      loss: 'softmax',
      penaltyFactor: 0.1,
      optimizer: defaultOptimizers.adam,
    } as const;
    const setup = randomSetup(shape, 40);
    const batch = Uint32Array.from([1, 5, 9, 13]);
    const whole = make(setup);
    for (let i = 0; i < 130; i++) whole.step(batch, 0.01);

    const first = make(setup);
    for (let i = 0; i < 63; i++) first.step(batch, 0.01);
    const second = make(setup);
    second.restore(structuredClone(first.save()));
    for (let i = 63; i < 130; i++) second.step(batch, 0.01);

    expect(second.save()).toEqual(whole.save());
  });

  it('sees a number that is not finite, in parameters and in moments', () => {
    const shape = {
      sizes: [5, 3],
      activation: 'identity',
      loss: 'hinge',
      penaltyFactor: 0,
      optimizer: defaultOptimizers.adam,
    } as const;
    const engine = make(randomSetup(shape, 10));
    const state = engine.save();
    expect(engine.isFinite()).toBe(true);

    state.parameters[17] = Infinity; // the last bias
    engine.restore(state);
    expect(engine.isFinite()).toBe(false);

    state.parameters[17] = 0;
    (state.optimizer['secondMoment'] as Float32Array)[2] = NaN;
    engine.restore(state);
    expect(engine.isFinite()).toBe(false);
  });
});

describe('the shared-memory engine', () => {
  it('computes the same bits with every number of threads, also in batches of several chunks', () => {
    fc.assert(
      fc.property(shapes, fc.constantFrom(3, 37, 300, 530), (shape, rows) => {
        const setup = randomSetup(shape, 700);
        const batch = Uint32Array.from({ length: rows }, (_, i) => (13 * i) % 560);
        const results = [1, 2, 3, 4, 8].map((threads) => {
          const engine = inTurns(threads)(setup);
          for (let i = 0; i < 2; i++) engine.step(batch, 0.01);
          return { state: engine.save(), validation: engine.evaluate('validation', () => false) };
        });

        for (const result of results) expect(result).toEqual(results[0]);
      }),
      { numRuns: 12, seed: 7 },
    );
  });

  it('flushes moments too small to matter', () => {
    const shape = {
      sizes: [4, 2],
      activation: 'identity',
      loss: 'softmax',
      penaltyFactor: 0,
      optimizer: defaultOptimizers.adam,
    } as const;
    const engine = inTurns(2)(randomSetup(shape, 10));
    const state = engine.save();
    (state.optimizer['firstMoment'] as Float32Array).fill(1e-40);
    engine.restore({ ...state, optimizer: { ...state.optimizer, stepCount: 63 } });
    const blank = Uint32Array.of(0);
    engine.step(blank, 0);

    const moments = engine.save().optimizer['firstMoment'] as Float32Array;

    expect(moments.every((m) => m === 0 || Math.abs(m) >= 1e-30)).toBe(true);
  });
});
