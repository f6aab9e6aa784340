import { describe, expect, it } from 'vitest';
import { lbfgs } from '../../../../core/optimizers/lbfgs.ts';
import { cubicMinimum, strongWolfeSearch } from '../../../../core/optimizers/line-search.ts';
import type { Evaluate } from '../../../../core/optimizers/minimizer.ts';

const rosenbrock: Evaluate = (theta) => {
  const [x, y] = [theta[0]!, theta[1]!];
  return {
    loss: (1 - x) ** 2 + 100 * (y - x * x) ** 2,
    gradient: Float64Array.of(-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)),
  };
};
const hardStart = () => Float64Array.of(-1.2, 1);

/** ½ Σ kᵢ·θᵢ², a bowl with known curvatures. */
const bowl =
  (curvatures: readonly number[]): Evaluate =>
  (theta) => ({
    loss: theta.reduce((sum, value, i) => sum + 0.5 * curvatures[i]! * value * value, 0),
    gradient: theta.map((value, i) => curvatures[i]! * value),
  });

describe('L-BFGS', () => {
  it('goes on from a saved state exactly as if it had not stopped', () => {
    const minimizer = lbfgs({ memory: 4 });
    const parameters = hardStart();
    const state = minimizer.createState(2);
    for (let k = 0; k < 12; k++) minimizer.iterate(rosenbrock, parameters, state);
    const saved = structuredClone({ parameters, state });

    for (let k = 0; k < 12; k++) minimizer.iterate(rosenbrock, parameters, state);
    const resumed = lbfgs({ memory: 4 });
    for (let k = 0; k < 12; k++) resumed.iterate(rosenbrock, saved.parameters, saved.state);

    expect(saved.parameters).toEqual(parameters);
    expect(saved.state).toEqual(state);
  });

  it('counts every evaluation, and makes at most 25 in one search', () => {
    const minimizer = lbfgs();
    const parameters = hardStart();
    const state = minimizer.createState(2);
    let asked = 0;
    const counting: Evaluate = (theta) => (asked++, rosenbrock(theta));

    let told = 0;
    for (let k = 0; k < 40; k++) {
      const { evaluations, stop } = minimizer.iterate(counting, parameters, state);
      told += evaluations;
      expect(evaluations).toBeLessThanOrEqual(k === 0 ? 26 : 25);
      if (stop !== null) break;
    }

    expect([told, state.evaluations]).toEqual([asked, asked]);
  });

  it('lowers the loss in every iteration until it says why it ends', () => {
    const minimizer = lbfgs();
    const parameters = hardStart();
    const state = minimizer.createState(2);
    const losses: number[] = [];
    let stop = null;

    while (stop === null) {
      const iteration = minimizer.iterate(rosenbrock, parameters, state);
      ({ stop } = iteration);
      if (iteration.stepLength > 0) losses.push(iteration.loss);
    }

    losses.slice(1).forEach((loss, k) => expect(loss).toBeLessThan(losses[k]!));
    expect(stop).toBe('direction'); // φ′(0) of 9e-13 is below the tolerance
    expect([...parameters]).toEqual([expect.closeTo(1, 4), expect.closeTo(1, 4)]);
  });

  it('forgets all but the last m pairs', () => {
    const curvatures = [1, 3, 10, 30, 100, 300];
    const run = (memory: number) => {
      const minimizer = lbfgs({ memory, changeTolerance: 1e-15 });
      const parameters = new Float64Array(6).fill(1);
      const state = minimizer.createState(6);
      let count = 0;
      while (count < 500 && minimizer.iterate(bowl(curvatures), parameters, state).stop === null) count++;
      return { count, state, worst: Math.max(...parameters.map(Math.abs)) };
    };

    const [short, long] = [run(1), run(20)];

    expect(short.state.steps.length).toBe(6);
    expect(long.state.steps.length).toBe(120);
    expect([short.worst < 1e-4, long.worst < 1e-4]).toEqual([true, true]);
    expect(long.count).toBeLessThan(short.count); // it knows more of the bowl
  });

  it('leaves the parameters where they were when the function throws, and can go on', () => {
    const minimizer = lbfgs();
    const parameters = hardStart();
    const state = minimizer.createState(2);
    minimizer.iterate(rosenbrock, parameters, state);
    const before = structuredClone({ parameters, state });

    expect(() =>
      minimizer.iterate(
        () => {
          throw new Error('cancelled');
        },
        parameters,
        state,
      ),
    ).toThrow('cancelled');

    expect({ parameters, state }).toEqual(before);
  });

  it('comes back from where the function is not finite, and refuses to start there', () => {
    const logarithm: Evaluate = ([x]) => ({ loss: x! - Math.log(x!), gradient: Float64Array.of(1 - 1 / x!) });
    const minimizer = lbfgs({ learningRate: 1e3 });
    const parameters = Float64Array.of(5);
    const state = minimizer.createState(1);

    for (let k = 0; k < 60 && minimizer.iterate(logarithm, parameters, state).stop === null; k++);
    const nowhere = Float64Array.of(-1);
    const refused = minimizer.iterate(logarithm, nowhere, minimizer.createState(1));

    expect(parameters[0]).toBeCloseTo(1, 5);
    expect(refused).toMatchObject({ stop: 'not-finite', stepLength: 0 });
    expect([...nowhere]).toEqual([-1]);
  });

  it('ends at once where the gradient is 0', () => {
    const minimizer = lbfgs();
    const parameters = new Float64Array(3);

    const iteration = minimizer.iterate(bowl([1, 1, 1]), parameters, minimizer.createState(3));

    expect(iteration).toMatchObject({ stop: 'gradient', evaluations: 1, stepLength: 0 });
  });

  it.each([{ memory: 0 }, { learningRate: 0 }, { gradientTolerance: -1 }, { evaluationsPerSearch: 0.5 }])(
    'refuses %o',
    (options) => {
      expect(() => lbfgs(options)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    },
  );
});

describe('the line search', () => {
  const options = { decrease: 1e-4, curvature: 0.9, mostEvaluations: 25, shortestInterval: 1e-12 };

  it('finds a step that satisfies both Wolfe conditions, from far too short and far too long trials', () => {
    const phi = (t: number) => ({ loss: (t - 3) ** 2 + Math.sin(5 * t), slope: 2 * (t - 3) + 5 * Math.cos(5 * t) });
    const start = { loss: 9, slope: -1 }; // φ(0) = 9, φ′(0) = −6 + 5

    for (const first of [1e-4, 0.1, 1, 10, 1e4]) {
      const { step, point } = strongWolfeSearch(phi, start, first, options);

      expect(point!.loss, String(first)).toBeLessThanOrEqual(9 - 1e-4 * step);
      expect(Math.abs(point!.slope), String(first)).toBeLessThanOrEqual(0.9);
    }
  });

  it('gives up at its limit with the lowest point it has seen', () => {
    const falling = (t: number) => ({ loss: -t, slope: -1 });
    const rising = (t: number) => ({ loss: t, slope: 1 });

    const far = strongWolfeSearch(falling, { loss: 0, slope: -1 }, 1, { ...options, mostEvaluations: 5 });
    const nowhere = strongWolfeSearch(rising, { loss: 0, slope: -1 }, 1, { ...options, mostEvaluations: 5 });

    expect(far).toMatchObject({ step: 10 ** 4, evaluations: 5 });
    expect(nowhere).toMatchObject({ step: 0, point: null, evaluations: 5 });
  });

  it('takes the minimum of the cubic, whichever end comes first', () => {
    const cubic = (t: number) => ({ t, loss: t ** 3 - 3 * t, slope: 3 * t * t - 3 }); // minimum at 1

    expect(cubicMinimum(cubic(0), cubic(2), 0, 2)).toBeCloseTo(1, 12);
    expect(cubicMinimum(cubic(2), cubic(0), 0, 2)).toBeCloseTo(1, 12);
    expect(cubicMinimum(cubic(0), cubic(2), 1.5, 2)).toBe(1.5);
  });
});
