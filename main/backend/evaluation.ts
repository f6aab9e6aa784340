/** Verdicts of a run's model on one split, computed once per checkpoint and kept. */
import { createHash } from 'node:crypto';
import { matrixOf, rowOf } from '../../core/array/matrix.ts';
import { StudioError } from '../../core/errors.ts';
import { predictedClasses, trueClassRank } from '../../core/evaluation/accuracy.ts';
import { f1Intervals } from '../../core/evaluation/bootstrap-interval.ts';
import { confusionMatrix } from '../../core/evaluation/confusion-matrix.ts';
import { classificationReport } from '../../core/evaluation/precision-recall.ts';
import { wilsonInterval } from '../../core/evaluation/wilson-interval.ts';
import { lossNamed } from '../../core/losses/index.ts';
import { softmax } from '../../core/losses/softmax-cross-entropy.ts';
import { requireInteger } from '../../core/options.ts';
import { createGenerator } from '../../core/random/generator.ts';
import type { Output } from '../../core/rpc/define.ts';
import type { SplitName } from '../../core/rpc/contract/common.ts';
import type { ComputeContract, PictureSource } from '../../core/rpc/contract/compute.ts';
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import type { CheckpointFiles, StoredCheckpoint } from '../store/checkpoint-files.ts';
import type { DatasetVersion, DatasetVersions } from '../store/dataset-version.ts';
import type { RunRepository, StoredRun, StoredVerdicts } from '../store/run-repository.ts';
import type { ScoreFiles } from '../store/score-files.ts';
import type { FeatureCaches } from './feature-caches.ts';
import type { HelperProcess } from './helper-process.ts';
import { LastAnswers } from './last-answers.ts';
import { pictureSource } from './picture-source.ts';

export type Verdicts = Output<StudioContract, 'evaluation.verdicts'>;
export type Which = 'best' | 'last';

export interface EvaluationOptions {
  readonly runs: RunRepository;
  readonly checkpoints: CheckpointFiles;
  readonly datasets: DatasetVersions;
  readonly compute: Pick<HelperProcess<ComputeContract>, 'call'>;
  readonly features: FeatureCaches;
  readonly scores: ScoreFiles;
  readonly threads: () => number;
  readonly isReadOnly: boolean;
}

interface Watching {
  readonly signal?: AbortSignal;
  readonly onprogress?: (value: { done: number; total: number }) => void;
}

/** Scores are turned into verdicts so many rows at a time, between which other calls get their turn. */
const rowsAtATime = 2048;
const rememberedResults = 8;

export class Evaluation {
  readonly #options: EvaluationOptions;
  readonly #results = new LastAnswers<Verdicts>(rememberedResults);
  /** Of the model that was asked about last: one class after another is looked at. */
  #lastScores: { readonly key: string; readonly scores: Float32Array } | null = null;

  constructor(options: EvaluationOptions) {
    this.#options = options;
  }

