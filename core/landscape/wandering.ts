/**
 * Paths of SGD that differ in chance only, and their mean.
 *
 * K paths leave one point θ₀ and take the same number of steps with the same learning rate α. Each has chance of its own:
 * its order of the minibatches, wrong labels that stay wrong for it, and inputs dropped anew in every step.
 *
 *     θₖ ← θₖ − α·gₖ(θₖ)
 *     θ̄  = (1/K) Σₖ θₖ                              the mean path
 *     s²  = 1/(K − 1) Σₖ ‖θₖ − θ̄‖²                  how far they wander from it
 *
 * After one step of batches of B alone, E s² = α²·V(B), with V of gradient-variance.ts. Without any of the three every path
 * is the same, bit by bit, and s = 0: the mean is taken from the first path, so that equal paths have exactly that mean.
 */
import { requireBetween, requireInteger, requirePositive } from '../options.ts';
import { createGenerator } from '../random/generator.ts';
import { uniform, uniformInteger } from '../random/sampling.ts';

export interface WanderingOptions {
  /** K ≥ 2. */
  readonly paths: number;
  /** ≥ 1. */
  readonly steps: number;
  /** α > 0. */
  readonly learningRate: number;
  /** The batches of a path, one a call; the same for every path they have no noise of their own. */
  readonly batchesOf: (path: number) => () => Uint32Array;
  /** Share of the labels that are another one, in [0, 1). */
  readonly wrongLabels: number;
  /** Share of the inputs that are 0 in a step, in [0, 1); the others are scaled so that their mean stays. */
  readonly droppedInputs: number;
  /** Steps after which a path is kept, about evenly, with the first and the last; ≥ 2. */
  readonly kept: number;
  readonly seed: number;
  /** Asked before every gradient with how many are done; true ends the walk where it is. */
  readonly shouldStop?: (done: number) => boolean;
}

/** What a step sees: samples by number, their labels, and the factor of each of their inputs. */
export interface NoisyBatch {
  readonly samples: Uint32Array;
  readonly labels: Uint16Array;
  /** (samples, inputs) row by row; null where nothing is dropped. */
  readonly inputFactors: Float64Array | null;
}

export interface Wandering {
  /** Steps after which the iterates below were kept. */
  readonly keptSteps: readonly number[];
  /** Of each path, one for each kept step. */
  readonly iterates: readonly (readonly Float32Array[])[];
  readonly meanIterates: readonly Float32Array[];
  /** s after 0 … steps. */
  readonly spread: Float64Array;
  /** ‖θ̄ − θ₀‖ after 0 … steps. */
  readonly travelled: Float64Array;
  /** Where the paths and their mean ended. */
  readonly ends: readonly Float64Array[];
  readonly meanEnd: Float64Array;
}

/**
 * @param gradient  of the mean loss of a batch; its result may be overwritten by the next call.
 * @param labels  (n) right labels in [0, classes).
 * @throws StudioError INVALID_OPTION.
 */
export function wander(
  gradient: (parameters: Float64Array, batch: NoisyBatch) => Float64Array,
  start: Float64Array,
  labels: Uint16Array,
  { classes, inputs }: { readonly classes: number; readonly inputs: number },
  options: WanderingOptions,
): Wandering {
  const { paths: k, steps, learningRate, batchesOf, wrongLabels, droppedInputs, kept, seed } = options;
  requireInteger('paths', k, 2, 100);
  requireInteger('steps', steps, 1);
  requirePositive('learningRate', learningRate);
  requireBetween('wrongLabels', wrongLabels, 0, 0.99);
  requireBetween('droppedInputs', droppedInputs, 0, 0.99);
  requireInteger('kept', kept, 2);
  const { shouldStop = () => false } = options;
  const size = start.length;
  const walkers = Array.from({ length: k }, (_, path) => {
    const nextBatch = batchesOf(path);
    const random = createGenerator(seed, 'dropped inputs', path);
    const own = withWrongLabels(labels, classes, wrongLabels, seed, path);
    const next = (): NoisyBatch => {
      const samples = nextBatch();
      const inputFactors = droppedInputs === 0 ? null : factors(samples.length * inputs, droppedInputs, random);
      return { samples, labels: Uint16Array.from(samples, (i) => own[i]!), inputFactors };
    };
    return { theta: start.slice(), next };
  });

  const keptSteps = stepsToKeep(steps, kept);
  const iterates: Float32Array[][] = walkers.map(() => []);
  const meanIterates: Float32Array[] = [];
  const spread = new Float64Array(steps + 1);
  const travelled = new Float64Array(steps + 1);
  const mean = start.slice();
  let done = 0;
  for (let step = 0; step <= steps; step++) {
    if (step > 0) {
      for (const { theta, next } of walkers) {
        if (shouldStop(done++)) return ended(step);
        const g = gradient(theta, next());
        for (let d = 0; d < size; d++) theta[d]! -= learningRate * g[d]!;
      }
    }
    let squares = 0;
    let way = 0;
    for (let d = 0; d < size; d++) {
      const first = walkers[0]!.theta[d]!;
      let apart = 0;
      for (const { theta } of walkers) apart += theta[d]! - first;
      const middle = (mean[d] = first + apart / k);
      for (const { theta } of walkers) squares += (theta[d]! - middle) ** 2;
      way += (middle - start[d]!) ** 2;
    }
    spread[step] = Math.sqrt(squares / (k - 1));
    travelled[step] = Math.sqrt(way);
    if (keptSteps.includes(step)) {
      walkers.forEach(({ theta }, path) => iterates[path]!.push(Float32Array.from(theta)));
      meanIterates.push(Float32Array.from(mean));
    }
  }
  return ended(steps + 1);

  function ended(length: number): Wandering {
    return {
      keptSteps: keptSteps.slice(0, meanIterates.length),
      iterates,
      meanIterates,
      spread: spread.slice(0, length),
      travelled: travelled.slice(0, length),
      ends: walkers.map(({ theta }) => theta),
      meanEnd: mean,
    };
  }
}

/** 0, `steps`, and others about evenly between. */
function stepsToKeep(steps: number, kept: number): number[] {
  const count = Math.min(kept, steps + 1);
  return Array.from({ length: count }, (_, i) => Math.round((i * steps) / (count - 1)));
}

function withWrongLabels(labels: Uint16Array, classes: number, share: number, seed: number, path: number): Uint16Array {
  if (share === 0 || classes < 2) return labels;
  const random = createGenerator(seed, 'wrong labels', path);
  return labels.map((label) =>
    uniform(random) < share ? (label + 1 + uniformInteger(random, classes - 1)) % classes : label,
  );
}

function factors(count: number, dropped: number, random: ReturnType<typeof createGenerator>): Float64Array {
  const kept = 1 / (1 - dropped);
  return Float64Array.from({ length: count }, () => (uniform(random) < dropped ? 0 : kept));
}
