import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../../../core/array/matrix.ts';
import { lossNamed } from '../../../../core/losses/index.ts';
import { multilayerPerceptron } from '../../../../core/models/multilayer-perceptron.ts';
import { createOptimizer } from '../../../../core/optimizers/index.ts';
import { activationNames, defaultOptimizers, lossNames, type OptimizerRecipe } from '../../../../core/recipe/recipe.ts';
import type { EngineSetup, EngineShape, StepEngine } from '../../../../core/training/step-engine.ts';
import { plainStepEngine } from '../../../../core/training/plain-step-engine.ts';
import { nativeGemm } from '../../../../main/compute/native-gemm.ts';
import { engines, inTurns, randomSetup, shapeOf } from '../../../support/engines.ts';

const optimizerRecipes = [
  ...Object.values(defaultOptimizers).filter(({ kind }) => kind !== 'lbfgs'),
  { ...defaultOptimizers.momentum, rate: 'inside' },
  { ...defaultOptimizers.nesterov, form: 'look-ahead' },
  { ...defaultOptimizers.adam, biasCorrection: false },
] as const satisfies readonly OptimizerRecipe[];

const shapes: fc.Arbitrary<EngineShape> = fc
  .record({
    sizes: fc
      .tuple(
        fc.integer({ min: 1, max: 70 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 3 }),
        fc.integer({ min: 2, max: 12 }),
      )
      .map(([features, hidden, classes]) => [features, ...hidden, classes]),
    activations: fc.array(fc.constantFrom(...activationNames), { minLength: 3, maxLength: 3 }),
    loss: fc.constantFrom(...lossNames),
    penaltyFactor: fc.constantFrom(0, 0.01, 0.5),
    optimizer: fc.constantFrom<OptimizerRecipe>(...optimizerRecipes),
  })
  .map(({ activations, ...shape }) => shapeOf({ ...shape, activations: activations.slice(0, shape.sizes.length - 2) }));

/** Divides by no number near 0: a gradient there would magnify float32 rounding. */
function tame(optimizer: OptimizerRecipe): OptimizerRecipe {
  return 'epsilon' in optimizer ? { ...optimizer, epsilon: 1e-2 } : optimizer;
}

/** AdamW without its decay, which moves weights by itself. */
function still(optimizer: OptimizerRecipe): OptimizerRecipe {
  return optimizer.kind === 'adamw' ? { ...optimizer, weightDecay: 0 } : optimizer;
}

