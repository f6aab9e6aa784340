/** What a model learnt, as pictures. */
import * as v from 'valibot';
import { pruningCriteria } from '../../recipe/recipe.ts';
import { bytes, Count, float32s, float64s, Fraction, Id, Name, Seed, uint16s, uint32s } from './common.ts';
import { FeatureRecipeSchema } from './feature-recipe.ts';

/** Why one picture has its scores: `core/explanation/explain-picture.ts` says what each field is. */
export const PictureExplanation = v.object({
  step: Count,
  /** The picture that is explained, rounded to bytes where it is a blend. */
  pixels: bytes,
  /** What templates are multiplied with: pixels, or features that are not linear in them. */
  inputs: float32s,
  scores: float64s,
  verdict: Count,
  label: Count,
  /** For each hidden layer; `unitsSwitched` between a blend and the picture it began with, else empty. */
  unitsOn: v.array(Count),
  unitsSwitched: v.array(Count),
  answers: float32s,
  contributions: float32s,
  bias: float64s,
  shown: uint32s,
  sent: uint32s,
  shownTemplates: float32s,
  shownWeights: float32s,
  templates: float32s,
  templateBias: float64s,
  sumDifference: v.number(),
  templateDifference: v.nullable(v.number()),
  tolerance: v.number(),
  /** How far the scores of the float32 engine are from those in float64; null for a blend and without `withTemplates`. */
  engineDifference: v.nullable(v.number()),
});
export type PictureExplanation = v.InferOutput<typeof PictureExplanation>;

/** What is asked of it. */
export const PictureQuestion = {
  /** Number of the picture in the dataset version of the run. */
  picture: Count,
  /** Goes this share of the way to another picture: pixels (1 − share)·picture + share·other. */
  toward: v.nullable(v.object({ picture: Count, share: Fraction })),
  /** Class to explain; null for the verdict. */
  label: v.nullable(Count),
  /** How many units of the last hidden layer come with their templates. */
  shownUnits: v.pipe(Count, v.maxValue(256)),
  /** Units whose templates the asker has, of this step: of a network with one hidden layer they are not sent again. */
  known: v.optional(v.nullable(v.object({ step: Count, units: uint32s })), null),
  /** False for an answer in a fraction of the time, without the network's templates for the picture and the engine's scores. */
  withTemplates: v.optional(v.boolean(), true),
};

export const tagNames = ['noise', 'faded', 'edge', 'blob', 'red-green', 'blue-yellow', 'colour'] as const;

/** What the units of a network do over many pictures. */
export const UnitStudy = v.object({
  step: Count,
  /** Pictures that were looked at, of this split. */
  on: v.picklist(['train', 'validation', 'test']),
  pictures: Count,
  /** First layer, one entry a unit: what its template looks like, and the unit that is most alike with its cosine. */
  tags: v.array(v.array(v.object({ tag: v.picklist(tagNames), confidence: Fraction }))),
  orientationRadians: float32s,
  cyclesPerPicture: float32s,
  colourAxisRadians: float32s,
  nearestTwin: uint32s,
  twinCosine: float32s,
  /** Last hidden layer: (units, classes) weights to the classes and mean answers to each class's pictures; share of pictures each unit answers, and how many classes it serves. */
  outgoing: float32s,
  meanAnswers: float32s,
  activeShare: float32s,
  classesServed: float32s,
  /** Accuracy with 0, 1, 2 … units silent: the least useful first, the most useful first, in a random order. */
  ablation: v.object({ leastUseful: float32s, mostUseful: float32s, random: float32s }),
});
export type UnitStudy = v.InferOutput<typeof UnitStudy>;

/** A network without activation as one linear classifier: `core/explanation/linear-collapse.ts`. */
export const Collapse = v.object({
  step: Count,
  /** [features, hidden…, classes]. */
  sizes: v.array(Count),
  /** (classes, features) in pixel space, and their biases. */
  templates: float32s,
  biases: float32s,
  /** Of the product of all layers, largest first; the rank counts those above 10⁻⁶ of the largest. */
  singularValues: float32s,
  rank: Count,
  /** Over so many pictures of this split: max |W·x + b − score|, with the scores of the float32 engine. */
  on: v.picklist(['train', 'validation', 'test']),
  pictures: Count,
  largestDifference: v.number(),
  /** Pictures to which both give the same verdict. */
  agreeing: Count,
});
export type Collapse = v.InferOutput<typeof Collapse>;

