/** Fixed features against end to end: four models on one split with one budget, some seeds each, as runs of the studio. */
import type { ImageShape } from '../../core/image/pixel-image.ts';
import type { FeatureRecipe } from '../../core/recipe/feature-recipe.ts';
import { fittingFeatures } from '../../core/recipe/fitting-features.ts';
import type { RunSummary } from '../../core/rpc/contract/runs.ts';

export const comparedKinds = ['raw-linear', 'raw-mlp', 'features-linear', 'features-mlp'] as const;
export type ComparedKind = (typeof comparedKinds)[number];
export const comparedSeeds = 3;

const prefix = 'compare ';

export function comparedName(kind: ComparedKind, seed: number): string {
  return `${prefix}${kind} ${seed}`;
}

/** What the model of one bar sees. All else is the defaults for that, the same split, epochs and batch. */
export function comparedFeatures(kind: ComparedKind, shape: ImageShape, trainCount: number): FeatureRecipe[] {
  const kinds = kind.startsWith('features') ? (['color', 'hog'] as const) : (['raw'] as const);
  return kinds.map((one) => fittingFeatures(one, shape, trainCount));
}

export interface ComparedBar {
  readonly kind: ComparedKind;
  readonly runs: readonly RunSummary[];
  readonly accuracies: readonly number[];
  readonly mean: number | null;
  /** 95 % by Student's t over the seeds; null for fewer than two. */
  readonly interval: readonly [number, number] | null;
  readonly parameters: number | null;
  readonly seconds: number | null;
}

/** t of 95 % by degrees of freedom, 1 … 9. */
const studentT = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** The newest finished run of each seed, of one dataset as it is now. */
export function comparedBars(runs: readonly RunSummary[], datasetId: string): ComparedBar[] {
  return comparedKinds.map((kind) => {
    const own = Array.from({ length: comparedSeeds }, (_, seed) =>
      runs.find(
        (run) =>
          run.datasetId === datasetId &&
          run.datasetIsCurrent &&
          run.status === 'finished' &&
          run.name === comparedName(kind, seed),
      ),
    ).filter((run) => run !== undefined);
    const accuracies = own.flatMap((run) => run.testAccuracy ?? run.validationAccuracy ?? []);
    const n = accuracies.length;
    const mean = n === 0 ? null : accuracies.reduce((a, b) => a + b, 0) / n;
    const spread =
      mean === null || n < 2 ? null : Math.sqrt(accuracies.reduce((s, a) => s + (a - mean) ** 2, 0) / (n - 1));
    const half = spread === null ? null : (studentT[n - 2]! * spread) / Math.sqrt(n);
    return {
      kind,
      runs: own,
      accuracies,
      mean,
      interval: mean === null || half === null ? null : [Math.max(0, mean - half), Math.min(1, mean + half)],
      parameters: own[0]?.parameters ?? null,
      seconds: own.length === 0 ? null : own.reduce((total, run) => total + run.trainSeconds, 0) / own.length,
    };
  });
}

/** Compared runs that wait or train. */
export function comparedWaiting(runs: readonly RunSummary[], datasetId: string): RunSummary[] {
  return runs.filter(
    (run) =>
      run.datasetId === datasetId &&
      run.name.startsWith(prefix) &&
      (run.status === 'queued' || run.status === 'running'),
  );
}
