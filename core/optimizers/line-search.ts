/**
 * A step length that satisfies the strong Wolfe conditions along a direction of descent.
 *
 *     φ(t) = L(θ + t·d),  φ′(t) = ∇L(θ + t·d)·d
 *     sufficient decrease   φ(t) ≤ φ(0) + c₁·t·φ′(0)
 *     curvature             |φ′(t)| ≤ c₂·|φ′(0)|
 *
 * First t grows, by cubic extrapolation within [1.01, 10] times the last stretch, until an interval is known to hold such
 * a step; then the interval shrinks by cubic interpolation. A trial too close to an end twice in a row, or beyond it, is
 * moved inwards by a tenth, so that the interval really shrinks. A value that is not finite counts as too high, and the
 * interval is halved then.
 *
 * The rule "not lower than the trial before" is asked from the third trial on, as in minFunc and PyTorch; Algorithm 3.5
 * asks it from the second.
 *
 * Source: Nocedal & Wright 2006, "Numerical Optimization", Algorithms 3.5, 3.6 and equation 3.59; M. Schmidt, minFunc.
 * Golden: tests/golden/data/optimizers.json, kind lbfgs (PyTorch, float64).
 */
export interface LinePoint {
  readonly loss: number;
  /** φ′. */
  readonly slope: number;
}

export interface LineSearchOptions {
  /** c₁. */
  readonly decrease: number;
  /** c₂. */
  readonly curvature: number;
  /** Of φ, ≥ 1. */
  readonly mostEvaluations: number;
  /** An interval shorter than this is not divided further. */
  readonly shortestInterval: number;
}

export interface LineSearchResult<Point extends LinePoint> {
  /** 0, with `point` null, where no trial was lower than the start. */
  readonly step: number;
  readonly point: Point | null;
  readonly evaluations: number;
}

/** A trial: a step length with what is known there; `point` is null for the start. */
interface Trial<Point> extends LinePoint {
  readonly t: number;
  readonly point: Point | null;
}

/**
 * @param evaluate   φ and φ′ at a step length, with whatever else belongs to that point.
 * @param start      φ(0) and φ′(0) < 0.
 * @param firstStep  the first t, > 0.
 */
export function strongWolfeSearch<Point extends LinePoint>(
  evaluate: (t: number) => Point,
  start: LinePoint,
  firstStep: number,
  { decrease, curvature, mostEvaluations, shortestInterval }: LineSearchOptions,
): LineSearchResult<Point> {
  let evaluations = 0;
  const tryAt = (t: number): Trial<Point> => {
    const point = evaluate(t);
    evaluations++;
    const isFinite = Number.isFinite(point.loss) && Number.isFinite(point.slope);
    return { t, point, loss: isFinite ? point.loss : Infinity, slope: isFinite ? point.slope : NaN };
  };
  const isTooHigh = (trial: Trial<Point>) => trial.loss > start.loss + decrease * trial.t * start.slope;
  const isFlat = (trial: Trial<Point>) => Math.abs(trial.slope) <= -curvature * start.slope;
  const resultOf = ({ t, point }: Trial<Point>): LineSearchResult<Point> => ({ step: t, point, evaluations });

  let previous: Trial<Point> = { t: 0, point: null, ...start };
  let trial = tryAt(firstStep);
  for (let growths = 0; ; growths++) {
    if (isTooHigh(trial) || (growths > 1 && trial.loss >= previous.loss)) break;
    if (isFlat(trial)) return resultOf(trial);
    if (trial.slope >= 0) break;
    if (evaluations === mostEvaluations) return resultOf(trial); // still falling: the longest step that was looked at
    const next = cubicMinimum(previous, trial, trial.t + 0.01 * (trial.t - previous.t), 10 * trial.t);
    previous = trial;
    trial = tryAt(next);
  }

  // Either end may be the lower one; the better end always has sufficient decrease, or is the start.
  let [low, high] = previous.loss <= trial.loss ? [previous, trial] : [trial, previous];
  let wasNearEnd = false;
  while (evaluations < mostEvaluations && Math.abs(high.t - low.t) >= shortestInterval) {
    const from = Math.min(low.t, high.t);
    const to = Math.max(low.t, high.t);
    let t = cubicMinimum(low, high, from, to);
    const margin = 0.1 * (to - from);
    const isNearEnd = Math.min(to - t, t - from) < margin;
    if (isNearEnd && (wasNearEnd || t >= to || t <= from)) {
      t = Math.abs(t - to) < Math.abs(t - from) ? to - margin : from + margin;
      wasNearEnd = false;
    } else wasNearEnd = isNearEnd;

    trial = tryAt(t);
    if (isTooHigh(trial) || trial.loss >= low.loss) {
      high = trial;
      if (high.loss < low.loss) [low, high] = [high, low];
      continue;
    }
    if (isFlat(trial)) return resultOf(trial);
    if (trial.slope * (high.t - low.t) >= 0) high = low;
    low = trial;
  }
  return resultOf(low);
}

/** A point of a line with its value and slope. */
interface CubicEnd extends LinePoint {
  readonly t: number;
}

/**
 * Where the cubic through both values and slopes has its minimum, kept within [low, high]; the middle where it has none.
 *
 * Source: Nocedal & Wright 2006, equation 3.59.
 */
export function cubicMinimum(a: CubicEnd, b: CubicEnd, low: number, high: number): number {
  const [left, right] = a.t <= b.t ? [a, b] : [b, a];
  const d1 = left.slope + right.slope - (3 * (left.loss - right.loss)) / (left.t - right.t);
  const square = d1 * d1 - left.slope * right.slope;
  if (!(square >= 0)) return (low + high) / 2;
  const d2 = Math.sqrt(square);
  const t = right.t - (right.t - left.t) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return Number.isNaN(t) ? (low + high) / 2 : Math.min(Math.max(t, low), high);
}