/** How accurate a network stays as one hidden layer is made smaller: `main/compute/pruning-task.ts`. */
export const Pruning = v.object({
  step: Count,
  /** The hidden layer, 0 for the first; units of all hidden layers. */
  layer: Count,
  hidden: v.array(Count),
  /** Judged on so many pictures of this split. */
  on: v.picklist(['train', 'validation', 'test']),
  pictures: Count,
  /** For each way: units in the order in which they go, sizes that were tried, falling, and the accuracy of each. */
  curves: v.array(v.object({ by: v.picklist(pruningCriteria), order: uint32s, kept: uint32s, accuracy: float32s })),
  /** Units with an exact twin, and how far any score moves when all of them are merged. */
  twins: v.object({ count: Count, largestDifference: v.number() }),
});
export type Pruning = v.InferOutput<typeof Pruning>;

/** Two models over the same pictures. */
export const ModelComparison = v.object({
  pictures: Count,
  /** `seconds` for all pictures, the median of several rounds in turn. */
  models: v.array(v.object({ parameters: Count, accuracy: v.number(), seconds: v.number() })),
  /** max |difference| of any score, and pictures to which both give the same verdict. */
  largestDifference: v.number(),
  agreeing: Count,
});

const Smaller = v.object({
  ...ModelComparison.entries,
  on: v.picklist(['train', 'validation', 'test']),
  /** Of the model this run started from, and of its own. */
  sizesBytes: v.tuple([Count, Count]),
});

/** What a model is shown, as its templates are drawn: `core/explanation/template-painter.ts`. */
export const Look = v.object({
  /** Numbers of a template. */
  size: Count,
  width: Count,
  height: Count,
  channels: v.picklist([1, 3]),
  blocks: v.array(
    v.object({
      options: FeatureRecipeSchema,
      /** Numbers of a template that belong to it. */
      dimension: Count,
      /** (K, patch) words where the block has them. */
      words: v.optional(float32s),
    }),
  ),
});
export type Look = v.InferOutput<typeof Look>;

/** Over so many pictures of this split, the largest |difference| of any score from … */
export const Exactness = v.object({
  on: v.picklist(['train', 'validation', 'test']),
  pictures: Count,
  /** … its sum of contributions, and from its template times the picture, both in float64; and of what rounding may leave. */
  sum: v.number(),
  template: v.number(),
  shareOfTolerance: v.number(),
  /** … the float32 engine's. */
  engine: v.number(),
});

/** Templates of a layer's units, all in the order of the units asked for. */
export const Templates = v.object({
  step: Count,
  layer: v.picklist(['class', 'hidden']),
  total: Count,
  width: Count,
  height: Count,
  channels: v.picklist([1, 3]),
  /** (count, size) weight for each pixel value in [0, 255], or for each number of features; see `explanation.look`. */
  size: Count,
  templates: float32s,
  /** Bias that belongs to them in pixel space. */
  biases: float32s,
  /** ‖w‖₂ of each, for sorting. */
  norms: float32s,
  /** The weight of each that is drawn at full strength when it stands alone: 99.5 % of its weights lie within. */
  scales: float32s,
  /** The largest of them over all units of the layer: the shared scale. */
  sharedScale: v.number(),
  /** For hidden units of a one-hidden-layer MLP: (total, classes) outgoing weights; otherwise empty. */
  votes: float32s,
  /** Total variation per weight, a number for how noisy it looks; empty for features that are no picture. */
  roughness: float32s,
});

