import { describe, expect, it } from 'vitest';
import { lbfgs } from '../../../core/optimizers/lbfgs.ts';
import type { Optimizer, OptimizerState } from '../../../core/optimizers/optimizer.ts';
import { sgd, withoutLookAhead } from '../../../core/optimizers/sgd.ts';
import { type GoldenCase, toleranceOf } from '../../support/golden.ts';
import { optimizerOf, type TorchParameters } from '../../support/torch-optimizer.ts';
import { casesOfKind, expectWithin, kindsOf } from '../../support/within.ts';

interface TrajectoryCase extends GoldenCase {
  optimizer: string;
  params: TorchParameters;
  problem: string;
  start: number[];
  steps: number;
  expected: {
    theta: number[][];
    f: number[];
    grad: number[][];
    state?: Record<string, number[][]>;
    lectureW?: number[][];
    comparableEntries: number;
  };
}

interface SequenceCase extends GoldenCase {
  optimizer: string;
  params: TorchParameters;
  start: number[];
  gradients: number[][];
  expected: { theta: number[][]; state: Record<string, number[][]> };
}

/** The toy losses with their derivatives, worked out by hand from the formulas in the file. */
const problems: Record<string, { f(x: number[]): number; gradient(x: number[]): number[] }> = {
  quadratic_cond100: {
    f: ([x, y]) => 0.5 * (x! * x! + 100 * y! * y!),
    gradient: ([x, y]) => [x!, 100 * y!],
  },
  rosenbrock: {
    f: ([x, y]) => (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2,
    gradient: ([x, y]) => [-2 * (1 - x!) - 400 * x! * (y! - x! * x!), 200 * (y! - x! * x!)],
  },
  beale: {
    f: ([x, y]) => (1.5 - x! + x! * y!) ** 2 + (2.25 - x! + x! * y! ** 2) ** 2 + (2.625 - x! + x! * y! ** 3) ** 2,
    gradient([x, y]) {
      const [a, b, c] = [1.5 - x! + x! * y!, 2.25 - x! + x! * y! ** 2, 2.625 - x! + x! * y! ** 3];
      return [
        2 * a * (y! - 1) + 2 * b * (y! ** 2 - 1) + 2 * c * (y! ** 3 - 1),
        2 * a * x! + 4 * b * x! * y! + 6 * c * x! * y! ** 2,
      ];
    },
  },
  saddle: { f: ([x, y]) => x! * x! - y! * y!, gradient: ([x, y]) => [2 * x!, -2 * y!] },
  rastrigin1d: {
    f: ([x]) => 10 + x! * x! - 10 * Math.cos(2 * Math.PI * x!),
    gradient: ([x]) => [2 * x! + 20 * Math.PI * Math.sin(2 * Math.PI * x!)],
  },
  saddle_bounded: {
    f: ([x, y]) => x! * x! - y! * y! + 0.25 * y! ** 4,
    gradient: ([x, y]) => [2 * x!, -2 * y! + y! ** 3],
  },
  double_well: { f: ([x]) => 0.25 * x! ** 4 - 0.5 * x! * x! + 0.1 * x!, gradient: ([x]) => [x! ** 3 - x! + 0.1] },
};

/** PyTorch's names of what we keep. */
const stateNames: Record<string, string> = {
  momentum_buffer: 'velocity',
  sum: 'squareSum',
  square_avg: 'squareAverage',
  exp_avg: 'firstMoment',
  exp_avg_sq: 'secondMoment',
};

function trajectory(
  optimizer: Optimizer,
  start: number[],
  steps: number,
  gradientAt: (x: number[], k: number) => number[],
) {
  const theta = Float64Array.from(start);
  const state = optimizer.createState(theta.length);
  const visited = [[...theta]];
  const states: OptimizerState[] = [];
  for (let k = 0; k < steps; k++) {
    optimizer.step(theta, Float64Array.from(gradientAt([...theta], k)), state);
    visited.push([...theta]);
    states.push(structuredClone(state));
  }
  return { visited, states };
}

function expectStates(
  golden: GoldenCase,
  states: OptimizerState[],
  expected: Record<string, number[][]> = {},
  count: number,
) {
  for (const [name, values] of Object.entries(expected)) {
    const got = states.slice(0, count).map((state) => state[stateNames[name]!] as Float64Array);
    expectWithin(got, values.slice(0, count), toleranceOf(golden, 'state'), name);
  }
}

describe('optimizers, like PyTorch,', () => {
  it.each(casesOfKind<TrajectoryCase>('optimizers', 'trajectory'))('follow the path of $id', (golden) => {
    const { start, steps, expected, params } = golden;
    const problem = problems[golden.problem]!;
    // Plain L2 belongs to the loss here; AdamW's decay to the optimizer.
    const l2 = golden.optimizer === 'AdamW' ? 0 : params.weight_decay;
    const gradientAt = (x: number[]) => problem.gradient(x).map((g, i) => g + l2 * x[i]!);

    const { visited, states } = trajectory(optimizerOf(golden), start, steps, gradientAt);

    const n = expected.comparableEntries;
    expectWithin(visited.slice(0, n), expected.theta.slice(0, n), toleranceOf(golden, 'theta'), 'theta');
    expectWithin(visited.slice(0, n).map(problem.f), expected.f.slice(0, n), toleranceOf(golden, 'f'), 'f');
    expectWithin(
      visited.slice(0, n).map(problem.gradient),
      expected.grad.slice(0, n),
      toleranceOf(golden, 'grad'),
      'grad',
    );
    expectStates(golden, states, expected.state, n - 1);
    if (expected.lectureW) {
      const settings = { momentum: params.momentum!, learningRate: params.lr };
      const w = states.map((state, k) =>
        withoutLookAhead(Float64Array.from(visited[k + 1]!), { velocity: state['velocity'] as Float64Array }, settings),
      );
      const wanted = expected.lectureW.length === w.length ? expected.lectureW : expected.lectureW.slice(1);
      expectWithin(w.slice(0, n - 1), wanted.slice(0, n - 1), toleranceOf(golden, 'theta'), 'w');
    }
  });

  it.each(casesOfKind<SequenceCase>('optimizers', 'gradient_sequence'))('follow the gradients of $id', (golden) => {
    const { start, gradients, expected } = golden;

    const { visited, states } = trajectory(optimizerOf(golden), start, gradients.length, (_, k) => gradients[k]!);

    expectWithin(visited, expected.theta, toleranceOf(golden, 'theta'), 'theta');
    expectStates(golden, states, expected.state, gradients.length);
  });

  it('take the same path with the rate inside or outside the velocity while the rate is constant', () => {
    for (const golden of casesOfKind<TrajectoryCase>('optimizers', 'trajectory')) {
      const { optimizer, params, start, steps, expected } = golden;
      if (optimizer !== 'SGD' || !params.momentum || params.weight_decay > 0) continue;
      const { momentum, nesterov = false, lr: learningRate } = params;
      const inside = sgd({ learningRate, momentum, nesterov, rate: 'inside' });

      const { visited } = trajectory(inside, start, steps, problems[golden.problem]!.gradient);

      expectWithin(visited, expected.theta, toleranceOf(golden, 'theta'), golden.id);
    }
  });
});

interface LbfgsCase extends GoldenCase {
  params: { lr: number; tolerance_grad: number; tolerance_change: number; history_size: number };
  problem: string;
  start: number[];
  steps: number;
  expected: {
    theta: number[][];
    f: number[];
    stepLength: number[];
    funcEvals: number[];
    hDiag: number[];
    comparableIterates: number;
    finalX: number[];
    properties: { uniqueStationaryPoint: boolean; finalGradMaxAtMost: number; iterationsAtMost: number };
  };
}

describe('L-BFGS, like PyTorch,', () => {
  it.each(casesOfKind<LbfgsCase>('optimizers', 'lbfgs'))('takes the path of $id', (golden) => {
    const { params, start, steps, expected } = golden;
    const problem = problems[golden.problem]!;
    const minimizer = lbfgs({
      memory: params.history_size,
      learningRate: params.lr,
      gradientTolerance: params.tolerance_grad,
      changeTolerance: params.tolerance_change,
    });
    const parameters = Float64Array.from(start);
    const state = minimizer.createState(start.length);
    let asked = 0;
    const evaluate = (theta: Float64Array) => {
      asked++;
      return { loss: problem.f([...theta]), gradient: Float64Array.from(problem.gradient([...theta])) };
    };

    const visited = [[...parameters]];
    const losses = [problem.f(start)];
    const stepLengths: number[] = [];
    const counts: number[] = [];
    const scales: number[] = [];
    while (visited.length <= steps) {
      scales.push(state.scale);
      const { loss, stepLength } = minimizer.iterate(evaluate, parameters, state);
      if (stepLength === 0) break; // PyTorch was called once an iteration here, and so ends only where nothing moves
      visited.push([...parameters]);
      losses.push(loss);
      stepLengths.push(stepLength);
      counts.push(asked);
    }

    const n = expected.comparableIterates;
    const close = { abs: 1e-9, rel: 1e-6 };
    expectWithin(visited.slice(0, n), expected.theta.slice(0, n), toleranceOf(golden, 'theta'), 'theta');
    expectWithin(losses.slice(0, n), expected.f.slice(0, n), toleranceOf(golden, 'f'), 'f');
    expectWithin(stepLengths.slice(0, n - 1), expected.stepLength.slice(0, n - 1), close, 'step length');
    expectWithin(scales.slice(0, n - 1), expected.hDiag.slice(0, n - 1), close, 'scale');
    // PyTorch evaluated the start of each of its calls once more.
    expect(counts.slice(0, n - 1)).toEqual(expected.funcEvals.slice(0, n - 1).map((count, k) => count - k));
    expect(state.evaluations).toBe(asked);

    const { properties } = expected;
    expect(Math.max(...state.gradient.map(Math.abs))).toBeLessThanOrEqual(properties.finalGradMaxAtMost);
    expect(state.iterations).toBeLessThanOrEqual(properties.iterationsAtMost);
    losses.slice(1).forEach((loss, k) => expect(loss).toBeLessThanOrEqual(losses[k]!));
    if (properties.uniqueStationaryPoint) {
      expectWithin([...parameters], expected.finalX, toleranceOf(golden, 'final'), 'where it ends');
    }
  });
});

it('leaves nothing out of optimizers.json', () => {
  const kinds = kindsOf('optimizers');

  expect(kinds).toEqual(['gradient_sequence', 'lbfgs', 'trajectory']);
});
