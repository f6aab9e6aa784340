/** One numeric gradient, counted and timed. */
import { chosenEntries } from '../../../core/gradient-check/gradient-check.ts';
import { lineThroughZero } from '../../../core/gradient-check/line-through-zero.ts';
import { numericGradient } from '../../../core/gradient-check/numeric-gradient.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { checkedModel } from '../checked-model.ts';
import type { TaskContext, TaskInput, TaskOutput } from '../task.ts';
import { finite } from './finite.ts';
import { Work } from './work.ts';

export function numericGradientTask(
  input: TaskInput<'compute.numericGradient'>,
  context: TaskContext<'compute.numericGradient'>,
): TaskOutput<'compute.numericGradient'> {
  const { scheme, precision, step, entries: wanted, seed } = input;
  const { model, parameters, x, labels, objective, turnedOff } = checkedModel(input);
  const d = parameters.length;
  const gradientMs: number[] = [];
  let analytic: Float64Array = new Float64Array(0);
  for (let k = 0; k < 5; k++) {
    const startedAt = performance.now();
    analytic = model.lossAndGradient(parameters, x, labels, objective).gradient;
    gradientMs.push(performance.now() - startedAt);
  }
  const entries = chosenEntries(d, wanted, createGenerator(seed, 'numeric gradient'));
  const perEntry = scheme === 'forward' ? 1 : 2;
  const once = scheme === 'forward' ? 1 : 0;
  const work = new Work(context, entries.length);
  const timeline: { entries: number; evaluations: number; seconds: number }[] = [];
  // Evenly, and after 100, 200, 400 … weights.
  const evenly = Array.from({ length: 12 }, (_, k) => Math.round(((k + 1) / 12) * entries.length));
  const marks = new Set([...evenly, ...Array.from({ length: 14 }, (_, k) => 100 * 2 ** k)]);
  const startedAt = performance.now();
  const note = (done: number) => {
    if (!marks.has(done) || done === 0) return;
    timeline.push({
      entries: done,
      evaluations: done * perEntry + once,
      seconds: (performance.now() - startedAt) / 1000,
    });
  };
  const { values, evaluations } = numericGradient((theta) => model.loss(theta, x, labels, objective).loss, parameters, {
    scheme,
    precision,
    step,
    entries,
    shouldStop(done) {
      note(done);
      return work.next();
    },
  });
  note(values.length);
  const seconds = (performance.now() - startedAt) / 1000;
  let difference = 0;
  let size = 0;
  values.forEach((value, k) => {
    difference += (value - analytic[entries[k]!]!) ** 2;
    size += analytic[entries[k]!]! ** 2;
  });
  const fullEvaluations = d * perEntry + once;
  return {
    parameters: d,
    samples: x.rows,
    turnedOff,
    entries: values.length,
    evaluations,
    seconds,
    fullEvaluations,
    projectedSeconds: (seconds / evaluations) * fullEvaluations,
    analyticSeconds: gradientMs.sort((a, b) => a - b)[2]! / 1000,
    relativeError: finite(size === 0 ? Math.sqrt(difference) : Math.sqrt(difference / size)),
    timeline,
    straightness:
      lineThroughZero(
        timeline.map((point) => point.entries),
        timeline.map((point) => point.seconds),
      )?.straightness ?? null,
  };
}
