/** Checks of gradients, curvature of a loss, and its values on a plane: on a fixed sample of the training pictures. */
import * as v from 'valibot';
import { Count, float64s, Id, MaybeFinite, Seed } from './common.ts';
import { RecipeSchema } from './recipe.ts';

/** A trained model, or the fresh one of a recipe. */
export const CheckSubject = v.variant('kind', [
  v.object({ kind: v.literal('run'), runId: Id, which: v.optional(v.picklist(['best', 'last']), 'best') }),
  /** The run's recipe before its first step. */
  v.object({ kind: v.literal('fresh-run'), runId: Id }),
  v.object({ kind: v.literal('recipe'), recipe: RecipeSchema }),
  /** The recipe's model with every weight 0: the most symmetric point there is. */
  v.object({ kind: v.literal('zero'), recipe: RecipeSchema }),
]);
export type CheckSubject = v.InferOutput<typeof CheckSubject>;

/** Which pictures: so many of the training split, drawn by the seed. */
export const CheckSample = {
  samples: v.pipe(Count, v.minValue(1), v.maxValue(100_000)),
  seed: v.optional(Seed, 0),
};

export const CheckProgress = v.object({ done: Count, total: Count });

/** What was looked at, in every answer. */
const Looked = {
  parameters: Count,
  samples: Count,
  /** Of training, switched off because a check needs the same function every time: `dropout`, `augmentation`. */
  turnedOff: v.array(v.picklist(['dropout', 'augmentation'])),
};

export const plantedMistakeNames = [
  'forgot-mean',
  'forgot-mask',
  'wrong-sign',
  'forgot-penalty',
  'transposed-product',
] as const;

/** Iterations of L-BFGS on these pictures before anything is measured: a bound holds near a minimum. */
const settle = v.optional(v.pipe(Count, v.maxValue(5000)), 0);
const Settled = v.object({
  iterations: Count,
  evaluations: Count,
  stop: v.nullable(v.picklist(['gradient', 'change', 'direction', 'not-finite'])),
});

const Verdict = v.picklist(['fine', 'plausible', 'doubtful', 'wrong']);
const Entry = v.object({
  /** In the parameter vector. */
  index: Count,
  analytic: MaybeFinite,
  numeric: MaybeFinite,
  relativeError: MaybeFinite,
  atKink: v.boolean(),
});

export const GradientCheckOptions = {
  ...CheckSample,
  /** Entries drawn from each block. */
  entriesPerBlock: v.optional(v.pipe(Count, v.minValue(1), v.maxValue(10_000)), 30),
  /** 2 or 4: see core/gradient-check. */
  order: v.optional(v.picklist([2, 4]), 2),
  /** h; null takes the order's own. */
  step: v.optional(v.nullable(v.pipe(v.number(), v.gtValue(0), v.maxValue(1))), null),
  /** Steps of plain descent before the check, as a fresh model hides mistakes. */
  burnIn: v.optional(v.pipe(Count, v.maxValue(1000)), 0),
  /** Plants a mistake in the analytic gradient, to see that it is found. */
  mistake: v.optional(v.nullable(v.picklist(plantedMistakeNames)), null),
  /** The V of error against h, forward and central, in float64 and float32. */
  curve: v.optional(v.boolean(), false),
  secondDerivatives: v.optional(v.boolean(), false),
};

