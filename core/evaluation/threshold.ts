/**
 * What a probability threshold decides.
 *
 * Of one class: a picture is taken for it when its probability reaches t. A higher t finds fewer (recall) and is wrong less often
 * (precision). Of a verdict: below t the model abstains; it answers fewer (coverage), and more of its answers are right. The true class
 * may also be asked for among the k likeliest.
 */
import { requireLength } from '../array/matrix.ts';
import { type Interval, wilsonInterval } from './wilson-interval.ts';

export interface ThresholdPoint {
  readonly threshold: number;
  /** Pictures with p ≥ threshold, and how many of them are of the class. */
  readonly taken: number;
  readonly right: number;
  /** right / taken; null where nothing is taken. */
  readonly precision: number | null;
  readonly precision95: Interval | null;
  /** right / pictures of the class; null where there are none. */
  readonly recall: number | null;
  readonly recall95: Interval | null;
}

/** @param isOfClass  1 where the picture is of the class. */
export function atThreshold(
  probabilities: ArrayLike<number>,
  isOfClass: ArrayLike<number | boolean>,
  threshold: number,
): ThresholdPoint {
  requireLength('isOfClass', isOfClass, probabilities.length);
  let [taken, right, all] = [0, 0, 0];
  for (let i = 0; i < probabilities.length; i++) {
    if (isOfClass[i]) all++;
    if (probabilities[i]! < threshold) continue;
    taken++;
    if (isOfClass[i]) right++;
  }
  return pointOf(threshold, taken, right, all);
}

/**
 * All thresholds at which something changes, from the highest down: one a distinct probability. Thinned out evenly to `most`, first and
 * last kept.
 */
export function thresholdCurve(
  probabilities: ArrayLike<number>,
  isOfClass: ArrayLike<number | boolean>,
  most = 400,
): ThresholdPoint[] {
  requireLength('isOfClass', isOfClass, probabilities.length);
  const order = Uint32Array.from({ length: probabilities.length }, (_, i) => i).sort(
    (a, b) => probabilities[b]! - probabilities[a]!,
  );
  const all = order.reduce((sum, i) => sum + (isOfClass[i] ? 1 : 0), 0);
  const steps: { threshold: number; taken: number; right: number }[] = [];
  let right = 0;
  order.forEach((i, k) => {
    if (isOfClass[i]) right++;
    const next = order[k + 1];
    const threshold = probabilities[i]!;
    if (next === undefined || probabilities[next] !== threshold) steps.push({ threshold, taken: k + 1, right });
  });
  const last = steps.length - 1;
  const kept =
    steps.length <= most ? steps : Array.from({ length: most }, (_, k) => steps[Math.round((k * last) / (most - 1))]!);
  return kept.map((step) => pointOf(step.threshold, step.taken, step.right, all));
}

export interface CoveragePoint {
  readonly threshold: number;
  /** Share of pictures that get an answer. */
  readonly coverage: number;
  readonly answered: number;
  /** Of the answers; null where there are none. */
  readonly accuracy: number | null;
  readonly accuracy95: Interval | null;
}

/**
 * @param confidences  (n) probability of each verdict.
 * @param hits         (n) 1 where it is right.
 */
export function coverageAt(
  confidences: ArrayLike<number>,
  hits: ArrayLike<number | boolean>,
  threshold: number,
): CoveragePoint {
  return coverageOf(atThreshold(confidences, hits, threshold), confidences.length);
}

/** The same for every threshold at which something changes, thinned out to `most`. */
export function coverageCurve(
  confidences: ArrayLike<number>,
  hits: ArrayLike<number | boolean>,
  most = 400,
): CoveragePoint[] {
  return thresholdCurve(confidences, hits, most).map((point) => coverageOf(point, confidences.length));
}

function coverageOf({ threshold, taken, precision, precision95 }: ThresholdPoint, n: number): CoveragePoint {
  return { threshold, coverage: taken / n, answered: taken, accuracy: precision, accuracy95: precision95 };
}

export interface TopK {
  readonly k: number;
  readonly hits: number;
  readonly accuracy: number;
  readonly accuracy95: Interval;
}

/**
 * How often the true class is among the k likeliest, for k = 1 … `most`.
 *
 * @param ranks  (n), n ≥ 1: place of the true class among the scores, 1 for the highest; see `trueClassRank`.
 */
export function topKAccuracies(ranks: ArrayLike<number>, most: number): TopK[] {
  const counts = new Float64Array(most + 1);
  for (let i = 0; i < ranks.length; i++) if (ranks[i]! <= most) counts[ranks[i]!]!++;
  let hits = 0;
  return Array.from({ length: most }, (_, i) => {
    hits += counts[i + 1]!;
    return { k: i + 1, hits, accuracy: hits / ranks.length, accuracy95: wilsonInterval(hits, ranks.length)! };
  });
}

function pointOf(threshold: number, taken: number, right: number, all: number): ThresholdPoint {
  return {
    threshold,
    taken,
    right,
    precision: taken === 0 ? null : right / taken,
    precision95: wilsonInterval(right, taken),
    recall: all === 0 ? null : right / all,
    recall95: wilsonInterval(right, all),
  };
}
