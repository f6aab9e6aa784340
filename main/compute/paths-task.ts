/**
 * `compute.paths`: trains each recipe again, which gives the same path bit for bit, and keeps points of it; then the plane of their
 * two main directions of travel, the loss at every point itself and on a grid of the plane.
 *
 * Losses are means over a fixed sample of the training pictures without the penalty, since each optimizer may have been tuned to another
 * λ. A grid cell and a point on it are no equals: the plane shows a share of the way only, which is told with it.
 */
import { cancelled } from '../../core/errors.ts';
import { jointPlane } from '../../core/landscape/joint-plane.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { permutation } from '../../core/random/sampling.ts';
import { noStopping, type OptimizerRecipe } from '../../core/recipe/recipe.ts';
import type { EngineState, StepEngine } from '../../core/training/step-engine.ts';
import { train } from '../../core/training/train.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';
import { openEngine } from './train-task.ts';

type Report = TaskOutput<'compute.paths'>;

/** Numbers of all points together: 600 MB. */
const mostNumbers = 1.5e8;
const progressIntervalMs = 100;
/** log₁₀ of a weight's learning rate. */
const rateEdges = Array.from({ length: 49 }, (_, k) => -8 + k / 4);

interface Walked {
  readonly recipe: TaskInput<'compute.paths'>['entries'][number]['recipe'];
  readonly steps: number[];
  readonly points: Float32Array[];
  readonly rates: Report['paths'][number]['rates'];
}

export function pathsTask(
  { entries, source, threads, features, points, samples, side }: TaskInput<'compute.paths'>,
  context: TaskContext<'compute.paths'>,
): Report {
  const chosen = permutation(createGenerator(0, 'path losses'), source.train.length)
    .slice(0, Math.min(samples, source.train.length))
    .sort()
    .map((i) => source.train[i]!);
  const judged = { ...source, validation: chosen };
  const total = entries.reduce((sum, { steps }) => sum + steps, 0) + side * side;
  let done = 0;
  let toldMs = performance.now();
  const advance = (by = 1): void => {
    if (context.request() === 'discard') throw cancelled();
    done += by;
    if (performance.now() - toldMs < progressIntervalMs) return;
    toldMs = performance.now();
    context.progress({ done: Math.min(done, total), total });
  };

  const walked: Walked[] = [];
  let engine: StepEngine | null = null;
  try {
    for (const { recipe, steps } of entries) {
      engine?.close();
      const open = openEngine({ recipe, source: judged, threads, features }, null, context);
      engine = open.engine;
      const perPath = Math.max(4, Math.min(points, Math.floor(mostNumbers / entries.length / engine.parameterCount)));
      const walk: Walked = { recipe, steps: [0], points: [engine.save().parameters], rates: [] };
      // Closer together at the start, where most of the way is made.
      const wanted = new Set(
        Array.from({ length: perPath - 1 }, (_, k) => Math.round(steps * ((k + 1) / (perPath - 1)) ** 2)),
      );
      const histograms = new Set([Math.max(1, Math.round(steps / 50)), Math.round(steps / 2), steps]);
      let taken = 0;
      train(
        watched(engine, (state) => {
          taken++;
          advance();
          if (wanted.has(taken)) {
            walk.steps.push(taken);
            walk.points.push(state().parameters);
          }
          if (histograms.has(taken)) {
            const counts = rateCounts(recipe.optimizer, state(), taken);
            if (counts !== null) walk.rates.push({ step: taken, counts });
          }
        }),
        { ...open.plan, stopping: noStopping },
        {
          now: () => performance.now(),
          request: () => (context.request() === 'discard' ? 'discard' : taken >= steps ? 'stop' : 'go'),
          waitWhilePaused: () => context.waitWhilePaused(),
          onsteps: () => undefined,
          onepoch: () => undefined,
          oncheckpoint: () => undefined,
        },
      );
      walked.push(walk);
    }

    const at = engine!;
    const { optimizer } = at.save();
    const lossAt = (parameters: Float32Array): number | null => {
      at.restore({ parameters, optimizer });
      const result = at.evaluate('validation', () => context.request() === 'discard');
      if (result === null) throw cancelled();
      return Number.isFinite(result.loss) ? result.loss : null;
    };
    const plane = jointPlane(
      walked.map((path) => path.points),
      () => context.request() === 'discard',
    );
    if (plane === null) throw cancelled();
    const { origin, directions, coordinates, explained } = plane;
    const onPlane = ([a, b]: readonly [number, number]): Float32Array =>
      Float32Array.from(origin, (value, d) => value + a * directions[0][d]! + b * directions[1][d]!);
    const [xs, ys] = [0, 1].map((axis) =>
      around(
        coordinates.flat().map((pair) => pair[axis]!),
        side,
      ),
    ) as [number[], number[]];
    const losses = ys.flatMap((y) =>
      xs.map((x) => {
        advance();
        return lossAt(onPlane([x, y]));
      }),
    );
    return {
      parameters: at.parameterCount,
      samples: chosen.length,
      explained: [...explained],
      paths: walked.map(({ recipe, steps, points: own, rates }, p) => ({
        optimizer: recipe.optimizer.kind,
        steps,
        coordinates: coordinates[p]!.map(([a, b]) => [a, b] as [number, number]),
        losses: own.map(lossAt),
        planeLosses: coordinates[p]!.map((pair) => lossAt(onPlane(pair))),
        rates,
      })),
      rateEdges,
      xs,
      ys,
      losses,
    };
  } finally {
    engine?.close();
  }
}

/** The engine, telling each step that it has taken. */
function watched(engine: StepEngine, onstep: (state: () => EngineState) => void): StepEngine {
  return {
    step(...given) {
      const result = engine.step(...given);
      let state: EngineState | undefined;
      onstep(() => (state ??= engine.save()));
      return result;
    },
    evaluate: (...given) => engine.evaluate(...given),
    scores: (...given) => engine.scores(...given),
    save: () => engine.save(),
    restore: (state) => engine.restore(state),
    isFinite: () => engine.isFinite(),
    close: () => engine.close(),
    parameterCount: engine.parameterCount,
    backend: engine.backend,
    threads: engine.threads,
  };
}

/** How many weights have which learning rate α/(√s + ε); null where all have the same. */
function rateCounts(optimizer: OptimizerRecipe, { optimizer: state }: EngineState, step: number): number[] | null {
  const squares = state['squareSum'] ?? state['squareAverage'] ?? state['secondMoment'];
  if (squares === undefined || typeof squares === 'number' || !('epsilon' in optimizer)) return null;
  const correction = 'beta2' in optimizer && optimizer.biasCorrection ? 1 - optimizer.beta2 ** step : 1;
  const counts = new Array<number>(rateEdges.length - 1).fill(0);
  for (const square of squares) {
    const rate = Math.log10(optimizer.learningRate / (Math.sqrt(square / correction) + optimizer.epsilon));
    counts[Math.max(0, Math.min(counts.length - 1, Math.floor((rate - rateEdges[0]!) * 4)))]!++;
  }
  return counts;
}

/** Evenly spaced, with a tenth of air on each side. */
function around(values: readonly number[], count: number): number[] {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = high > low ? 0.12 * (high - low) : 1;
  return Array.from({ length: count }, (_, k) => low - air + (k / (count - 1)) * (high - low + 2 * air));
}