/** The same steps in float64, with the models, losses and optimizers of core. */
function reference(setup: EngineSetup, batches: readonly Uint32Array[], learningRate: number) {
  const { sizes, activations, pictures, penaltyFactor, optimizer: recipe } = setup;
  const features = sizes[0]!;
  const model = multilayerPerceptron({
    inputSize: features,
    hidden: sizes.slice(1, -1),
    classes: sizes.at(-1)!,
    activation: activations,
  });
  const optimizer = createOptimizer({ ...recipe });
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
          [...pictures.inputs.subarray(p * features, (p + 1) * features)].map((v) => (v - 127.5) / 74),
        ),
      ),
    );
    const objective = { loss: lossNamed(setup.loss), l2: penaltyFactor, l2Convention: 'half' as const };
    const { dataLoss, gradient } = model.lossAndGradient(
      optimizer.gradientPoint?.(parameters, state) ?? parameters,
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
        const setup = randomSetup({ ...shape, optimizer: tame(shape.optimizer) }, 60);
        const batches = [0, 1, 2].map((k) => Uint32Array.from({ length: rows }, (_, i) => (7 * i + 11 * k) % 48));
        const engine = make(setup);

        const losses = batches.map((batch) => engine.step(batch, 0.01, 0).loss);

        const expected = reference(setup, batches, 0.01);
        const { parameters } = engine.save();
        const worst = parameters.reduce((most, p, i) => Math.max(most, Math.abs(p - expected.parameters[i]!)), 0);
        expect(worst).toBeLessThan(2e-3); // one score on the other side of a kink moves a weight by about 0.01 / rows
        losses.forEach((loss, i) => expect(loss).toBeCloseTo(expected.losses[i]!, 2));
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it.each(optimizerRecipes)('goes on from a saved state of $kind as if it had not stopped', (optimizer) => {
    const shape = shapeOf({ sizes: [19, 7, 3], dropout: [0.3], penaltyFactor: 0.1, optimizer });
    const setup = randomSetup(shape, 40);
    const batch = Uint32Array.from([1, 5, 9, 13]);
    const whole = make(setup);
    for (let i = 0; i < 70; i++) whole.step(batch, 0.01, 0);

    const first = make(setup);
    for (let i = 0; i < 33; i++) first.step(batch, 0.01, 0);
    const second = make(setup);
    second.restore(structuredClone(first.save()));
    for (let i = 33; i < 70; i++) second.step(batch, 0.01, 0);

    expect(second.save()).toEqual(whole.save());
  });

  it.each([...optimizerRecipes, defaultOptimizers.lbfgs])(
    'does not go on with $kind after a number that is not finite',
    (optimizer) => {
      const engine = make(randomSetup(shapeOf({ sizes: [6, 4, 3], optimizer }), 20));
      const state = engine.save();
      state.parameters[2] = NaN;
      const bad = {
        ...state.optimizer,
        ...('point' in state.optimizer && { point: Float64Array.from(state.parameters) }),
      };
      engine.restore({ parameters: state.parameters, optimizer: bad });

      const { loss } = engine.step(Uint32Array.of(0, 1, 2), 0.01, 0);

      expect(Number.isFinite(loss) && engine.isFinite()).toBe(false); // the loop then ends the run as diverged
    },
  );

  it.each(optimizerRecipes)('stays where it is with $kind where the gradient is 0', (optimizer) => {
    // Squared hinge with every score past its margin, for a picture of class 0: b = (2, −2).
    const setup = randomSetup(shapeOf({ sizes: [3, 2], loss: 'squared-hinge', optimizer: still(optimizer) }), 10);
    const parameters = new Float32Array(8);
    parameters.set([2, -2], 6);
    const pictures = { ...setup.pictures, labels: new Uint16Array(10) };
    const engine = make({ ...setup, pictures, parameters });

    for (let k = 0; k < 5; k++)
      expect(engine.step(Uint32Array.of(0, 1), 0.1, 0)).toMatchObject({ loss: 0, correct: 2 });

    expect(engine.save().parameters).toEqual(parameters);
  });

  it('sees a number that is not finite, in parameters and in moments', () => {
    const shape = shapeOf({
      sizes: [5, 3],
      activation: 'identity',
      loss: 'hinge',
      penaltyFactor: 0,
      optimizer: defaultOptimizers.adam,
    });
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
  it('follows the plain engine through dropout, augmentation, class weights and features', () => {
    const everything = fc.record({
      shape: shapes,
      picture: fc.record({
        width: fc.integer({ min: 1, max: 9 }),
        height: fc.integer({ min: 1, max: 9 }),
        channels: fc.constantFrom(1, 3),
      }),
      dropout: fc.array(fc.constantFrom(0, 0.2, 0.7), { minLength: 3, maxLength: 3 }),
      augmentation: fc.record({
        flip: fc.boolean(),
        shift: fc.integer({ min: 0, max: 4 }),
        crop: fc.constantFrom(0, 0.3),
      }),
      isFeatures: fc.boolean(),
      isScaled: fc.boolean(),
      threads: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(everything, ({ shape, picture, dropout, augmentation, isFeatures, isScaled, threads }) => {
        const sizes = [picture.width * picture.height * picture.channels, ...shape.sizes.slice(1)];
        const pixels = randomSetup(
          {
            ...shape,
            sizes,
            optimizer: tame(shape.optimizer),
            picture: isFeatures ? null : picture,
            augmentation,
            dropout: dropout.slice(0, sizes.length - 2),
            seed: 9,
          },
          60,
        );
        const inputs = Float32Array.from(pixels.pictures.inputs, (value) => value / 100);
        const setup: EngineSetup = {
          ...pixels,
          pictures: isFeatures ? { ...pixels.pictures, inputs } : pixels.pictures,
          scaling: isScaled ? pixels.scaling : isFeatures ? null : pixels.scaling,
          classWeights: Float32Array.from({ length: sizes.at(-1)! }, (_, c) => 0.5 + c / 4),
        };
        const engine = inTurns(threads)(setup);
        const plain = plainStepEngine(setup);

        for (const epoch of [0, 1]) {
          const batch = Uint32Array.from({ length: 29 }, (_, i) => (7 * i + 3 * epoch) % 48);
          const [ours, theirs] = [engine, plain].map((each) => each.step(batch, 0.003, epoch));
          expect(ours!.loss / (1 + theirs!.loss)).toBeCloseTo(theirs!.loss / (1 + theirs!.loss), 3);
        }

        const [ours, theirs] = [engine, plain].map((each) => each.save().parameters);
        const worst = ours!.reduce((most, p, i) => Math.max(most, Math.abs(p - theirs![i]!)), 0);
        expect(worst).toBeLessThan(2e-3); // as below: a score on the other side of a kink
        const judged = [engine, plain].map((each) => each.evaluate('validation', () => false)!);
        expect(judged[0]!.loss / (1 + judged[1]!.loss)).toBeCloseTo(judged[1]!.loss / (1 + judged[1]!.loss), 2);
      }),
      { numRuns: 60, seed: 11 },
    );
  });

  it.each([
    ['wasm', undefined],
    ['native', nativeGemm],
  ])('computes the same bits with every number of threads on %s, also in batches of several chunks', (_, gemmOf) => {
    // Wide enough for the library to take part.
    const wider = shapes.map((shape) => ({ ...shape, sizes: shape.sizes.map((n, l) => (l === 1 ? 2 * n + 17 : n)) }));
    fc.assert(
      fc.property(wider, fc.constantFrom(3, 9, 37, 300, 530), (shape, rows) => {
        const setup = randomSetup(shape, 700);
        const batch = Uint32Array.from({ length: rows }, (_, i) => (13 * i) % 560);
        const results = [1, 2, 3, 4, 8].map((threads) => {
          const engine = inTurns(threads, gemmOf)(setup);
          for (let i = 0; i < 2; i++) engine.step(batch, 0.01, 0);
          return { state: engine.save(), validation: engine.evaluate('validation', () => false) };
        });

        for (const result of results) expect(result).toEqual(results[0]);
      }),
      { numRuns: 12, seed: 7 },
    );
  });

  it.each([
    ['of very many weights', [2000, 410, 3]],
    ['of very many outputs', [40, 530, 3]],
    ['of very many weights behind another', [30, 890, 890, 3]],
    ['that is the only one', [50, 40]],
  ])('computes a layer in blocks, with the plain result, and the same bits on every thread: one %s', (_name, sizes) => {
    const shape = shapeOf({
      sizes,
      loss: 'softmax',
      penaltyFactor: 0,
      optimizer: { kind: 'sgd', learningRate: 0.01 },
    });
    const setup = randomSetup(shape, 60);
    for (const rows of [1, 45]) {
      const batch = Uint32Array.from({ length: rows }, (_, i) => (7 * i) % 48);
      const after = (engine: StepEngine) => {
        const { loss } = engine.step(batch, 0.003, 0);
        const validation = engine.evaluate('validation', () => false)!;
        return { loss, validation, parameters: engine.save().parameters };
      };
      const plain = after(plainStepEngine(setup));
      const first = after(inTurns(1, nativeGemm)(setup));
      const others = [2, 3].map((threads) => after(inTurns(threads, nativeGemm)(setup)));

      const furthest = (one: typeof plain, other: typeof plain) =>
        one.parameters.reduce((most, p, i) => Math.max(most, Math.abs(p - other.parameters[i]!)), 0);
      for (const other of others) {
        expect({ ...other, parameters: furthest(other, first) }).toEqual({ ...first, parameters: 0 });
      }
      expect(first.loss / plain.loss).toBeCloseTo(1, 4);
      expect(first.validation.loss / plain.validation.loss).toBeCloseTo(1, 4);
      expect(furthest(first, plain)).toBeLessThan(1e-5);
    }
  });

  it('follows the plain engine where the library multiplies', () => {
    fc.assert(
      fc.property(shapes, fc.integer({ min: 1, max: 600 }), (shape, rows) => {
        const sizes = shape.sizes.map((n, l) => (l === 0 || l === shape.sizes.length - 1 ? n : 2 * n + 17));
        const setup = randomSetup({ ...shape, sizes, optimizer: tame(shape.optimizer) }, 60);
        const [engine, plain] = [inTurns(2, nativeGemm)(setup), plainStepEngine(setup)];
        const batch = Uint32Array.from({ length: rows }, (_, i) => (7 * i) % 48);

        for (const each of [engine, plain]) each.step(batch, 0.003, 0);

        const [ours, theirs] = [engine, plain].map((each) => each.save().parameters);
        expect(ours!.reduce((most, p, i) => Math.max(most, Math.abs(p - theirs![i]!)), 0)).toBeLessThan(2e-3);
      }),
      { numRuns: 30, seed: 3 },
    );
  });

  it('flushes moments too small to matter', () => {
    const shape = shapeOf({
      sizes: [4, 2],
      activation: 'identity',
      loss: 'softmax',
      penaltyFactor: 0,
      optimizer: defaultOptimizers.adam,
    });
    const engine = inTurns(2)(randomSetup(shape, 10));
    const state = engine.save();
    (state.optimizer['firstMoment'] as Float32Array).fill(1e-40);
    engine.restore({ ...state, optimizer: { ...state.optimizer, stepCount: 63 } });
    const blank = Uint32Array.of(0);
    engine.step(blank, 0, 0);

    const moments = engine.save().optimizer['firstMoment'] as Float32Array;

    expect(moments.every((m) => m === 0 || Math.abs(m) >= 1e-30)).toBe(true);
  });
});
