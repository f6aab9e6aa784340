/**
 * A step of a run by a minimizer: one iteration over the loss of a whole batch, with the engine as the function.
 *
 * The point is kept in float64 and rounded to float32 for each evaluation; loss and gradient come back in float64. So the function
 * is that of the rounded point, the same every time, and a search ends where its differences are lost in rounding.
 */
import { StudioError } from '../errors.ts';
import { lbfgs, type LbfgsState } from '../optimizers/lbfgs.ts';
import type { OptimizerRecipe } from '../recipe/recipe.ts';
import type { EngineState, StepResult } from './step-engine.ts';

type LbfgsRecipe = Extract<OptimizerRecipe, { kind: 'lbfgs' }>;

/** What the engine gives at a point: means over the batch, the penalty in loss and gradient. */
export interface Evaluation {
  readonly loss: number;
  /** Without the penalty. */
  readonly dataLoss: number;
  readonly correct: number;
  /** May be overwritten by the next evaluation. */
  readonly gradient: Float64Array;
}

export interface MinimizerStep {
  /** One iteration; `evaluate` takes parameters in the order of the model's blocks. */
  step(evaluate: (parameters: Float64Array) => Evaluation): StepResult;
  /** The point, rounded. */
  parameters(): Float32Array;
  save(): EngineState['optimizer'];
  restore(state: EngineState): void;
}

export function minimizerStep(recipe: LbfgsRecipe, size: number): MinimizerStep {
  const { memory, learningRate, gradientTolerance, maxEvaluations, allowMinibatch } = recipe;
  const minimizer = lbfgs({ memory, learningRate, gradientTolerance, evaluationsPerSearch: maxEvaluations });
  let point = new Float64Array(size);
  let state = minimizer.createState(size);
  /** At the point. */
  let dataLoss = 0;
  let correct = 0;

  return {
    step(evaluate) {
      const seen: Evaluation[] = [];
      const counted = (parameters: Float64Array) => {
        const evaluation = evaluate(parameters);
        seen.push(evaluation);
        return evaluation;
      };
      let renewed = 0;
      if (allowMinibatch && state.evaluations > 0) {
        // Another batch is another function: what was known of this point belongs to the last one.
        const { loss, gradient, ...rest } = evaluate(point);
        state.loss = loss;
        state.gradient.set(gradient);
        state.evaluations++;
        ({ dataLoss, correct } = rest);
        renewed = 1;
      }
      const isFirst = state.evaluations === 0;
      const iteration = minimizer.iterate(counted, point, state);
      if (isFirst) ({ dataLoss, correct } = seen[0]!);
      const before = { loss: dataLoss, correct };
      const chosen = seen.findLast(({ loss }) => loss === state.loss);
      if (iteration.stepLength > 0 && chosen !== undefined) ({ dataLoss, correct } = chosen);
      return {
        loss: iteration.stop === 'not-finite' ? NaN : before.loss,
        correct: before.correct,
        evaluations: iteration.evaluations + renewed,
        hasConverged: iteration.stop !== null && !allowMinibatch,
      };
    },

    parameters: () => Float32Array.from(point),

    save() {
      const { steps, gradientChanges, curvatures, gradient, ...numbers } = state;
      return {
        ...numbers,
        dataLoss,
        correct,
        stepCount: state.iterations,
        point: point.slice(),
        gradient: gradient.slice(),
        steps: steps.slice(),
        gradientChanges: gradientChanges.slice(),
        curvatures: curvatures.slice(),
      };
    },

    restore({ optimizer, parameters }) {
      const number = (name: string): number => {
        const value = optimizer[name];
        if (typeof value === 'number') return value;
        throw new StudioError('SHAPE_MISMATCH', { what: name, expected: 'a number', actual: typeof value });
      };
      const vector = (name: string): Float64Array<ArrayBuffer> => Float64Array.from(optimizer[name] as Float64Array);
      point = 'point' in optimizer ? vector('point') : Float64Array.from(parameters);
      if (!('evaluations' in optimizer)) {
        state = minimizer.createState(size);
        return;
      }
      const restored: LbfgsState = {
        iterations: number('iterations'),
        evaluations: number('evaluations'),
        loss: number('loss'),
        pairs: number('pairs'),
        scale: number('scale'),
        gradient: vector('gradient'),
        steps: vector('steps'),
        gradientChanges: vector('gradientChanges'),
        curvatures: vector('curvatures'),
      };
      state = restored;
      dataLoss = number('dataLoss');
      correct = number('correct');
    },
  };
}