export const explanationContract = {
  /** How exactly contributions and templates add up, over all test pictures. Fails with RUN_NOT_TRAINED. */
  'explanation.exactness': {
    input: v.object({ runId: Id, which: v.optional(v.picklist(['best', 'last']), 'best') }),
    progress: v.object({ done: Count, total: Count }),
    output: Exactness,
  },
  /** How templates of a run are drawn. Fails with RUN_NOT_TRAINED. */
  'explanation.look': {
    input: v.object({ runId: Id, which: v.optional(v.picklist(['best', 'last']), 'best') }),
    output: Look,
  },
  /**
   * What becomes of a network's accuracy as a hidden layer gets smaller; over the validation pictures, or over the test or
   * training ones where there are none. Fails with RUN_NOT_TRAINED, INVALID_OPTION for a linear model or a layer that is not there.
   */
  'explanation.pruning': {
    input: v.object({ runId: Id, which: v.optional(v.picklist(['best', 'last']), 'best'), layer: Count }),
    progress: v.object({ done: Count, total: Count }),
    output: Pruning,
  },
  /**
   * A run of its own whose hidden layers have so many units, and that trains on for `epochs` (0: not at all). Its recipe names where
   * it comes from. Fails with RUN_NOT_TRAINED, INVALID_OPTION, DISK_FULL.
   */
  'explanation.prune': {
    input: v.object({
      runId: Id,
      which: v.optional(v.picklist(['best', 'last']), 'best'),
      by: v.picklist(pruningCriteria),
      hidden: v.pipe(v.array(v.pipe(Count, v.minValue(1))), v.minLength(1), v.maxLength(16)),
      epochs: v.pipe(Count, v.maxValue(1000)),
      name: v.optional(Name),
    }),
    output: v.object({ runId: Id }),
  },
  /** A run beside the one it started from, over the test pictures. Fails with RUN_NOT_TRAINED, START_NOT_FOUND. */
  'explanation.smaller': {
    input: v.object({ runId: Id }),
    progress: v.object({ done: Count, total: Count }),
    output: Smaller,
  },
  /**
   * Why one picture has the scores it has. Fails with RUN_NOT_FOUND, RUN_NOT_TRAINED, DATASET_NOT_FOUND, INVALID_OPTION for a
   * picture or class that does not exist.
   */
  'explanation.picture': {
    input: v.object({ runId: Id, which: v.optional(v.picklist(['best', 'last']), 'best'), ...PictureQuestion }),
    output: PictureExplanation,
  },
  /**
   * The one linear classifier that a network without activation is, as templates in pixel space, and how near it comes to the
   * network's own scores. Fails with RUN_NOT_TRAINED, INVALID_OPTION where an activation bends.
   */
  'explanation.collapse': {
    input: v.object({ runId: Id, which: v.optional(v.picklist(['best', 'last']), 'best') }),
    progress: v.object({ done: Count, total: Count }),
    output: Collapse,
  },
  /**
   * What the hidden units of a network look like, whom they serve and how many are needed; over the test pictures, or over
   * the validation or training ones where there are none. Fails with RUN_NOT_TRAINED, INVALID_OPTION for a linear model.
   */
  'explanation.units': {
    input: v.object({ runId: Id, which: v.optional(v.picklist(['best', 'last']), 'best') }),
    progress: v.object({ done: Count, total: Count }),
    output: UnitStudy,
  },
  /**
   * First-layer templates in pixel space with the standardisation undone (W/σ): one per class for a linear model, the
   * bank of hidden units for an MLP. `step` is the checkpoint they come from, so a watcher can ask only when it changes.
   * Fails with RUN_NOT_TRAINED when no checkpoint exists yet.
   */
  'explanation.templates': {
    input: v.object({
      runId: Id,
      which: v.optional(v.picklist(['best', 'last']), 'best'),
      /** Which units, in stored order; all by default (up to 2,048 a call). */
      offset: v.optional(Count, 0),
      limit: v.optional(v.pipe(Count, v.maxValue(2048)), 2048),
    }),
    output: v.object({ ...Templates.entries, classes: v.array(v.string()) }),
  },
} as const;

/** What a model says about labelled pictures, and what that is worth. */
const Verdicts = v.object({
  /** Numbers of the pictures (positions in the folder's order for a folder), and for each truth, verdict and the verdict's probability. */
  indices: uint32s,
  truth: uint16s,
  predicted: uint16s,
  probabilities: float32s,
  classes: v.array(v.string()),
  /** confusion[truth][verdict]. */
  confusion: v.array(v.array(Count)),
  accuracy: v.number(),
  accuracy95: v.tuple([v.number(), v.number()]),
  meanLoss: v.nullable(v.number()),
  perClass: v.array(
    v.object({
      precision: v.nullable(v.number()),
      recall: v.nullable(v.number()),
      f1: v.nullable(v.number()),
      support: Count,
      precision95: v.nullable(v.tuple([v.number(), v.number()])),
      recall95: v.nullable(v.tuple([v.number(), v.number()])),
      f1_95: v.nullable(v.tuple([v.number(), v.number()])),
    }),
  ),
});
export type Verdicts = v.InferOutput<typeof Verdicts>;

/** Labels as models see them that have not seen the picture: `core/evaluation/label-errors.ts`. */
export const LabelStudy = v.object({
  folds: Count,
  seed: Count,
  /** Epochs of each refit. */
  epochs: Count,
  /** Every picture that is not excluded, by number: its label, the likeliest other class, and the probabilities of both out of fold. */
  indices: uint32s,
  labels: uint16s,
  suggested: uint16s,
  given: float32s,
  other: float32s,
  /** 1 where the label is suspected. */
  suspected: bytes,
  /** Share of pictures whose likeliest class out of fold is their label. */
  accuracy: Fraction,
});
export type LabelStudy = v.InferOutput<typeof LabelStudy>;

