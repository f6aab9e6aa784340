/** The loss along one or two directions: see core/landscape/loss-plane.ts. */
import { norm } from '../../../core/array/linear-algebra.ts';
import { conditioning } from '../../../core/landscape/conditioning.ts';
import { cosine, lossGrid, scaledRandomDirection, unitDirection } from '../../../core/landscape/loss-plane.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { checkedModel, type CheckedModel } from '../checked-model.ts';
import { readCheckpoint } from '../checkpoint-file.ts';
import type { TaskContext, TaskInput, TaskOutput } from '../task.ts';
import { stepsThatFit } from './settled-at.ts';
import { stopper, Work } from './work.ts';

export function lossGridTask(
  input: TaskInput<'compute.lossGrid'>,
  context: TaskContext<'compute.lossGrid'>,
): TaskOutput<'compute.lossGrid'> {
  const { along, ts, us } = input;
  const checked = checkedModel(input);
  const { model, parameters, x, labels, objective, turnedOff } = checked;
  const { loss, gradient } = model.lossAndGradient(parameters, x, labels, objective);
  const directions = along.map((direction) => directionOf(direction, checked, gradient, input.seed, context));
  const [a, b = null] = directions as [Float64Array, Float64Array?];
  const work = new Work(context, ts.length * us.length);
  const grid = lossGrid((theta) => model.loss(theta, x, labels, objective).loss, parameters, a, b, ts, us, work.next);
  return {
    parameters: parameters.length,
    samples: x.rows,
    turnedOff,
    loss,
    gradientNorm: norm(gradient),
    lengths: directions.map(norm),
    cosine: b === null ? null : cosine(a, b),
    ts: [...ts],
    us: [...us],
    losses: Float64Array.from(grid.losses),
  };
}

function directionOf(
  direction: TaskInput<'compute.lossGrid'>['along'][number],
  { model, parameters, start, x, labels, objective }: CheckedModel,
  gradient: Float64Array,
  seed: number,
  context: TaskContext<'compute.lossGrid'>,
): Float64Array {
  const towards = (target: ArrayLike<number>) => parameters.map((theta, i) => target[i]! - theta);
  switch (direction.kind) {
    case 'gradient':
      return unitDirection(gradient.map((g) => -g));
    case 'random':
      return scaledRandomDirection(parameters, model.blocks, createGenerator(direction.seed, 'plane'));
    case 'start':
      return towards(start);
    case 'model': {
      const { parameters: target } = readCheckpoint(direction.path).state.engine;
      // Longer or shorter parameters are refused where the point is made.
      return target.length === parameters.length ? towards(target) : Float64Array.from(target);
    }
    case 'top':
    case 'bottom': {
      const found = conditioning(model, parameters, x, labels, objective, {
        random: createGenerator(seed, 'curvature'),
        mostSteps: stepsThatFit(60, parameters.length),
        shouldStop: stopper(context),
      });
      return direction.kind === 'top' ? found.largestVector : found.smallestVector;
    }
  }
}
