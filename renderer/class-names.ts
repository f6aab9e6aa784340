/** Names of classes as a person reads them: a folder's own, and the samples' in the language of the page. */
import type { DatasetSummary } from '../core/rpc/contract/datasets.ts';
import { codeMessage } from './messages.ts';

type Named = Pick<DatasetSummary, 'kind' | 'classes'>;

export function className(dataset: Named, label: number): string {
  const name = dataset.classes[label] ?? `#${label}`;
  return dataset.kind === 'sample' ? sampleClassName(name) : name;
}

export function sampleClassName(name: string): string {
  const sentence = codeMessage('sample_class', name);
  return sentence === '' ? name : sentence;
}
