/** Sentences about datasets that several components share. */
import type { DatasetSummary, ProblemKind } from '../../core/rpc/contract/datasets.ts';
import { count } from '../format.ts';
import { m } from '../messages.ts';

const fits: Readonly<Record<DatasetSummary['fit'], () => string>> = {
  crop: m.fit_crop_done,
  pad: m.fit_pad_done,
  stretch: m.fit_stretch_done,
};

/** `Read in place, never changed. 32 × 32, cropped. Split: 1,600 train, 400 test.` */
export function lessonOf(dataset: DatasetSummary): string {
  const origin =
    dataset.kind === 'sample' ? m.dataset_origin_sample() : m.dataset_origin_source({ path: dataset.sourcePath ?? '' });
  const size = `${dataset.width}\u00a0×\u00a0${dataset.height}${dataset.channels === 1 ? `, ${m.dataset_grey()}` : ''}`;
  const shape =
    dataset.kind === 'folder' ? m.dataset_shape_fitted({ size, fit: fits[dataset.fit]() }) : m.dataset_shape({ size });
  const { train, validation, test } = dataset.counts;
  const parts = [
    m.dataset_split_train({ count: count(train) }),
    validation === null ? null : m.dataset_split_validation({ count: count(validation) }),
    test === null ? null : m.dataset_split_test({ count: count(test) }),
  ].filter((part) => part !== null);
  return `${origin} ${shape} ${m.dataset_split({ parts: parts.join(', ') })}`;
}

/** Kinds of problems in the order of their weight, with how many groups a dataset has of each. */
export const problemKinds: readonly {
  readonly id: ProblemKind;
  readonly label: () => string;
  readonly explanation: () => string;
  readonly count: (dataset: DatasetSummary) => number;
}[] = [
  { id: 'leak', label: m.problem_leak, explanation: m.problem_leak_explained, count: ({ problems }) => problems.leaks },
  {
    id: 'conflict',
    label: m.problem_conflict,
    explanation: m.problem_conflict_explained,
    count: ({ problems }) => problems.conflicts,
  },
  {
    id: 'exact-duplicate',
    label: m.problem_exact_duplicate,
    explanation: m.problem_exact_duplicate_explained,
    count: ({ problems }) => problems.exactDuplicates,
  },
  {
    id: 'near-duplicate',
    label: m.problem_near_duplicate,
    explanation: m.problem_near_duplicate_explained,
    count: ({ problems }) => problems.nearDuplicates,
  },
  {
    id: 'warned',
    label: m.problem_warned,
    explanation: m.problem_warned_explained,
    count: ({ outcomes }) => outcomes.warned,
  },
];