export const GradientCheckReport = v.object({
  ...Looked,
  /**
   * The data loss alone, and where there is a penalty that alone (its gradient is what the whole has beyond the data) and both together:
   * a large penalty hides a wrong data gradient, and beside the data's gradient a small one that was forgotten hardly shows.
   */
  parts: v.array(
    v.object({
      part: v.picklist(['data', 'penalty', 'whole']),
      verdict: Verdict,
      largestRelativeError: MaybeFinite,
      checked: Count,
      kinks: Count,
      /** Of the loss. */
      evaluations: Count,
      blocks: v.array(
        v.object({
          name: v.string(),
          kind: v.picklist(['weights', 'bias']),
          layer: Count,
          size: Count,
          checked: Count,
          kinks: Count,
          /** Analytic entries below 1e-10. */
          vanishing: Count,
          verdict: Verdict,
          largestRelativeError: MaybeFinite,
          /** Every checked entry, the largest relative error first, those at a kink last. */
          entries: v.array(Entry),
          /** Whether the planted mistake has to show here. */
          isSpoilt: v.boolean(),
        }),
      ),
    }),
  ),
  /** Up to and including which largest relative error each verdict holds. */
  thresholds: v.object({ fine: v.number(), plausible: v.number(), doubtful: v.number() }),
  /** A numeric gradient of all D parameters: counted, and projected from the evaluations that were made. */
  cost: v.object({
    forwardEvaluations: Count,
    centralEvaluations: Count,
    secondsPerEvaluation: v.number(),
    projectedForwardSeconds: v.number(),
    projectedCentralSeconds: v.number(),
    analyticSeconds: v.number(),
  }),
  curve: v.array(
    v.object({
      scheme: v.picklist(['forward', 'central']),
      precision: v.picklist(['float64', 'float32']),
      steps: v.array(v.number()),
      relativeErrors: v.array(MaybeFinite),
    }),
  ),
  secondDerivatives: v.nullable(
    v.object({
      verdict: v.picklist(['right', 'wrong', 'only-kinks']),
      directions: Count,
      kinks: Count,
      largestRelativeError: v.number(),
      largestAsymmetry: v.number(),
      /** True where the activation is made of straight pieces: between its kinks it has no curvature of its own. */
      isPiecewiseLinear: v.boolean(),
    }),
  ),
});
export type GradientCheckReport = v.InferOutput<typeof GradientCheckReport>;

export const NumericGradientOptions = {
  ...CheckSample,
  scheme: v.optional(v.picklist(['forward', 'central']), 'forward'),
  precision: v.optional(v.picklist(['float64', 'float32']), 'float64'),
  /** h. */
  step: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(1)), 1e-5),
  /** How many of the parameters, drawn by the seed; all where there are fewer. */
  entries: v.optional(v.pipe(Count, v.minValue(1), v.maxValue(1_000_000)), 200),
};

/** One numeric gradient and what it took. */
export const NumericGradientReport = v.object({
  ...Looked,
  entries: Count,
  /** Made: entries + 1 forward, 2·entries central. */
  evaluations: Count,
  seconds: v.number(),
  /** For all D: counted, and projected from the time of those that were made. */
  fullEvaluations: Count,
  projectedSeconds: v.number(),
  /** Of one gradient by backpropagation, the median of several. */
  analyticSeconds: v.number(),
  /** ‖n − a‖/‖a‖ over these entries. */
  relativeError: MaybeFinite,
  /** Seconds after so many entries, and how straight the line is: R² of the best line through 0. */
  timeline: v.array(v.object({ entries: Count, evaluations: Count, seconds: v.number() })),
  straightness: v.nullable(v.number()),
});
export type NumericGradientReport = v.InferOutput<typeof NumericGradientReport>;

export const CurvatureOptions = {
  ...CheckSample,
  settle,
  /** Products with the Hessian at most. */
  steps: v.optional(v.pipe(Count, v.minValue(1), v.maxValue(1000)), 60),
  /** Eigenvalues at most this times the largest count as 0. */
  cutOff: v.optional(v.pipe(v.number(), v.gtValue(0), v.ltValue(1)), 1e-9),
  /** ‖∇L‖ up to which the point counts as critical. */
  gradientTolerance: v.optional(v.pipe(v.number(), v.gtValue(0)), 1e-3),
  /** Momentum ρ for its bound on the learning rate. */
  momentum: v.optional(v.pipe(v.number(), v.minValue(0), v.ltValue(1)), 0.9),
};

const Eigenvalue = v.object({ value: v.number(), residual: v.number() });

export const CurvatureReport = v.object({
  ...Looked,
  settled: Settled,
  /** `dense`: every eigenvalue. `lanczos`: the ends, with residuals. */
  method: v.picklist(['dense', 'lanczos']),
  products: Count,
  isConverged: v.boolean(),
  loss: v.number(),
  gradientNorm: v.number(),
  largest: Eigenvalue,
  smallest: Eigenvalue,
  /** The smallest above the cut-off; by Lanczos an upper bound. */
  smallestPositive: v.nullable(Eigenvalue),
  cutOff: v.number(),
  conditionNumber: v.nullable(v.number()),
  /** 2/λmax, and 2(1 + ρ)/λmax. */
  largestStableRate: v.nullable(v.number()),
  largestStableRateWithMomentum: v.nullable(v.number()),
  nullDirections: v.array(
    v.object({
      kind: v.picklist(['class-shift', 'constant-input', 'silent-unit']),
      count: Count,
      /** ‖H·v‖ of a random unit one. */
      measured: v.number(),
    }),
  ),
  point: v.picklist(['minimum', 'flat-minimum', 'saddle', 'maximum', 'flat', 'slope']),
  spectrum: v.array(Eigenvalue),
});
export type CurvatureReport = v.InferOutput<typeof CurvatureReport>;

