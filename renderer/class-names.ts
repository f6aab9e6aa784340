/** Names of classes as a person reads them: a folder's own, and the samples' in the language of the page. */
import type { DatasetSummary } from '../core/rpc/contract/datasets.ts';
import { codeMessage, m } from './messages.ts';

type Named = Pick<DatasetSummary, 'kind' | 'classes'>;

/** Where the dataset is not there (any more), classes have their numbers. */
export function className(dataset: Named | null, label: number): string {
  const name = dataset?.classes[label] ?? `#${label}`;
  return dataset?.kind === 'sample' ? sampleClassName(name) : name;
}

/** The name of a dataset: a person's own, and a sample's in the language of the page. */
export function datasetName(dataset: Pick<DatasetSummary, 'kind' | 'name'>): string {
  if (dataset.kind !== 'sample') return dataset.name;
  const id = dataset.name.toLowerCase();
  return id === 'shapes' ? m.sample_shapes_title() : id === 'handwriting' ? m.sample_handwriting_title() : dataset.name;
}

export function sampleClassName(name: string): string {
  const sentence = codeMessage('sample_class', name);
  return sentence === '' ? name : sentence;
}
