/** Predictions as rows: in which order, and as numbers for a spreadsheet. */
import type { FigureTable } from '../charts/figure-table.ts';
import type { Prediction } from '../../core/rpc/contract/prediction.ts';

export type PredictionSort = 'given' | 'name' | 'sure' | 'unsure' | 'class';

export const fileName = (path: string): string => path.replace(/^.*[\\/]/, '');

/** Highest probability of a prediction; null where the file was refused. */
export function confidenceOf(result: Prediction): number | null {
  return result.kind === 'prediction' ? (result.probabilities[result.predicted] ?? null) : null;
}

/** Positions in order; refused files have no verdict and come last, except where files stand as given or by name. */
export function orderPredictions(results: readonly Prediction[], sort: PredictionSort): number[] {
  const order = results.map((_, i) => i);
  if (sort === 'given') return order;
  if (sort === 'name') {
    const compare = new Intl.Collator(undefined, { numeric: true }).compare;
    return order.sort((a, b) => compare(fileName(results[a]!.path), fileName(results[b]!.path)) || a - b);
  }
  const key = (i: number): number => {
    const result = results[i]!;
    if (result.kind === 'refused') return Infinity;
    const confidence = confidenceOf(result) ?? 0;
    return sort === 'class' ? result.predicted + (1 - confidence) / 2 : sort === 'sure' ? -confidence : confidence;
  };
  return order.sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    return x === y ? a - b : x - y;
  });
}

/** Labels from the highest probability down. */
export function rankedClasses(probabilities: ArrayLike<number>): number[] {
  return Array.from({ length: probabilities.length }, (_, label) => label).sort(
    (a, b) => probabilities[b]! - probabilities[a]! || a - b,
  );
}

export interface PredictionWords {
  readonly file: string;
  readonly verdict: string;
  readonly probability: string;
  readonly problem: string;
  readonly nameOf: (label: number) => string;
  readonly sentence: (reason: Extract<Prediction, { kind: 'refused' }>['reason']) => string;
}

/** One row a file: its verdict, the probability, then that of every class; the reason where it was refused. */
export function predictionTable(
  results: readonly Prediction[],
  order: readonly number[],
  classCount: number,
  words: PredictionWords,
): FigureTable {
  const names = Array.from({ length: classCount }, (_, label) => words.nameOf(label));
  return {
    columns: [words.file, words.verdict, words.probability, ...names, words.problem],
    rows: order.map((i) => {
      const result = results[i]!;
      if (result.kind === 'refused')
        return [result.path, null, null, ...names.map(() => null), words.sentence(result.reason)];
      const probabilities = names.map((_, label) => result.probabilities[label] ?? null);
      return [result.path, names[result.predicted] ?? null, confidenceOf(result), ...probabilities, null];
    }),
  };
}
