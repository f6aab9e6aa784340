/** Curves of a race as a chart shows them: mean and band over the seeds, by any of several clocks. */

/** What time is counted in. `evaluations`: of loss and gradient over the whole training split; an epoch of minibatches is one. */
export const raceClocks = ['step', 'epoch', 'seconds', 'evaluations'] as const;
export type RaceClock = (typeof raceClocks)[number];

export interface CurveEpoch {
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly evaluations?: number | undefined;
}

export function clockOf(record: CurveEpoch, clock: RaceClock): number {
  // A line search takes several evaluations an epoch and counts them; everything else sees each picture once.
  return clock === 'evaluations' ? (record.evaluations ?? record.epoch) : record[clock];
}

export const raceQuantities = ['trainLoss', 'validationLoss', 'validationAccuracy'] as const;
export type RaceQuantity = (typeof raceQuantities)[number];

/**
 * Where on a clock each epoch's number was measured.
 *
 * Validation is judged after the epoch's last step. The training loss is the mean over the epoch's S steps, each before its
 * update, and so stands at (S − 1)/2 of them: about halfway, and for a method of one step an epoch at the epoch's beginning. Drawn at
 * its end, such a method would seem a whole step behind the others.
 */
export function placesOf(epochs: readonly CurveEpoch[], clock: RaceClock, quantity: RaceQuantity): number[] {
  return epochs.map((record, i) => {
    const end = clockOf(record, clock);
    if (quantity !== 'trainLoss') return end;
    const before = epochs[i - 1];
    const [from, steps] = [before ? clockOf(before, clock) : 0, record.step - (before?.step ?? 0)];
    return from + ((steps - 1) / (2 * steps)) * (end - from);
  });
}

export interface XY {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface Band {
  readonly x: number[];
  readonly mean: number[];
  readonly low: number[];
  readonly high: number[];
}

/**
 * Mean, lowest and highest over curves, where all of them are: seeds do not take the same seconds. Between its points a curve is
 * straight. A value that is not finite makes the band infinite there.
 */
export function seedBand(curves: readonly XY[]): Band {
  const used = curves.filter(({ x }) => x.length > 0);
  const band: Band = { x: [], mean: [], low: [], high: [] };
  if (used.length === 0) return band;
  const from = Math.max(...used.map(({ x }) => x[0]!));
  const to = Math.min(...used.map(({ x }) => x.at(-1)!));
  const places = [...new Set(used.flatMap(({ x }) => x))].filter((x) => x >= from && x <= to).sort((a, b) => a - b);
  const positions = used.map(() => 0);
  for (const place of places) {
    const values = used.map((curve, c) => {
      while (positions[c]! < curve.x.length - 2 && curve.x[positions[c]! + 1]! <= place) positions[c]!++;
      return valueAt(curve, positions[c]!, place);
    });
    band.x.push(place);
    band.mean.push(values.reduce((sum, value) => sum + value, 0) / values.length);
    band.low.push(Math.min(...values));
    band.high.push(Math.max(...values));
  }
  return band;
}

function valueAt({ x, y }: XY, i: number, place: number): number {
  if (x.length === 1 || place <= x[i]!) return y[i]!;
  const share = Math.min(1, (place - x[i]!) / (x[i + 1]! - x[i]!));
  return y[i]! + share * (y[i + 1]! - y[i]!);
}