/** Two models over the pictures that both have judged: `core/evaluation/paired-verdicts.ts`. */
const Pair = v.object({
  /** Numbers of the pictures, their labels as the later run knows them, and both verdicts. */
  indices: uint32s,
  truth: uint16s,
  before: uint16s,
  after: uint16s,
  /** Of the verdicts of `after`. */
  probabilities: float32s,
  classes: v.array(v.string()),
  /** Counts [truth][verdict] of each, and after − before. */
  confusionBefore: v.array(v.array(Count)),
  confusionAfter: v.array(v.array(Count)),
  difference: v.array(v.array(v.pipe(v.number(), v.integer()))),
  accuracyBefore: Fraction,
  accuracyAfter: Fraction,
  /** McNemar's counts and p; see core/evaluation/mcnemar.ts. */
  bothRight: Count,
  onlyBefore: Count,
  onlyAfter: Count,
  bothWrong: Count,
  pValue: Fraction,
  /** Pictures that only one of the two has judged, and those whose label has changed between the two. */
  judgedByOne: Count,
  relabelled: Count,
});
export type PairedRuns = v.InferOutput<typeof Pair>;

const Progress = v.object({ done: Count, total: Count });
const Which = v.optional(v.picklist(['best', 'last']), 'best');

export const evaluationContract = {
  /** Verdicts on one split, computed once per checkpoint and kept. Fails with RUN_NOT_TRAINED, DATASET_NOT_FOUND. */
  'evaluation.verdicts': {
    input: v.object({ runId: Id, on: v.picklist(['train', 'validation', 'test']), which: Which }),
    progress: Progress,
    output: v.object({
      ...Verdicts.entries,
      /** Accuracy without the pictures that also stand (nearly) in the training split; null where there are none. */
      withoutLeaks: v.nullable(v.object({ accuracy: v.number(), leaked: Count })),
    }),
  },
  /**
   * Two runs over the pictures of this split that both have judged, also where labels or exclusions were changed between the two. Fails
   * with RUN_NOT_TRAINED, and RUNS_DIFFER where the runs are of different pictures.
   */
  'evaluation.pair': {
    input: v.object({ before: Id, after: Id, on: v.picklist(['train', 'validation', 'test']), which: Which }),
    progress: Progress,
    output: Pair,
  },
  /**
   * For every picture of the split, in the order of the verdicts: the probability of one class, and the place of the true class among the
   * scores, 1 for the highest. Fails with RUN_NOT_TRAINED, INVALID_OPTION.
   */
  'evaluation.probabilities': {
    input: v.object({ runId: Id, on: v.picklist(['train', 'validation', 'test']), which: Which, label: Count }),
    progress: Progress,
    output: v.object({ indices: uint32s, truth: uint16s, probabilities: float32s, ranks: uint16s }),
  },
  /**
   * Trains the run's recipe once a fold without its pictures, and judges those by it; kept for the same request. With `known` nothing is
   * trained, and the answer is null where nothing is kept. Fails with RUN_NOT_FOUND, INVALID_OPTION, DATASET_TOO_SMALL,
   * TRAINING_DIVERGED, CANCELLED.
   */
  'evaluation.labelErrors': {
    input: v.object({
      runId: Id,
      folds: v.optional(v.pipe(Count, v.minValue(2), v.maxValue(50)), 5),
      /** Of the folds. */
      seed: v.optional(Seed, 0),
      /** Of each refit; null: as many as the run's best model had. */
      epochs: v.optional(v.nullable(v.pipe(Count, v.minValue(1))), null),
      known: v.optional(v.boolean(), false),
    }),
    progress: Progress,
    output: v.object({ study: v.nullable(LabelStudy) }),
  },
  /**
   * Verdicts on a folder of class folders that is no dataset; its classes are matched by name, nothing of it is kept.
   * Fails with RUN_NOT_TRAINED, FOLDER_NOT_FOUND, NO_IMAGES_FOUND, CLASSES_DIFFER when a folder is no class of the model.
   */
  'evaluation.folder': {
    input: v.object({ runId: Id, path: v.string(), which: Which }),
    progress: Progress,
    output: v.object({ ...Verdicts.entries, refused: Count }),
  },
} as const;

export const picturesContract = {
  /** Pixels (row by row, channels interleaved) as a PNG file, for saving; the decoder process writes it. */
  'pictures.encode': {
    input: v.object({
      width: v.pipe(Count, v.maxValue(4096)),
      height: v.pipe(Count, v.maxValue(4096)),
      channels: v.picklist([1, 3]),
      pixels: bytes,
    }),
    output: v.object({ png: bytes }),
  },
} as const;
