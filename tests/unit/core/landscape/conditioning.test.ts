import { EigenvalueDecomposition, Matrix as LibraryMatrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { dot, norm } from '../../../../core/array/linear-algebra.ts';
import { conditioning, criticalPoint, quadraticDescent } from '../../../../core/landscape/conditioning.ts';
import { lanczos } from '../../../../core/landscape/lanczos.ts';
import { hessianAt } from '../../../../core/models/hessian.ts';
import { lbfgs } from '../../../../core/optimizers/lbfgs.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal } from '../../../../core/random/sampling.ts';
import { smallNetwork, type SmallNetwork, type SmallNetworkOptions } from '../../../support/small-network.ts';

const random = () => createGenerator(1, 'lanczos');

/** Of the Hessian written down, by another library. */
function denseEigenvalues({ model, parameters, x, labels, objective }: SmallNetwork): number[] {
  const product = hessianAt(model, parameters, x, labels, objective);
  const n = parameters.length;
  const columns = Array.from({ length: n }, (_, i) => {
    const unit = new Float64Array(n);
    unit[i] = 1;
    return product(unit);
  });
  const matrix = new LibraryMatrix(columns.map((column) => [...column]));
  return new EigenvalueDecomposition(matrix, { assumeSymmetric: true }).realEigenvalues.sort((a, b) => a - b);
}

const conditioningOf = (network: SmallNetwork, options = {}) =>
  conditioning(network.model, network.parameters, network.x, network.labels, network.objective, {
    random: random(),
    ...options,
  });

/** The network at a minimum of its loss, found with L-BFGS. */
function atMinimum(network: SmallNetwork): SmallNetwork {
  const minimizer = lbfgs({ gradientTolerance: 1e-10, changeTolerance: 0, memory: 30 });
  const parameters = network.parameters.slice();
  const state = minimizer.createState(parameters.length);
  const evaluate = (theta: Float64Array) => ({ loss: network.loss(theta), gradient: network.gradient(theta) });
  for (let k = 0; k < 2000; k++) if (minimizer.iterate(evaluate, parameters, state).stop !== null) break;
  return { ...network, parameters };
}

describe('Lanczos', () => {
  it('finds the ends of a known spectrum, with vectors and honest residuals', () => {
    const eigenvalues = Array.from({ length: 400 }, (_, i) => 1 + i / 10);
    const product = (v: Float64Array) => v.map((value, i) => value * eigenvalues[i]!);

    const result = lanczos(product, 400, { random: random(), mostSteps: 200 });

    expect(result.isConverged).toBe(true);
    expect(result.steps).toBeLessThan(200);
    expect(result.ritz[0]!.value).toBeCloseTo(1, 6);
    expect(result.ritz.at(-1)!.value).toBeCloseTo(40.9, 6);
    expect(Math.abs(result.largestVector[399]!)).toBeCloseTo(1, 6);
    expect(Math.abs(result.smallestVector[0]!)).toBeCloseTo(1, 6);
    for (const { value, residual } of result.ritz) {
      const nearest = Math.min(...eigenvalues.map((lambda) => Math.abs(lambda - value)));
      expect(nearest).toBeLessThanOrEqual(residual + 1e-10);
    }
  });

  it('closes early where few eigenvalues are different, and finds each of them', () => {
    const product = (v: Float64Array) => v.map((value, i) => value * (i % 3));

    const { ritz, isClosed } = lanczos(product, 90, { random: random(), mostSteps: 90 });

    expect(isClosed).toBe(true);
    expect(ritz.map(({ value }) => Math.round(value * 1e9) / 1e9)).toEqual([0, 1, 2]);
  });

  it('stops when asked, and gives the same numbers for the same seed', () => {
    const product = (v: Float64Array) => v.map((value, i) => value * i);
    const run = () => lanczos(product, 100, { random: random(), mostSteps: 100, shouldStop: (done) => done === 12 });

    expect(run().steps).toBe(12);
    expect(run()).toEqual(run());
  });
});

describe('conditioning', () => {
  const models: SmallNetworkOptions[] = [
    { sizes: [40, 10], samples: 60, l2: 0.01 }, // 410 parameters
    { sizes: [20, 10], samples: 60, l2: 0, loss: 'squared-hinge' }, // 210
    { sizes: [12, 9, 6], samples: 80, l2: 0.01 }, // 177
    { sizes: [12, 9, 6], samples: 80, l2: 0.01, activation: 'relu' },
    { sizes: [8, 7, 6, 5], samples: 50, l2: 0.001, activation: 'gelu' }, // 146
  ];

  it.each(models)('agrees with a full decomposition within 1 %% for $sizes $loss $activation', (options) => {
    const network = smallNetwork(options);
    const eigenvalues = denseEigenvalues(network);
    const top = eigenvalues.at(-1)!;

    const found = conditioningOf(network, { denseLimit: 0, mostSteps: 500 });

    expect(found.method).toBe('lanczos');
    expect(found.isConverged).toBe(true);
    expect(found.largest.value / top).toBeCloseTo(1, 6); // 1 % is asked
    expect(Math.abs(found.smallest.value - eigenvalues[0]!)).toBeLessThan(1e-5 * top);
    // Every Ritz value is an eigenvalue to within its residual, and λ⁺ is never below the true one.
    for (const { value, residual } of found.spectrum) {
      expect(Math.min(...eigenvalues.map((lambda) => Math.abs(lambda - value)))).toBeLessThanOrEqual(residual + 1e-9);
    }
    const positive = eigenvalues.find((value) => value > found.cutOff)!;
    expect(found.smallestPositive!.value).toBeGreaterThanOrEqual(positive - 1e-9);
  });

  it('finds λ⁺ and κ within 1 % where Lanczos may take as many steps as there are parameters', () => {
    const network = smallNetwork({ sizes: [12, 5], samples: 60, l2: 0.01 });
    const eigenvalues = denseEigenvalues(network).filter((value) => value > 1e-9);

    const dense = conditioningOf(network);
    const lanczos = conditioningOf({ ...network }, { denseLimit: 0, mostSteps: 65, tolerance: 1e-14 });

    expect(dense.method).toBe('dense');
    for (const found of [dense, lanczos]) {
      expect(found.smallestPositive!.value / eigenvalues[0]!).toBeCloseTo(1, 2);
      expect(found.conditionNumber! / (eigenvalues.at(-1)! / eigenvalues[0]!)).toBeCloseTo(1, 2);
    }
  });

  it.each([{ sizes: [40, 10] }, { sizes: [12, 9, 6] }])(
    'knows after a few products how little a penalty bends what no class tells apart, $sizes',
    ({ sizes }) => {
      const network = smallNetwork({ sizes, samples: 60, l2: 0.01 });
      const found = conditioningOf(network, { denseLimit: 0, mostSteps: 12 });
      const positive = denseEigenvalues(network).find((value) => value > found.cutOff)!;

      // ½λ‖W‖² bends by λ along every direction; the data’s loss not at all along this one.
      expect(found.smallestPositive!.value).toBeLessThanOrEqual(0.01 + 1e-12);
      expect(found.smallestPositive!.value).toBeGreaterThanOrEqual(positive - 1e-9);
      expect(found.smallestPositive!.residual).toBeLessThan(1e-12);
      expect(found.conditionNumber).toBeCloseTo(found.largest.value / found.smallestPositive!.value, 9);
    },
  );

  it('names the d + 1 flat directions of softmax, and finds just as many zeros', () => {
    const network = smallNetwork({ sizes: [7, 4], samples: 60, l2: 0 });
    const found = conditioningOf(network);

    const flat = found.spectrum.filter(({ value }) => Math.abs(value) <= found.cutOff).length;
    expect(found.nullDirections).toEqual([{ kind: 'class-shift', count: 8, measured: expect.closeTo(0, 12) }]);
    expect(flat).toBe(8);
    expect(found.smallest.value).toBeCloseTo(0, 12);
  });

  it('keeps only the bias direction flat under a penalty, and none for one-against-all', () => {
    const softmax = conditioningOf(smallNetwork({ sizes: [7, 4], samples: 60, l2: 0.1 }));
    const ranked = conditioningOf(smallNetwork({ sizes: [7, 4], samples: 60, l2: 0.1, loss: 'squared-hinge' }));

    expect(softmax.nullDirections).toMatchObject([{ kind: 'class-shift', count: 1 }]);
    expect(softmax.spectrum.filter(({ value }) => value <= softmax.cutOff).length).toBe(1);
    expect(ranked.nullDirections).toEqual([]);
    expect(ranked.smallest.value).toBeGreaterThan(0);
  });

  it('names constant inputs and silent units, as many as there are zeros', () => {
    const linear = smallNetwork({ sizes: [7, 4], samples: 60, l2: 0 });
    for (let i = 0; i < 60; i++) linear.x.data[i * 7 + 2] = 3;
    const network = smallNetwork({ sizes: [5, 6, 4], samples: 80, l2: 0, activation: 'relu' });
    network.parameters[network.model.blocks[1]!.offset + 4] = -1e3; // the bias of unit 4

    const constant = conditioningOf(linear);
    const silent = conditioningOf(network);

    expect(constant.nullDirections).toEqual([
      { kind: 'class-shift', count: 8, measured: expect.closeTo(0, 12) },
      { kind: 'constant-input', count: 3, measured: expect.closeTo(0, 12) },
    ]);
    expect(constant.spectrum.filter(({ value }) => Math.abs(value) <= constant.cutOff).length).toBe(11);
    expect(silent.nullDirections).toEqual([
      { kind: 'class-shift', count: 7, measured: expect.closeTo(0, 12) },
      { kind: 'silent-unit', count: 6 + 3, measured: expect.closeTo(0, 12) },
    ]);
    // A ReLU unit can also be scaled up and its outgoing weights down; only at a critical point is that flat too.
    expect(silent.spectrum.filter(({ value }) => Math.abs(value) <= silent.cutOff).length).toBeGreaterThanOrEqual(16);
  });

  it('reports a network whose weights are all 0 as a saddle, and the minimum of a penalised loss as one', () => {
    const network = smallNetwork({ sizes: [4, 3, 2], samples: 10, l2: 0 });
    const balanced = { ...network, labels: network.labels.map((_, i) => i % 2), parameters: new Float64Array(23) };
    const minimum = atMinimum(smallNetwork({ sizes: [4, 3], loss: 'squared-hinge', l2: 0.1 }));
    const flat = atMinimum(smallNetwork({ sizes: [4, 3], loss: 'softmax', l2: 0.1 }));
    const slope = conditioningOf(network);

    const zero = conditioningOf(balanced);

    expect(zero.gradientNorm).toBeCloseTo(0, 12);
    expect(zero.point).toBe('saddle');
    expect(zero.smallest.value).toBeLessThan(-1e-3);
    expect(conditioningOf(minimum).point).toBe('minimum');
    expect(conditioningOf(flat).point).toBe('flat-minimum'); // the biases of all classes can move together
    expect(slope.point).toBe('slope');
  });

  it('tells all kinds of critical points by the ends of the spectrum', () => {
    const point = (low: number, high: number, residual = 0) =>
      criticalPoint({ value: low, residual }, { value: high, residual }, 1e-9);

    expect([point(1, 2), point(0, 2), point(-1, 2), point(-2, -1), point(0, 0)]).toEqual([
      'minimum',
      'flat-minimum',
      'saddle',
      'maximum',
      'flat',
    ]);
    expect(point(-1e-3, 2, 1e-2)).toBe('flat-minimum'); // not known well enough to call it a saddle
  });
});

describe('the largest stable learning rate, 2/λmax,', () => {
  const network = atMinimum(smallNetwork({ sizes: [6, 4], samples: 40, l2: 0.01 }));
  const { largest, largestVector, largestStableRate } = conditioningOf(network);

  it('parts falling from growing on the local quadratic model', () => {
    const gradient = largestVector.map((value) => value * largest.value); // one away along the top eigenvector
    const eigen = [{ value: largest.value, vector: largestVector }];

    const below = quadraticDescent(gradient, eigen, 1.9 / largest.value, 30).map(([c]) => Math.abs(c!));
    const above = quadraticDescent(gradient, eigen, 2.1 / largest.value, 30).map(([c]) => Math.abs(c!));

    expect(largestStableRate).toBe(2 / largest.value);
    below.slice(1).forEach((c, k) => expect(c).toBeLessThan(below[k]!));
    above.slice(1).forEach((c, k) => expect(c).toBeGreaterThan(above[k]!));
  });

  it('parts falling from rising for softmax near its minimum, within 20 steps', () => {
    const descend = (rate: number) => {
      const theta = network.parameters.map((value, i) => value + 1e-3 * largestVector[i]!);
      const losses = [network.loss(theta)];
      for (let k = 0; k < 20; k++) {
        const gradient = network.gradient(theta);
        for (let i = 0; i < theta.length; i++) theta[i]! -= rate * gradient[i]!;
        losses.push(network.loss(theta));
      }
      return losses;
    };

    const below = descend(1.9 / largest.value);
    const above = descend(2.1 / largest.value);

    below.slice(1).forEach((loss, k) => expect(loss).toBeLessThanOrEqual(below[k]! + 1e-15));
    expect(above.at(-1)!).toBeGreaterThan(above[0]!);
  });

  it('diverges along the top eigenvector on a quadratic', () => {
    const n = 12;
    const curvatures = Array.from({ length: n }, (_, i) => 1 + i);
    const source = random();
    const theta = Float64Array.from({ length: n }, () => normal(source));
    const rate = 2.1 / 12;
    for (let k = 0; k < 120; k++) for (let i = 0; i < n; i++) theta[i]! -= rate * curvatures[i]! * theta[i]!;

    const top = new Float64Array(n);
    top[n - 1] = 1;
    expect(norm(theta)).toBeGreaterThan(100);
    expect(Math.abs(dot(theta, top)) / norm(theta)).toBeGreaterThan(0.999);
  });
});

it('leaves everything as it is', () => {
  const network = smallNetwork();
  const before = structuredClone({ parameters: network.parameters, x: network.x });

  conditioningOf(network);

  expect({ parameters: network.parameters, x: network.x }).toEqual(before);
});
