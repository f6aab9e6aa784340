/** In which order the classes of a report stand. */
import type { Verdicts } from '../../core/rpc/contract/explanation.ts';

export type ClassFigures = Verdicts['perClass'][number];
export type ClassSort = 'class' | 'precision' | 'recall' | 'f1' | 'support';

/** Worst first for figures, most pictures first for `support`; classes without the figure come last. */
export function orderClasses(perClass: readonly ClassFigures[], sort: ClassSort): number[] {
  const order = perClass.map((_, label) => label);
  if (sort === 'class') return order;
  const key = (label: number): number => {
    if (sort === 'support') return -perClass[label]!.support;
    return perClass[label]![sort] ?? Infinity;
  };
  return order.sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x === y ? a - b : x - y;
  });
}
