/** `compute.compare`: two models over the same pictures, their scores, accuracies and speed. */
import { indexOfLargest } from '../../core/array/reduce.ts';
import { cancelled } from '../../core/errors.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { inputsOf, scoringShape, setupOf } from './scoring.ts';
import { startEngine } from './shared-engine.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

/** Each model scores all pictures so often, in turn with the other; the median counts. */
const rounds = 5;

export function compareTask(
  { models, features, ...judged }: TaskInput<'compute.compare'>,
  context: TaskContext<'compute.compare'>,
): TaskOutput<'compute.compare'> {
  const isDiscarded = () => context.request() === 'discard';
  const total = models.length * rounds;
  const each = models.map(({ path }) => {
    const checkpoint = readCheckpoint(path);
    const { memory, pictures } = inputsOf(checkpoint, scoringShape(checkpoint), { ...judged, features }, isDiscarded);
    const engine = startEngine(memory, setupOf(checkpoint, pictures));
    return { parameters: engine.parameterCount, engine, seconds: [] as number[], scores: new Float32Array(0) };
  });
  try {
    for (let round = 0; round < rounds; round++) {
      each.forEach((model, i) => {
        context.progress({ done: round * models.length + i, total });
        const startedMs = performance.now();
        const scores = model.engine.scores('test', isDiscarded);
        if (scores === null) throw cancelled();
        model.scores = scores;
        model.seconds.push((performance.now() - startedMs) / 1000);
      });
    }
  } finally {
    for (const { engine } of each) engine.close();
  }
  const { indices, source } = judged;
  const classes = source.classes.length;
  const verdicts = each.map(({ scores }) =>
    Array.from(indices, (_, i) => indexOfLargest(scores.subarray(i * classes, (i + 1) * classes))),
  );
  const [first, second] = each;
  return {
    pictures: indices.length,
    models: each.map(({ parameters, seconds }, k) => ({
      parameters,
      accuracy: verdicts[k]!.filter((verdict, i) => verdict === source.labels[indices[i]!]).length / indices.length,
      seconds: seconds.toSorted((a, b) => a - b)[Math.floor(rounds / 2)]!,
    })),
    largestDifference: first!.scores.reduce(
      (most, score, k) => Math.max(most, Math.abs(score - second!.scores[k]!)),
      0,
    ),
    agreeing: verdicts[0]!.filter((verdict, i) => verdict === verdicts[1]![i]).length,
  };
}