  /** @throws StudioError RUN_NOT_FOUND, RUN_NOT_TRAINED, DATASET_NOT_FOUND, CHECKPOINT_DAMAGED. */
  async verdicts(runId: string, on: SplitName, which: Which, watching: Watching = {}): Promise<Verdicts> {
    const { runs, datasets, isReadOnly } = this.#options;
    const run = runs.get(runId);
    if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: runId });
    const checkpoint = this.checkpointOf(run, which);
    const key = `${checkpoint.sha256} ${on}`;
    const known = this.#results.get(key);
    if (known !== undefined) return known;

    const dataset = datasets.version(run.datasetId, run.datasetVersion);
    const source = pictureSource(dataset, run.recipe.split);
    let stored = runs.verdicts(runId, checkpoint.sha256, on);
    if (stored === null) {
      stored = await this.#judge(run, checkpoint, source, on, watching);
      if (!isReadOnly) runs.keepVerdicts(runId, checkpoint.sha256, on, stored);
    }
    return this.#results.keep(key, resultOf(stored, dataset, on === 'train' ? null : source.train));
  }

  /**
   * Of every picture of a split: the probability of one class, and the place of the true class among the scores.
   *
   * @throws StudioError as `verdicts`; INVALID_OPTION for a class there is none.
   */
  async probabilities(
    runId: string,
    on: SplitName,
    which: Which,
    label: number,
    watching: Watching = {},
  ): Promise<Output<StudioContract, 'evaluation.probabilities'>> {
    const { runs, datasets } = this.#options;
    const run = runs.get(runId);
    if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: runId });
    const checkpoint = this.checkpointOf(run, which);
    const source = pictureSource(datasets.version(run.datasetId, run.datasetVersion), run.recipe.split);
    const classes = source.classes.length;
    requireInteger('label', label, 0, classes - 1);
    const indices = source[on];
    const scores =
      indices.length === 0 ? new Float32Array(0) : await this.#scores(run, checkpoint, source, on, watching);
    const probabilities = new Float32Array(indices.length);
    const ranks = new Uint16Array(indices.length);
    const truth = Uint16Array.from(indices, (picture) => source.labels[picture]!);
    for (let from = 0; from < indices.length; from += rowsAtATime) {
      const to = Math.min(indices.length, from + rowsAtATime);
      const rows = matrixOf(to - from, classes, Float64Array.from(scores.subarray(from * classes, to * classes)));
      const certainty = softmax(rows);
      for (let i = from; i < to; i++) {
        probabilities[i] = certainty.data[(i - from) * classes + label]!;
        ranks[i] = trueClassRank(rowOf(rows, i - from), truth[i]!);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { indices: indices.slice(), truth, probabilities, ranks };
  }

  /** Accuracy on the test split of the model the recipe chose; null where there is no test split. */
  async testAccuracy(runId: string): Promise<number | null> {
    const { runs, datasets } = this.#options;
    const run = runs.get(runId);
    if (run === null) return null;
    const source = pictureSource(datasets.version(run.datasetId, run.datasetVersion), run.recipe.split);
    if (source.test.length === 0) return null;
    // Without a validation split nothing was chosen, so the last model is the run's model.
    const { accuracy } = await this.verdicts(runId, 'test', source.validation.length > 0 ? 'best' : 'last');
    return accuracy;
  }

  /** @throws StudioError RUN_NOT_TRAINED before the first checkpoint, CHECKPOINT_DAMAGED when none is sound. */
  checkpointOf(run: Pick<StoredRun, 'id'>, which: Which): StoredCheckpoint {
    const { checkpoints } = this.#options;
    const found = which === 'best' ? checkpoints.bestSound(run.id) : checkpoints.newestSound(run.id);
    if (found !== null) return found;
    const wasTrained = checkpoints.list(run.id).length > 0;
    throw new StudioError(wasTrained ? 'CHECKPOINT_DAMAGED' : 'RUN_NOT_TRAINED', { run: run.id });
  }

  async #judge(
    run: StoredRun,
    checkpoint: StoredCheckpoint,
    source: PictureSource,
    on: SplitName,
    watching: Watching,
  ): Promise<StoredVerdicts> {
    const indices = source[on];
    const truth = Uint16Array.from(indices, (i) => source.labels[i]!);
    if (indices.length === 0) {
      const none = { predicted: new Uint16Array(0), probabilities: new Float32Array(0), meanLoss: null };
      return { indices, truth, ...none };
    }
    const scores = await this.#scores(run, checkpoint, source, on, watching);
    return { indices, truth, ...(await judged(scores, truth, source.classes.length, run.recipe.loss)) };
  }

  /** Of all pictures of a split: those asked for last, those kept in a file, or computed now and kept. */
  async #scores(
    run: StoredRun,
    checkpoint: StoredCheckpoint,
    source: PictureSource,
    on: SplitName,
    watching: Watching,
  ): Promise<Float32Array> {
    const { scores: files, isReadOnly } = this.#options;
    const key = scoresKey(run, checkpoint, on);
    if (this.#lastScores?.key === key) return this.#lastScores.scores;
    const kept = files.read(key, source[on].length * source.classes.length, Date.now());
    const scores = kept ?? (await this.#computedScores(run, checkpoint, source, source[on], watching));
    this.#lastScores = { key, scores };
    if (kept === null && !isReadOnly) {
      try {
        files.write(key, scores);
      } catch {
        // Where there is no room for them they are computed again.
      }
    }
    return scores;
  }

  async #computedScores(
    run: StoredRun,
    checkpoint: StoredCheckpoint,
    source: PictureSource,
    indices: Uint32Array<ArrayBuffer>,
    watching: Watching,
  ): Promise<Float32Array> {
    const { scores } = await this.#options.compute.call(
      'compute.scores',
      {
        model: { path: checkpoint.path },
        source,
        indices,
        threads: this.#options.threads(),
        features: this.#options.features.existing({
          datasetVersion: run.datasetVersion,
          features: run.recipe.features,
          source,
          backend: run.recipe.backend,
        }),
      },
      watching,
    );
    return scores;
  }
}

