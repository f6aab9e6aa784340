/**
 * Figures of a confusion matrix C, C[t, v] counting truth t and verdict v, with n = ΣC, aₜ = Σᵥ C[t, v], bᵥ = Σₜ C[t, v].
 *
 *     precision_c = C[c, c] / b_c          of the verdicts c, how many are right
 *     recall_c    = C[c, c] / a_c          of the pictures of c, how many are found
 *     F1_c        = 2·C[c, c] / (a_c + b_c)
 *     macro       mean over classes        weighted   mean over classes by a_c        micro   from summed counts
 *     balanced accuracy   mean recall of the classes that occur in the truth
 *     κ   = (p₀ − pₑ) / (1 − pₑ),   p₀ = accuracy,  pₑ = Σ_c a_c·b_c / n²
 *     MCC = (n·ΣC[c, c] − Σ a_c·b_c) / √((n² − Σ a_c²)·(n² − Σ b_c²))
 *
 * A quotient 0/0 of a class is null: there is nothing to be precise about. In the averages it counts as 0, as in
 * scikit-learn with zero_division=0. κ is null when truth and verdicts are one and the same class; MCC is then 0.
 *
 * Sources: Cohen 1960 (κ); Gorodkin 2004, "Comparing two K-category assignments by a K-category correlation
 * coefficient" (MCC of many classes).
 * Golden: tests/golden/data/metrics.json, cases labels/… (scikit-learn).
 */
import type { Matrix } from '../array/matrix.ts';
import { sum } from '../array/reduce.ts';
import { truthCounts, verdictCounts } from './confusion-matrix.ts';

export interface ClassFigures {
  /** null without a verdict for the class. */
  readonly precision: number | null;
  /** null without a picture of the class. */
  readonly recall: number | null;
  /** null without either. */
  readonly f1: number | null;
  /** Pictures of the class. */
  readonly support: number;
}

export interface AverageFigures {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface ClassificationReport {
  /** NaN of no pictures, as all averages. */
  readonly accuracy: number;
  readonly perClass: readonly ClassFigures[];
  readonly macro: AverageFigures;
  /** Over the classes that occur in truth or verdicts only. */
  readonly macroPresent: AverageFigures;
  readonly weighted: AverageFigures;
  readonly micro: AverageFigures;
  readonly balancedAccuracy: number;
  readonly kappa: number | null;
  readonly matthewsCorrelation: number;
}

export function classificationReport(confusion: Matrix): ClassificationReport {
  const c = confusion.rows;
  const a = truthCounts(confusion);
  const b = verdictCounts(confusion);
  const n = sum(a);
  const hits = Float64Array.from({ length: c }, (_, j) => confusion.data[j * c + j]!);
  const perClass = Array.from(hits, (hit, j) => ({
    precision: ratio(hit, b[j]!),
    recall: ratio(hit, a[j]!),
    f1: ratio(2 * hit, a[j]! + b[j]!),
    support: a[j]!,
  }));

  const average = (weights: readonly number[]): AverageFigures => {
    const total = sum(weights);
    const of = (figure: (figures: ClassFigures) => number | null): number =>
      sum(perClass.map((figures, j) => weights[j]! * (figure(figures) ?? 0))) / total;
    return { precision: of((f) => f.precision), recall: of((f) => f.recall), f1: of((f) => f.f1) };
  };
  const accuracy = sum(hits) / n;
  const occurring = perClass.filter((figures) => figures.support > 0);
  const ab = sum(a.map((count, j) => count * b[j]!));
  const spread = Math.sqrt((n * n - sum(a.map((x) => x * x))) * (n * n - sum(b.map((x) => x * x))));

  return {
    accuracy,
    perClass,
    macro: average(perClass.map(() => 1)),
    macroPresent: average(perClass.map((_, j) => (a[j]! + b[j]! > 0 ? 1 : 0))),
    weighted: average([...a]),
    micro: { precision: accuracy, recall: accuracy, f1: accuracy }, // every sample has one truth and one verdict
    balancedAccuracy: sum(occurring.map((figures) => figures.recall!)) / occurring.length,
    kappa: ratio(n * sum(hits) - ab, n * n - ab),
    matthewsCorrelation: spread === 0 ? 0 : (n * sum(hits) - ab) / spread,
  };
}

function ratio(numerator: number, denominator: number): number | null {
  return denominator === 0 ? null : numerator / denominator;
}
