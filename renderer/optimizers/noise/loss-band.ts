/** How far the losses of single minibatches scatter: what a batch size does to the way down. */
import { sampleQuantiles } from './sample-quantiles.ts';

export interface LossBand {
  /** In epochs. */
  readonly x: number[];
  readonly mean: number[];
  readonly low: number[];
  readonly high: number[];
}

/**
 * Mean, 10th and 90th percentile of the minibatch losses in each part of the run.
 *
 * @param steps          of the losses, from 1, ascending; thinned ones will do.
 * @param stepsPerEpoch  > 0.
 * @param parts          parts an epoch.
 */
export function lossBand(
  steps: ArrayLike<number>,
  losses: ArrayLike<number>,
  stepsPerEpoch: number,
  parts = 4,
): LossBand {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < steps.length; i++) {
    const part = Math.floor(((steps[i]! - 1) / stepsPerEpoch) * parts);
    const group = groups.get(part) ?? [];
    group.push(losses[i]!);
    groups.set(part, group);
  }
  const band: LossBand = { x: [], mean: [], low: [], high: [] };
  for (const [part, group] of [...groups].sort(([a], [b]) => a - b)) {
    const [low, high] = sampleQuantiles(group, [0.1, 0.9]) as [number, number];
    band.x.push((part + 0.5) / parts);
    band.mean.push(group.reduce((sum, value) => sum + value, 0) / group.length);
    band.low.push(low);
    band.high.push(high);
  }
  return band;
}