/** All that decides which pictures are scored, and how. */
function scoresKey({ datasetVersion, recipe }: StoredRun, { sha256 }: StoredCheckpoint, on: SplitName): string {
  return createHash('sha256')
    .update(JSON.stringify([sha256, datasetVersion, recipe.split, on]))
    .digest('hex');
}

/** Verdicts on pictures that are in no dataset, by the classes and the loss of a run. */
export async function verdictsOf(
  scores: Float32Array,
  indices: Uint32Array,
  truth: Uint16Array,
  dataset: DatasetVersion,
  loss: string,
): Promise<Verdicts> {
  return resultOf({ indices, truth, ...(await judged(scores, truth, dataset.classes.length, loss)) }, dataset, null);
}

async function judged(
  scores: Float32Array,
  truth: Uint16Array,
  classes: number,
  lossName: string,
): Promise<Pick<StoredVerdicts, 'predicted' | 'probabilities' | 'meanLoss'>> {
  const loss = lossNamed(lossName);
  const predicted = new Uint16Array(truth.length);
  const probabilities = new Float32Array(truth.length);
  let lossSum = 0;
  for (let from = 0; from < truth.length; from += rowsAtATime) {
    const to = Math.min(truth.length, from + rowsAtATime);
    const rows = matrixOf(to - from, classes, Float64Array.from(scores.subarray(from * classes, to * classes)));
    const certainty = softmax(rows);
    const verdicts = predictedClasses(rows);
    predicted.set(verdicts, from);
    verdicts.forEach((verdict, i) => (probabilities[from + i] = certainty.data[i * classes + verdict]!));
    lossSum += loss.evaluate(rows, truth.subarray(from, to)).loss * (to - from);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const meanLoss = lossSum / truth.length;
  return { predicted, probabilities, meanLoss: Number.isFinite(meanLoss) ? meanLoss : null };
}

/** Resamples for the intervals of F1: a thousand, fewer where there are so many pictures that the person would wait. */
function resamplesOf(count: number): number {
  return Math.max(200, Math.min(1000, Math.floor(1e7 / Math.max(1, count))));
}

function resultOf(verdicts: StoredVerdicts, dataset: DatasetVersion, train: Uint32Array | null): Verdicts {
  const { indices, truth, predicted, probabilities, meanLoss } = verdicts;
  const classes = dataset.classes.length;
  const n = truth.length;
  const confusion = confusionMatrix(truth, predicted, classes);
  const cell = (t: number, v: number) => confusion.data[t * classes + v]!;
  const { perClass } = classificationReport(confusion);
  const random = createGenerator(0, 'f1-intervals');
  const f1 = f1Intervals(truth, predicted, classes, { resamples: resamplesOf(n), random });
  const hits = truth.reduce((sum, t, i) => sum + (t === predicted[i] ? 1 : 0), 0);
  return {
    indices: Uint32Array.from(indices),
    truth: Uint16Array.from(truth),
    predicted: Uint16Array.from(predicted),
    probabilities: Float32Array.from(probabilities),
    classes: [...dataset.classes],
    confusion: Array.from({ length: classes }, (_, t) => Array.from({ length: classes }, (_, v) => cell(t, v))),
    accuracy: n === 0 ? 0 : hits / n,
    accuracy95: wilsonInterval(hits, n) ?? [0, 1],
    meanLoss,
    perClass: perClass.map((figures, c) => {
      const verdictCount = Array.from({ length: classes }, (_, t) => cell(t, c)).reduce((a, b) => a + b, 0);
      return {
        precision: figures.precision,
        recall: figures.recall,
        f1: figures.f1,
        support: figures.support,
        precision95: wilsonInterval(cell(c, c), verdictCount),
        recall95: wilsonInterval(cell(c, c), figures.support),
        f1_95: f1[c] ?? null,
      };
    }),
    withoutLeaks: train === null ? null : withoutLeaks(verdicts, dataset, train),
  };
}

/** Accuracy without the pictures of which a (near) copy was trained on. */
function withoutLeaks({ indices, truth, predicted }: StoredVerdicts, { groups }: DatasetVersion, train: Uint32Array) {
  const trained = new Set(Array.from(train, (i) => groups[i]!).filter((group) => group >= 0));
  let leaked = 0;
  let hits = 0;
  indices.forEach((picture, i) => {
    if (trained.has(groups[picture]!)) leaked++;
    else if (truth[i] === predicted[i]) hits++;
  });
  const rest = indices.length - leaked;
  return leaked === 0 || rest === 0 ? null : { accuracy: hits / rest, leaked };
}
