import { describe, expect, it } from 'vitest';
import { seesPixels } from '../../../core/recipe/feature-recipe.ts';
import type { RunSummary } from '../../../core/rpc/contract/runs.ts';
import { comparedBars, comparedFeatures, comparedName } from '../../../renderer/features/comparison.ts';
import { recolored } from '../../../renderer/features/recolor.ts';
import { luma601 } from '../../../core/image/color-space.ts';

function run(kind: Parameters<typeof comparedName>[0], seed: number, testAccuracy: number): RunSummary {
  const about = { datasetId: 'd', datasetIsCurrent: true, status: 'finished', parameters: 7, trainSeconds: 2 };
  return { ...about, name: comparedName(kind, seed), testAccuracy, validationAccuracy: null } as RunSummary;
}

const shape = { width: 8, height: 8, channels: 3 as const };

describe('the comparison of fixed features with end to end', () => {
  it('shows pixels to two models, and colours and edges to two', () => {
    expect(seesPixels(comparedFeatures('raw-linear', shape, 50))).toBe(true);
    expect(seesPixels(comparedFeatures('raw-mlp', shape, 50))).toBe(true);
    expect(comparedFeatures('features-linear', shape, 50).map(({ kind }) => kind)).toEqual(['color', 'hog']);
    expect(comparedFeatures('features-mlp', shape, 50).map(({ kind }) => kind)).toEqual(['color', 'hog']);
  });

  it('shows means with an interval by Student’s t', () => {
    const [linear, mlp] = comparedBars(
      [run('raw-linear', 0, 0.4), run('raw-linear', 1, 0.42), run('raw-linear', 2, 0.44), run('raw-mlp', 0, 0.5)],
      'd',
    );

    // s = 0.02, t(2) = 4.303: half width 4.303·0.02/√3 = 0.0497.
    expect(linear!.mean).toBeCloseTo(0.42, 12);
    expect(linear!.interval!.map((x) => Number(x.toFixed(4)))).toEqual([0.3703, 0.4697]);
    expect(mlp!.interval).toBeNull();
  });
});

it('turning the colour circle leaves the luma of every pixel as it is', () => {
  const data = Float64Array.of(200, 30, 90, 5, 250, 120, 60, 60, 60);
  const image = { width: 3, height: 1, channels: 3 as const, data };

  const turned = recolored(image, 10, 0.3);

  for (let i = 0; i < 9; i += 3) {
    const before = luma601(data[i]! + 10, data[i + 1]! + 10, data[i + 2]! + 10);
    expect(luma601(turned.data[i]!, turned.data[i + 1]!, turned.data[i + 2]!)).toBeCloseTo(before, 9);
  }
  expect([...Array.from(turned.data).slice(6)].every((value) => Math.abs(value - 70) < 1e-9)).toBe(true); // grey has no hue
});
