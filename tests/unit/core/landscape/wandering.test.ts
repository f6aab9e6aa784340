import { describe, expect, it } from 'vitest';
import { type NoisyBatch, wander, type WanderingOptions } from '../../../../core/landscape/wandering.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal, uniformInteger } from '../../../../core/random/sampling.ts';
import { batchesInTurn } from '../../../../core/training/minibatches.ts';

/** The mean squared distance to points of the plane, whose gradient is θ − the mean of the batch: all about it is known. */
const n = 60;
const random = createGenerator(4, 'points');
const points = Array.from({ length: n }, () => [3 + normal(random), -1 + 2 * normal(random)] as const);
const labels = Uint16Array.from({ length: n }, (_, i) => i % 3);
const mean = [0, 1].map((d) => points.reduce((sum, point) => sum + point[d]!, 0) / n);
/** S² = Σᵢ ‖gᵢ − g‖² / (N − 1). */
const perSample = points.reduce((sum, [a, b]) => sum + (a - mean[0]!) ** 2 + (b - mean[1]!) ** 2, 0) / (n - 1);
const start = Float64Array.of(0, 0);

function gradient(theta: Float64Array, { samples }: NoisyBatch): Float64Array {
  const g = new Float64Array(2);
  for (const i of samples) for (let d = 0; d < 2; d++) g[d]! += (theta[d]! - points[i]![d]!) / samples.length;
  return g;
}

const ofSize = (batchSize: number | 'full') => (path: number) =>
  batchesInTurn({ sampleCount: n, batchSize, seed: 7 + path });
const quiet: WanderingOptions = {
  paths: 6,
  steps: 30,
  learningRate: 0.1,
  batchesOf: ofSize('full'),
  wrongLabels: 0,
  droppedInputs: 0,
  kept: 4,
  seed: 1,
};
const walk = (options: Partial<WanderingOptions>, of = gradient) =>
  wander(of, start, labels, { classes: 3, inputs: 2 }, { ...quiet, ...options });

describe('paths that differ in chance only', () => {
  it('are one path without noise, bit by bit, and it is that of descent', () => {
    const { spread, ends, meanEnd, travelled } = walk({});

    expect(Math.max(...spread)).toBe(0);
    for (const end of ends) expect(end).toEqual(meanEnd);
    // (1 − α)^t of the way is left after t steps.
    const way = Math.sqrt(mean[0]! ** 2 + mean[1]! ** 2);
    expect(travelled[30]! / way).toBeCloseTo(1 - 0.9 ** 30, 12);
  });

  it.each([1, 5, 20])('have spread as far as the variance of a gradient of %i says after one step', (batchSize) => {
    const { spread } = walk({ batchesOf: ofSize(batchSize), steps: 1, paths: 100 });

    const expected = 0.1 * Math.sqrt((perSample / batchSize) * (1 - batchSize / n));
    expect(spread[1]! / expected).toBeGreaterThan(0.8);
    expect(spread[1]! / expected).toBeLessThan(1.2);
  });

  it('settle at a distance from their mean that the learning rate sets, as α/(2 − α) of the variance', () => {
    // θ ← (1 − α)θ + α·x̄_B with batches that know nothing of each other: Var = α²V / (1 − (1 − α)²).
    const any = createGenerator(9, 'batches');
    const independent = () => () => Uint32Array.of(uniformInteger(any, n));
    const { spread } = walk({ batchesOf: independent, steps: 400, paths: 50, learningRate: 0.05 });

    const late = spread.slice(100);
    const squares = late.reduce((sum, s) => sum + s * s, 0) / late.length;
    expect(squares / ((0.05 / 1.95) * perSample)).toBeGreaterThan(0.75);
    expect(squares / ((0.05 / 1.95) * perSample)).toBeLessThan(1.25);
  });

  it('draw wrong labels and dropped inputs for themselves, in the shares that were asked for', () => {
    const seen: NoisyBatch[] = [];
    walk({ wrongLabels: 0.3, droppedInputs: 0.25, steps: 20 }, (theta, batch) => {
      seen.push(batch);
      return gradient(theta, batch);
    });

    const wrong = seen.flatMap(({ samples, labels: own }) => Array.from(samples, (i, k) => own[k] !== labels[i]));
    expect(wrong.filter(Boolean).length / wrong.length).toBeCloseTo(0.3, 1);
    const factors = seen.flatMap(({ inputFactors }) => [...inputFactors!]);
    expect(factors.reduce((sum, f) => sum + f, 0) / factors.length).toBeCloseTo(1, 1);
    expect(new Set(factors)).toEqual(new Set([0, 1 / 0.75]));
    // A path keeps its wrong labels; another path has others.
    expect(seen[0]!.labels).toEqual(seen[6]!.labels);
    expect(seen[0]!.labels).not.toEqual(seen[1]!.labels);
    expect(seen[0]!.inputFactors).not.toEqual(seen[6]!.inputFactors);
  });

  it('are kept at their start, at their end and evenly between, with their mean', () => {
    const { keptSteps, iterates, meanIterates, ends } = walk({ batchesOf: ofSize(5) });

    expect(keptSteps).toEqual([0, 10, 20, 30]);
    expect([...iterates[2]![0]!]).toEqual([0, 0]);
    expect(iterates[2]!.at(-1)).toEqual(Float32Array.from(ends[2]!));
    const own = iterates.reduce((sum, path) => sum + path[1]![0]!, 0) / 6;
    expect(meanIterates[1]![0]).toBeCloseTo(own, 6);
  });
});
