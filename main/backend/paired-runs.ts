/** Two runs over the pictures that both have judged, also where labels or exclusions were changed between the two. */
import { rowsOf } from '../../core/array/matrix.ts';
import { StudioError } from '../../core/errors.ts';
import { commonPictures, confusionDifference } from '../../core/evaluation/paired-verdicts.ts';
import type { SplitName } from '../../core/rpc/contract/common.ts';
import type { PairedRuns } from '../../core/rpc/contract/explanation.ts';
import type { DatasetVersions } from '../store/dataset-version.ts';
import type { RunRepository, StoredRun } from '../store/run-repository.ts';
import type { Evaluation, Which } from './evaluation.ts';

export interface PairedRunsParts {
  readonly runs: RunRepository;
  readonly datasets: DatasetVersions;
  readonly evaluation: Evaluation;
}

export interface PairQuestion {
  readonly before: string;
  readonly after: string;
  readonly on: SplitName;
  readonly which: Which;
}

/** @throws StudioError RUN_NOT_FOUND, RUN_NOT_TRAINED, DATASET_NOT_FOUND, RUNS_DIFFER. */
export async function pairedRuns(
  { runs, datasets, evaluation }: PairedRunsParts,
  { before, after, on, which }: PairQuestion,
  watching: Parameters<Evaluation['verdicts']>[3] = {},
): Promise<PairedRuns> {
  const [first, second] = [before, after].map((id): StoredRun => {
    const run = runs.get(id);
    if (run === null) throw new StudioError('RUN_NOT_FOUND', { run: id });
    return run;
  }) as [StoredRun, StoredRun];
  const [firstData, secondData] = [first, second].map((run) => datasets.version(run.datasetId, run.datasetVersion));
  const differ = () => new StudioError('RUNS_DIFFER', { before: first.number, after: second.number });
  // Numbers mean the same pictures only within one reading of one source, which is one file of pixels.
  if (firstData!.pixelsPath !== secondData!.pixelsPath) throw differ();

  const theirs = await evaluation.verdicts(before, on, which, watching);
  const own = await evaluation.verdicts(after, on, which, watching);
  const pairs = commonPictures(theirs.indices, own.indices);
  if (pairs.length === 0) throw differ();
  const truth = Uint16Array.from(pairs, ([, j]) => own.truth[j]!);
  const verdicts = {
    before: Uint16Array.from(pairs, ([i]) => theirs.predicted[i]!),
    after: Uint16Array.from(pairs, ([, j]) => own.predicted[j]!),
  };
  const { agreement, ...confusion } = confusionDifference({ truth, ...verdicts }, own.classes.length);
  const { bothRight, onlyFirst: onlyBefore, onlySecond: onlyAfter, bothWrong, pValue } = agreement;
  return {
    indices: Uint32Array.from(pairs, ([, j]) => own.indices[j]!),
    truth,
    ...verdicts,
    probabilities: Float32Array.from(pairs, ([, j]) => own.probabilities[j]!),
    classes: own.classes,
    confusionBefore: rowsOf(confusion.before),
    confusionAfter: rowsOf(confusion.after),
    difference: rowsOf(confusion.difference),
    accuracyBefore: (bothRight + onlyBefore) / pairs.length,
    accuracyAfter: (bothRight + onlyAfter) / pairs.length,
    bothRight,
    onlyBefore,
    onlyAfter,
    bothWrong,
    pValue,
    judgedByOne: theirs.indices.length + own.indices.length - 2 * pairs.length,
    relabelled: pairs.filter(([i, j]) => theirs.truth[i] !== own.truth[j]).length,
  };
}
