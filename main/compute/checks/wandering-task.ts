/** Paths that differ in chance only, around their mean: see core/landscape/wandering.ts. */
import { selectRows } from '../../../core/array/matrix.ts';
import { lossGrid } from '../../../core/landscape/loss-plane.ts';
import { jointPlane } from '../../../core/landscape/joint-plane.ts';
import { wander } from '../../../core/landscape/wandering.ts';
import { batchesInTurn } from '../../../core/training/minibatches.ts';
import { checkedModel } from '../checked-model.ts';
import type { TaskContext, TaskInput, TaskOutput } from '../task.ts';
import { Work } from './work.ts';

/** Kept iterates may take this much memory together. */
const iterateBytes = 512 * 2 ** 20;

export function wanderingTask(
  input: TaskInput<'compute.wandering'>,
  context: TaskContext<'compute.wandering'>,
): TaskOutput<'compute.wandering'> {
  const { paths, steps, points, side, batchSize, seed } = input;
  const { model, parameters, x, labels, objective, turnedOff } = checkedModel(input);
  const work = new Work(context, paths * steps + side * side);
  const walk = wander(
    (theta, { samples, labels: own, inputFactors }) => {
      const rows = selectRows(x, samples);
      if (inputFactors !== null) for (let i = 0; i < rows.data.length; i++) rows.data[i]! *= inputFactors[i]!;
      return model.lossAndGradient(theta, rows, own, objective).gradient;
    },
    parameters,
    labels,
    { classes: input.source.classes.length, inputs: x.columns },
    {
      ...input,
      batchesOf: (path) => batchesInTurn({ sampleCount: x.rows, batchSize, seed: (seed + path) >>> 0 }),
      kept: Math.max(2, Math.min(points, Math.floor(iterateBytes / (4 * parameters.length * (paths + 1))))),
      shouldStop: work.next,
    },
  );
  const stop = () => work.next();
  const plane = jointPlane([...walk.iterates, walk.meanIterates], stop)!;
  const all = plane.coordinates.flat();
  const axis = (k: 0 | 1) => {
    const values = all.map((point) => point[k]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const air = Math.max(high - low, 1e-9) * 0.15;
    return Array.from({ length: side }, (_, i) => low - air + ((high - low + 2 * air) * i) / (side - 1));
  };
  const [xs, ys] = [axis(0), axis(1)];
  const loss = (theta: Float64Array) => model.loss(theta, x, labels, objective).loss;
  const [a, b] = plane.directions;
  const { losses } = lossGrid(loss, plane.origin, a, b, xs, ys, stop);
  return {
    parameters: parameters.length,
    samples: x.rows,
    turnedOff,
    spread: [...walk.spread],
    travelled: [...walk.travelled],
    keptSteps: [...walk.keptSteps],
    coordinates: plane.coordinates.map((path) => path.map(([a, b]): [number, number] => [a, b])),
    explained: [...plane.explained],
    xs,
    ys,
    losses: Float64Array.from(losses),
    endLosses: walk.ends.map(loss),
    meanEndLoss: loss(walk.meanEnd),
  };
}
