/** One edit of pictures, from whatever place: a new dataset version, a sentence about it, and one Undo. */
import type { StudioContract } from '../../core/rpc/contract/index.ts';
import type { DatasetSummary } from '../../core/rpc/contract/datasets.ts';
import type { CallInput } from '../../core/rpc/define.ts';
import { className } from '../class-names.ts';
import { count } from '../format.ts';
import { m } from '../messages.ts';
import type { Studio } from '../studio.svelte.ts';

export type PictureChange = Exclude<CallInput<StudioContract, 'datasets.edit'>['change'], { kind: 'split' }>;

/** Calls `onchange` after the edit, and again after it was undone. */
export async function editPictures(
  studio: Studio,
  dataset: DatasetSummary,
  indices: Uint32Array<ArrayBuffer>,
  change: PictureChange,
  onchange?: () => Promise<void>,
): Promise<void> {
  if (indices.length === 0) return;
  const datasetId = dataset.id;
  const show = async (changed: DatasetSummary) => {
    studio.replaceDataset(changed);
    await onchange?.();
  };
  const edited = await studio.attempt(studio.call('datasets.edit', { datasetId, indices, change }));
  if (edited === null) return;
  await show(edited.dataset);
  studio.say(sentenceOf(dataset, indices.length, change), async () => {
    const undone = await studio.call('datasets.undo', { datasetId, editId: edited.editId });
    await show(undone.dataset);
  });
}

function sentenceOf(dataset: DatasetSummary, n: number, change: PictureChange): string {
  if (change.kind === 'exclude')
    return n === 1 ? m.dataset_said_excluded_one() : m.dataset_said_excluded({ count: count(n) });
  if (change.kind === 'include')
    return n === 1 ? m.dataset_said_included_one() : m.dataset_said_included({ count: count(n) });
  if (change.kind === 'labels')
    return n === 1 ? m.dataset_said_labels_one() : m.dataset_said_labels({ count: count(n) });
  const name = className(dataset, change.label);
  return n === 1 ? m.dataset_said_relabelled_one({ name }) : m.dataset_said_relabelled({ count: count(n), name });
}
