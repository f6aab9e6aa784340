/**
 * L-BFGS: Newton's direction from the last m changes of point and gradient, and a search along it.
 *
 * With the pairs s = θ_{k+1} − θ_k, y = g_{k+1} − g_k and ρ = 1/(y·s), newest last:
 *
 *     q ← g;   newest to oldest:  a ← ρ·(s·q),  q ← q − a·y
 *     r ← γ·q                                            γ = s·y / y·y of the newest pair
 *              oldest to newest:  b ← ρ·(y·r),  r ← r + s·(a − b)
 *     d = −r,   θ ← θ + t·d                              t by the strong Wolfe conditions, c₁ = 1e-4, c₂ = 0.9
 *
 * The first direction is −g with the first trial min(1, 1/‖g‖₁)·α; later ones are tried at α, which is 1 for Newton. A pair
 * is kept only if y·s > 1e-10: only then is the approximation positive definite and d a way down. It ends when max |g| is
 * at most the gradient tolerance (the largest entry, not their sum), or when loss or parameters change by less than the
 * change tolerance. Every evaluation is counted, those of the search too; value and gradient at the point are kept, so
 * that none is made twice.
 *
 * Source: Nocedal & Wright 2006, "Numerical Optimization", Algorithms 7.4, 7.5; Liu & Nocedal 1989, Math. Programming 45.
 * Golden: tests/golden/data/optimizers.json, kind lbfgs (PyTorch, float64).
 */
import { dot } from '../array/linear-algebra.ts';
import { allFinite, largestMagnitude } from '../array/reduce.ts';
import { requireInteger, requireNonNegative, requirePositive } from '../options.ts';
import { strongWolfeSearch } from './line-search.ts';
import type { Evaluate, Iteration, Minimizer } from './minimizer.ts';

export interface LbfgsOptions {
  /** m. Pairs to remember, ≥ 1; defaults to 10. The state holds 2m + 1 vectors. */
  memory?: number;
  /** α. First trial of each search, > 0; defaults to 1. */
  learningRate?: number;
  /** Ends at max |g| ≤ this, ≥ 0; defaults to 1e-7. */
  gradientTolerance?: number;
  /** Ends when loss or parameters change by less, ≥ 0; defaults to 1e-9. */
  changeTolerance?: number;
  /** Of the function in one search, ≥ 1; defaults to 25. */
  evaluationsPerSearch?: number;
}

export type LbfgsState = {
  /** Iterations and evaluations so far. */
  iterations: number;
  evaluations: number;
  /** At the current parameters; meaningless before the first evaluation. */
  loss: number;
  gradient: Float64Array;
  /** Pairs so far; the last `memory` of them are kept, pair k in row k mod m. */
  pairs: number;
  /** (m, n) s and y, and (m) y·s. */
  steps: Float64Array;
  gradientChanges: Float64Array;
  curvatures: Float64Array;
  /** γ. */
  scale: number;
};

const leastCurvature = 1e-10;
const search = { decrease: 1e-4, curvature: 0.9 };
/** A search interval that moves no parameter by more than this is not divided further. */
const shortestMove = 1e-9;

