import { describe, expect, it } from 'vitest';
import { mean, variance } from '../../../core/array/reduce.ts';
import { stratifiedFolds, stratifiedSplit } from '../../../core/dataset/split.ts';
import { createGenerator } from '../../../core/random/generator.ts';
import { normal, uniform } from '../../../core/random/sampling.ts';
import { minibatches } from '../../../core/training/minibatches.ts';
import type { GoldenCase } from '../../support/golden.ts';
import { casesOfKind } from '../../support/within.ts';

interface SplitCase extends GoldenCase {
  classCounts: number[];
  testSize: number;
  expected: { testSize: number; trainSize: number; testCountBounds: [number, number][] };
}

interface FoldsCase extends GoldenCase {
  classCounts: number[];
  k: number;
  expected: {
    perClassPerFoldBounds: [number, number][];
    perClassFoldCountsSorted: number[][];
    foldSizesSklearn: number[];
  };
}

interface BatchesCase extends GoldenCase {
  n: number;
  batchSize: number;
  expected: { batchSizes: number[]; batches: number };
}

interface StatisticsCase extends GoldenCase {
  n: number;
  expected: { sampleMean: [number, number]; sampleVariance?: [number, number]; min?: number; maxBelow?: number };
}

const labelsOf = (counts: number[]) => counts.flatMap((count, label) => Array<number>(count).fill(label));
const everything = (n: number) => Array.from({ length: n }, (_, i) => i);
const rising = (values: Iterable<number>) => [...values].sort((a, b) => a - b);

describe('a stratified split, like scikit-learn,', () => {
  it.each(casesOfKind<SplitCase>('sampling', 'split'))(
    'keeps what $id promises',
    ({ classCounts, testSize, expected }) => {
      const labels = labelsOf(classCounts);
      const split = (seed: number) =>
        stratifiedSplit({ labels, heldOut: { count: testSize }, random: createGenerator(seed, 'split') });

      for (let seed = 0; seed < 20; seed++) {
        const { training, heldOut } = split(seed);

        expect(heldOut.length).toBe(expected.testSize);
        expect(training.length).toBe(expected.trainSize);
        expect(rising([...training, ...heldOut])).toEqual(everything(labels.length)); // disjoint, covering, no repeats
        expected.testCountBounds.forEach(([low, high], label) => {
          const count = heldOut.filter((i) => labels[i] === label).length;
          expect(count).toBeGreaterThanOrEqual(low);
          expect(count).toBeLessThanOrEqual(high);
        });
      }
      expect(split(1)).toEqual(split(1));
      expect(split(1).heldOut).not.toEqual(split(2).heldOut);
    },
  );
});

describe('stratified folds, like scikit-learn,', () => {
  it.each(casesOfKind<FoldsCase>('sampling', 'folds'))('keep what $id promises', ({ classCounts, k, expected }) => {
    const labels = labelsOf(classCounts);

    const fold = stratifiedFolds(labels, undefined, k, createGenerator(3, 'folds'));

    expect(fold.length).toBe(labels.length);
    classCounts.forEach((_, label) => {
      const counts = everything(k).map((f) => labels.filter((own, i) => own === label && fold[i] === f).length);
      expect(rising(counts)).toEqual(expected.perClassFoldCountsSorted[label]);
    });
    const sizes = everything(k).map((f) => fold.filter((own) => own === f).length);
    expect(rising(sizes)).toEqual(rising(expected.foldSizesSklearn));
  });
});

describe('minibatches', () => {
  it.each(casesOfKind<BatchesCase>('sampling', 'batches'))('keep what $id promises', ({ n, batchSize, expected }) => {
    const batches = minibatches({ sampleCount: n, batchSize, seed: 5 });
    const epoch = (e: number) =>
      everything(batches.batchesPerEpoch).map((batch) => [...batches.batch({ epoch: e, batch })]);

    expect(batches.batchesPerEpoch).toBe(expected.batches);
    expect(epoch(0).map((batch) => batch.length)).toEqual(expected.batchSizes);
    expect(rising(epoch(0).flat())).toEqual(everything(n));
    expect(epoch(0)).toEqual(epoch(0));
    if (n > 5) expect(epoch(1).flat()).not.toEqual(epoch(0).flat());
  });
});

describe('random numbers', () => {
  it.each(casesOfKind<StatisticsCase>('sampling', 'statistics'))('have the moments of $id', ({ id, n, expected }) => {
    const random = createGenerator(11, 'statistics');
    const draw = id.endsWith('uniform_mean') ? uniform : normal;

    const values = Float64Array.from({ length: n }, () => draw(random));

    expectInside(mean(values), expected.sampleMean);
    if (expected.sampleVariance) expectInside(variance(values), expected.sampleVariance);
    if (expected.min !== undefined) expect(values.every((value) => value >= expected.min!)).toBe(true);
    if (expected.maxBelow !== undefined) expect(values.every((value) => value < expected.maxBelow!)).toBe(true);
  });
});

function expectInside(value: number, [low, high]: [number, number]): void {
  expect(value).toBeGreaterThan(low);
  expect(value).toBeLessThan(high);
}