export const DescentOptions = {
  ...CheckSample,
  settle,
  /** Learning rates as multiples of 1/λmax. */
  multiples: v.optional(v.pipe(v.array(v.pipe(v.number(), v.gtValue(0), v.maxValue(100))), v.minLength(1), v.maxLength(10)), [1.9, 2.1]), // prettier-ignore
  steps: v.optional(v.pipe(Count, v.minValue(1), v.maxValue(500)), 20),
  /** How much higher the start is than the point, as a part of its loss. */
  rise: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(10)), 1e-3),
};

/** See core/landscape/descent-bound.ts. */
export const DescentReport = v.object({
  ...Looked,
  settled: Settled,
  loss: v.number(),
  gradientNorm: v.number(),
  largest: Eigenvalue,
  largestStableRate: v.nullable(v.number()),
  paths: v.array(
    v.object({
      multiple: v.number(),
      learningRate: v.number(),
      losses: v.array(v.number()),
      modelLosses: v.array(v.number()),
      alongTop: v.array(v.number()),
      firstRise: v.nullable(Count),
      firstModelRise: v.nullable(Count),
    }),
  ),
});
export type DescentReport = v.InferOutput<typeof DescentReport>;

export const ScalingOptions = {
  samples: v.optional(v.pipe(Count, v.minValue(2), v.maxValue(1000)), 256),
  seed: v.optional(Seed, 0),
  steps: v.optional(v.pipe(Count, v.minValue(1), v.maxValue(2000)), 100),
};

/** See core/landscape/input-scaling.ts. */
export const ScalingReport = v.object({
  samples: Count,
  inputs: Count,
  classes: Count,
  scalings: v.array(
    v.object({
      name: v.picklist(['raw', 'standardized', 'whitened']),
      largest: v.number(),
      smallest: v.number(),
      conditionNumber: v.number(),
      flat: Count,
      learningRate: v.number(),
      descentSteps: Count,
      momentumSteps: Count,
      losses: v.array(v.number()),
      stepsToHalf: v.nullable(Count),
    }),
  ),
});
export type ScalingReport = v.InferOutput<typeof ScalingReport>;

/**
 * `gradient`: downhill, length 1. `random`: every row of weights as long as the model's. `top`, `bottom`: the eigenvector
 * of the largest and the smallest curvature, length 1. `start`: to the recipe's initial weights. `run`: to the weights of
 * another run of the same network.
 */
export const LossDirection = v.variant('kind', [
  v.object({ kind: v.picklist(['gradient', 'top', 'bottom', 'start']) }),
  v.object({ kind: v.literal('random'), seed: Seed }),
  v.object({ kind: v.literal('run'), runId: Id }),
]);
export type LossDirection = v.InferOutput<typeof LossDirection>;

const Coordinates = v.pipe(v.array(v.pipe(v.number(), v.finite())), v.minLength(1), v.maxLength(201));

export const LossGridOptions = {
  ...CheckSample,
  /** Where to look: every t with every u. */
  ts: Coordinates,
  us: v.optional(Coordinates, [0]),
};

export const LossGridReport = v.object({
  ...Looked,
  /** At the model itself. */
  loss: v.number(),
  gradientNorm: v.number(),
  /** Lengths of the directions, and the cosine of the angle between them. */
  lengths: v.array(v.number()),
  cosine: v.nullable(v.number()),
  ts: v.array(v.number()),
  us: v.array(v.number()),
  /** (us, ts), row by row. */
  losses: float64s,
});
export type LossGridReport = v.InferOutput<typeof LossGridReport>;

export const NoiseOptions = {
  ...CheckSample,
  batchSizes: v.pipe(v.array(v.pipe(Count, v.minValue(1))), v.minLength(1), v.maxLength(20)),
  draws: v.optional(v.pipe(Count, v.minValue(1), v.maxValue(10_000)), 100),
};

export const NoiseReport = v.object({
  ...Looked,
  gradientNorm: v.number(),
  sizes: v.array(
    v.object({
      batchSize: Count,
      variance: v.number(),
      /** variance·B/(1 − B/N): the same for every B; null for the full batch. */
      perSample: v.nullable(v.number()),
    }),
  ),
});
export type NoiseReport = v.InferOutput<typeof NoiseReport>;