export function lbfgs(options: LbfgsOptions = {}): Minimizer<LbfgsState> {
  const { memory = 10, learningRate = 1, gradientTolerance = 1e-7, changeTolerance = 1e-9 } = options;
  const { evaluationsPerSearch = 25 } = options;
  requireInteger('memory', memory, 1);
  requirePositive('learningRate', learningRate);
  requireNonNegative('gradientTolerance', gradientTolerance);
  requireNonNegative('changeTolerance', changeTolerance);
  requireInteger('evaluationsPerSearch', evaluationsPerSearch, 1);

  /** −H·g by the two loops. */
  function direction({ gradient, pairs, steps, gradientChanges, curvatures, scale }: LbfgsState): Float64Array {
    const n = gradient.length;
    const oldest = Math.max(0, pairs - memory);
    const rowOf = (k: number, rows: Float64Array) => rows.subarray((k % memory) * n, ((k % memory) + 1) * n);
    const weights = new Float64Array(memory);
    const d = gradient.map((g) => -g);
    for (let k = pairs - 1; k >= oldest; k--) {
      const a = (weights[k % memory] = dot(rowOf(k, steps), d) / curvatures[k % memory]!);
      add(d, -a, rowOf(k, gradientChanges));
    }
    for (let i = 0; i < n; i++) d[i]! *= scale;
    for (let k = oldest; k < pairs; k++) {
      const b = dot(rowOf(k, gradientChanges), d) / curvatures[k % memory]!;
      add(d, weights[k % memory]! - b, rowOf(k, steps));
    }
    return d;
  }

  /** Keeps the pair of a step, in the place of the oldest. */
  function remember(state: LbfgsState, step: Float64Array, change: Float64Array): void {
    const curvature = dot(change, step);
    if (!(curvature > leastCurvature)) return;
    const row = state.pairs++ % memory;
    state.steps.set(step, row * step.length);
    state.gradientChanges.set(change, row * step.length);
    state.curvatures[row] = curvature;
    state.scale = curvature / dot(change, change);
  }

  return {
    name: 'L-BFGS',

    createState: (size) => ({
      iterations: 0,
      evaluations: 0,
      loss: 0,
      gradient: new Float64Array(size),
      pairs: 0,
      steps: new Float64Array(memory * size),
      gradientChanges: new Float64Array(memory * size),
      curvatures: new Float64Array(memory),
      scale: 1,
    }),

    iterate(evaluate: Evaluate, parameters, state): Iteration {
      let evaluations = 0;
      const ended = (stop: Iteration['stop'], stepLength = 0): Iteration => {
        const { loss, gradient } = state;
        return { loss, largestGradient: largestMagnitude(gradient), evaluations, stepLength, stop };
      };
      if (state.evaluations === 0) {
        const { loss, gradient } = evaluate(parameters);
        evaluations = state.evaluations = 1;
        state.loss = loss;
        state.gradient.set(gradient);
      }
      if (!Number.isFinite(state.loss) || !allFinite(state.gradient)) return ended('not-finite');
      if (largestMagnitude(state.gradient) <= gradientTolerance) return ended('gradient');

      const d = direction(state);
      const slope = dot(state.gradient, d);
      if (!(slope < 0 && slope <= -changeTolerance)) return ended('direction');
      const absoluteSum = state.gradient.reduce((sum, g) => sum + Math.abs(g), 0);
      const firstStep = state.iterations === 0 ? Math.min(1, 1 / absoluteSum) * learningRate : learningRate;

      const trial = new Float64Array(parameters.length);
      const at = (t: number) => {
        for (let i = 0; i < trial.length; i++) trial[i] = parameters[i]! + t * d[i]!;
        const { loss, gradient } = evaluate(trial);
        return { loss, slope: dot(gradient, d), gradient: gradient.slice() };
      };
      const found = strongWolfeSearch(at, { loss: state.loss, slope }, firstStep, {
        ...search,
        mostEvaluations: evaluationsPerSearch,
        shortestInterval: shortestMove / largestMagnitude(d),
      });

      evaluations += found.evaluations;
      state.evaluations += found.evaluations;
      state.iterations++;
      const { step: t, point } = found;
      if (point === null) return ended('change');
      const lossBefore = state.loss;
      const change = point.gradient.map((g, i) => g - state.gradient[i]!);
      const step = d.map((value) => t * value);
      add(parameters, t, d);
      state.loss = point.loss;
      state.gradient.set(point.gradient);
      remember(state, step, change);

      if (largestMagnitude(state.gradient) <= gradientTolerance) return ended('gradient', t);
      const isStill = largestMagnitude(step) <= changeTolerance || Math.abs(state.loss - lossBefore) < changeTolerance;
      return ended(isStill ? 'change' : null, t);
    },
  };
}

/** a ← a + factor·b. */
function add(a: Float64Array, factor: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i]! += factor * b[i]!;
}
