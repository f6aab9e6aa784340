import { describe, expect, it } from 'vitest';
import { adagrad } from '../../../core/optimizers/adagrad.ts';
import { adam } from '../../../core/optimizers/adam.ts';
import type { Optimizer, OptimizerState } from '../../../core/optimizers/optimizer.ts';
import { rmsprop } from '../../../core/optimizers/rmsprop.ts';
import { sgd, withoutLookAhead } from '../../../core/optimizers/sgd.ts';
import { type GoldenCase, toleranceOf } from '../../support/golden.ts';
import { casesOfKind, expectWithin, kindsOf } from '../../support/within.ts';

interface Parameters {
  lr: number;
  momentum?: number;
  nesterov?: boolean;
  betas?: [number, number];
  alpha?: number;
  eps?: number;
  weight_decay: number;
}

interface TrajectoryCase extends GoldenCase {
  optimizer: string;
  params: Parameters;
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
  params: Parameters;
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
  double_well: { f: ([x]) => 0.25 * x! ** 4 - 0.5 * x! * x! + 0.1 * x!, gradient: ([x]) => [x! ** 3 - x! + 0.1] },
};

/** Our optimizer for a case of PyTorch's. */
function optimizerOf({ optimizer, params }: { optimizer: string; params: Parameters }): Optimizer {
  const { lr: learningRate, momentum = 0, nesterov = false, betas: [beta1, beta2] = [0.9, 0.999], eps = 1e-8 } = params;
  switch (optimizer) {
    case 'SGD':
      return sgd({ learningRate, momentum, nesterov });
    case 'Adagrad':
      return adagrad({ learningRate, epsilon: eps });
    case 'RMSprop':
      return rmsprop({ learningRate, decay: params.alpha!, epsilon: eps });
    case 'Adam':
      return adam({ learningRate, beta1, beta2, epsilon: eps });
    case 'AdamW':
      return adam({ learningRate, beta1, beta2, epsilon: eps, weightDecay: params.weight_decay });
    default:
      throw new Error(`no optimizer for ${optimizer}`);
  }
}

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

it('leaves only L-BFGS out of optimizers.json', () => {
  const kinds = kindsOf('optimizers');

  expect(kinds).toEqual(['gradient_sequence', 'lbfgs', 'trajectory']);
});
