/** `compute.collapse`: a network without activation as one linear classifier, held against the network itself. */
import { dot } from '../../core/array/linear-algebra.ts';
import { rowOf } from '../../core/array/matrix.ts';
import { indexOfLargest } from '../../core/array/reduce.ts';
import { rankOf, singularValues } from '../../core/array/singular-values.ts';
import { drawn, drawnInputs } from '../../core/explanation/drawn-space.ts';
import { collapse } from '../../core/explanation/linear-collapse.ts';
import { inPixelSpace } from '../../core/explanation/templates.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { reportedTo } from './model-tasks.ts';
import { readPicture } from './picture-memory.ts';
import { scoresOver } from './scoring.ts';
import { networkOf } from './stored-network.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

/** A singular value below this share of the largest is rounding of float32 weights. */
const rankCutOff = 1e-6;

export function collapseTask(
  { model, source, on, indices, threads, features: files }: TaskInput<'compute.collapse'>,
  context: TaskContext<'compute.collapse'>,
): TaskOutput<'compute.collapse'> {
  const checkpoint = readCheckpoint(model.path);
  const network = networkOf(checkpoint);
  const collapsed = collapse(network);
  const { features, width, height, channels, standardization } = checkpoint;
  const { templates, biases } = drawn(inPixelSpace(collapsed, standardization), features);
  const classes = biases.length;
  const judged = { source, indices, threads, features: files };
  const given = scoresOver(checkpoint, judged, reportedTo(context, indices.length));
  let largestDifference = 0;
  let agreeing = 0;
  const own = new Float64Array(classes);
  indices.forEach((picture, i) => {
    const image = { width, height, channels, data: readPicture(source, picture) };
    const inputs = drawnInputs(image, features);
    for (let c = 0; c < classes; c++) {
      own[c] = biases[c]! + dot(rowOf(templates, c), inputs);
      largestDifference = Math.max(largestDifference, Math.abs(own[c]! - given[i * classes + c]!));
    }
    if (indexOfLargest(own) === indexOfLargest(given.subarray(i * classes, (i + 1) * classes))) agreeing++;
  });
  const values = singularValues(collapsed.weights);
  return {
    step: checkpoint.state.step,
    sizes: [collapsed.weights.columns, ...network.layers.map(({ bias }) => bias.length)],
    templates: Float32Array.from(templates.data),
    biases: Float32Array.from(biases),
    singularValues: Float32Array.from(values),
    rank: rankOf(values, rankCutOff),
    on,
    pictures: indices.length,
    largestDifference,
    agreeing,
  };
}