const share = v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.99)), 0);
export const WanderingOptions = {
  ...CheckSample,
  paths: v.optional(v.pipe(Count, v.minValue(2), v.maxValue(50)), 8),
  steps: v.optional(v.pipe(Count, v.minValue(1), v.maxValue(2000)), 60),
  learningRate: v.optional(v.pipe(v.number(), v.gtValue(0), v.finite()), 0.003),
  batchSize: v.optional(v.union([v.pipe(Count, v.minValue(1)), v.literal('full')]), 32),
  wrongLabels: share,
  droppedInputs: share,
  /** Points kept of each path, and points to a side of the plane. */
  points: v.optional(v.pipe(Count, v.minValue(2), v.maxValue(200)), 25),
  side: v.optional(v.pipe(Count, v.minValue(2), v.maxValue(50)), 15),
};

/** See core/landscape/wandering.ts. */
export const WanderingReport = v.object({
  ...Looked,
  /** s and ‖θ̄ − θ₀‖ after 0 … steps. */
  spread: v.array(v.number()),
  travelled: v.array(v.number()),
  keptSteps: v.array(Count),
  /** In the plane of the two main directions of all paths; the last path is their mean. */
  coordinates: v.array(v.array(v.tuple([v.number(), v.number()]))),
  explained: v.tuple([v.number(), v.number()]),
  /** Loss on the samples over that plane, the first row at the lowest y. */
  xs: v.array(v.number()),
  ys: v.array(v.number()),
  losses: float64s,
  /** Where the paths ended, their mean, and where their mean is. */
  endLosses: v.array(v.number()),
  meanEndLoss: v.number(),
});
export type WanderingReport = v.InferOutput<typeof WanderingReport>;

export const RateOptions = {
  low: v.optional(v.pipe(v.number(), v.gtValue(0)), 1e-6),
  high: v.optional(v.pipe(v.number(), v.finite()), 10),
  steps: v.optional(v.pipe(Count, v.minValue(10), v.maxValue(5000)), 150),
};

/** See core/training/learning-rate-finder.ts. */
export const RateReport = v.object({
  rates: float64s,
  losses: float64s,
  smoothed: float64s,
  steepest: v.nullable(v.number()),
  largest: v.nullable(v.number()),
});

const Subject = { subject: CheckSubject };

export const checksContract = {
  /** Analytic against numeric gradients, block by block. Fails with RUN_NOT_TRAINED, DATASET_NOT_FOUND, INVALID_OPTION. */
  'checks.gradient': {
    input: v.object({ ...Subject, ...GradientCheckOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: GradientCheckReport,
  },
  /** A numeric gradient by itself, counted and timed. Fails as above. */
  'checks.numeric': {
    input: v.object({ ...Subject, ...NumericGradientOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: NumericGradientReport,
  },
  /** Plain descent below and above 2/λmax. Fails as above, and with INVALID_OPTION where nothing bends upwards. */
  'checks.descent': {
    input: v.object({ ...Subject, ...DescentOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: DescentReport,
  },
  /** What standardising and whitening the inputs do to a linear softmax. Fails as above. */
  'checks.scaling': {
    input: v.object({ ...Subject, ...ScalingOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: ScalingReport,
  },
  /** Largest and smallest curvature, condition number, kind of point. Fails as above. */
  'checks.curvature': {
    input: v.object({ ...Subject, ...CurvatureOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: CurvatureReport,
  },
  /** Loss along a line or over a plane through the model. Fails as above, and with SHAPE_MISMATCH for another network. */
  'checks.loss': {
    input: v.object({
      ...Subject,
      ...LossGridOptions,
      along: v.pipe(v.array(LossDirection), v.minLength(1), v.maxLength(2)),
    }),
    progress: CheckProgress,
    progressIsState: true,
    output: LossGridReport,
  },
  /** The loss while the learning rate grows, from the recipe's fresh model. Fails as above; L-BFGS has no rate to find. */
  'checks.rate': {
    input: v.object({ recipe: RecipeSchema, ...RateOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: RateReport,
  },
  /** Variance of a minibatch's gradient against its size. Fails as above. */
  'checks.noise': {
    input: v.object({ ...Subject, ...NoiseOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: NoiseReport,
  },
  /** Paths that differ in chance only, around their mean, from the point of the subject. Fails as above. */
  'checks.wandering': {
    input: v.object({ ...Subject, ...WanderingOptions }),
    progress: CheckProgress,
    progressIsState: true,
    output: WanderingReport,
  },
} as const;
