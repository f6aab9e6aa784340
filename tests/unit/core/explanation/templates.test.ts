import { describe, expect, it } from 'vitest';
import { matrixOfRows, rowOf, rowsOf } from '../../../../core/array/matrix.ts';
import { dot } from '../../../../core/array/linear-algebra.ts';
import { roughness, templatesOf } from '../../../../core/explanation/templates.ts';
import { fitStandardization, standardize } from '../../../../core/features/standardize.ts';
import { linearClassifier } from '../../../../core/models/linear-classifier.ts';
import { multilayerPerceptron } from '../../../../core/models/multilayer-perceptron.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal, uniformInteger } from '../../../../core/random/sampling.ts';

const shape = { height: 1, width: 2, channels: 1 };

describe('templates', () => {
  it('undo the standardisation: W/σ, and b − Σ (W/σ)·μ', () => {
    const model = linearClassifier({ inputSize: 2, classes: 2 });
    const parameters = Float64Array.of(1, -2, 6, 8, /* b */ 0.5, 0);
    const standardization = {
      kind: 'per-feature' as const,
      mean: Float64Array.of(10, 20),
      deviation: Float64Array.of(2, 4),
    };

    const { layer, templates, biases, norms, scales, sharedScale, votes } = templatesOf(
      model,
      parameters,
      standardization,
      shape,
    );

    expect(layer).toBe('class');
    expect(rowsOf(templates)).toEqual([
      [0.5, -0.5],
      [3, 2],
    ]);
    expect([...biases]).toEqual([0.5 - (5 - 10), 0 - (30 + 40)]);
    expect([...norms]).toEqual([expect.closeTo(Math.SQRT1_2, 14), expect.closeTo(Math.sqrt(13), 14)]);
    expect([...scales]).toEqual([0.5, 3]);
    expect(sharedScale).toBe(3);
    expect(votes).toBeNull();
  });

  it('of an MLP are the bank of its first layer, with the votes of each unit', () => {
    const model = multilayerPerceptron({ inputSize: 2, hidden: [3], classes: 2 });
    const parameters = Float64Array.of(1, 2, 3, 4, 5, 6, /* b */ 0, 0, 0, /* votes */ 1, 2, 3, 4, 5, 6, /* b */ 0, 0);
    const standardization = { kind: 'none' as const, mean: new Float64Array(2), deviation: Float64Array.of(1, 1) };

    const { layer, templates, votes } = templatesOf(model, parameters, standardization, shape);

    expect(layer).toBe('hidden');
    expect(templates.rows).toBe(3);
    expect(rowsOf(votes!)).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
  });

  it('that have faded are not drawn as strong as the others', () => {
    const model = linearClassifier({ inputSize: 2, classes: 2 });
    const parameters = Float64Array.of(4, -2, 2e-13, 1e-13, /* b */ 0, 0);
    const standardization = { kind: 'none' as const, mean: new Float64Array(2), deviation: Float64Array.of(1, 1) };

    expect([...templatesOf(model, parameters, standardization, shape).scales]).toEqual([4, 0.004]);
  });

  it('score a picture exactly as the model scores the standardised picture', () => {
    const random = createGenerator(5, 'test');
    const pixels = Uint8Array.from({ length: 20 * 12 }, () => uniformInteger(random, 256));
    const standardization = fitStandardization(pixels, [...Array(20).keys()], { featureCount: 12, channels: 3 });
    const model = linearClassifier({ inputSize: 12, classes: 4, initialDeviation: 1 });
    const parameters = model.initialize(random).map((value) => value + 0.1 * normal(random));

    const { templates, biases } = templatesOf(model, parameters, standardization, { height: 2, width: 2, channels: 3 });

    for (let i = 0; i < 20; i++) {
      const picture = pixels.subarray(i * 12, (i + 1) * 12);
      const x = { rows: 1, columns: 12, data: standardize(picture, standardization) };
      const fromModel = model.scores(parameters, x).data;
      fromModel.forEach((score, k) => {
        expect(dot(rowOf(templates, k), picture) + biases[k]!).toBeCloseTo(score, 10);
      });
    }
  });

  it('refuse a standardisation of another size', () => {
    const model = linearClassifier({ inputSize: 2, classes: 2 });
    const standardization = { kind: 'none' as const, mean: new Float64Array(3), deviation: new Float64Array(3) };

    expect(() => templatesOf(model, new Float64Array(6), standardization, shape)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});

describe('roughness', () => {
  const grey = (rows: number[][]) =>
    roughness(matrixOfRows(rows).data, { height: rows.length, width: rows[0]!.length, channels: 1 });

  it('is 0 for a flat template and for none, and counts every step between neighbours', () => {
    expect(
      grey([
        [2, 2],
        [2, 2],
      ]),
    ).toBe(0);
    expect(
      grey([
        [0, 0],
        [0, 0],
      ]),
    ).toBe(0);
    expect(
      grey([
        [1, -1],
        [-1, 1],
      ]),
    ).toBe(8 / 4);
    expect(grey([[1, 2, 4]])).toBe(3 / 7);
  });

  it('does not compare colours with each other, nor the ends of two rows', () => {
    const colours = Float64Array.of(...[1, 5, 9], ...[1, 5, 9], ...[1, 5, 9], ...[1, 5, 9]);

    expect(roughness(colours, { height: 2, width: 2, channels: 3 })).toBe(0);
  });

  it('is about 2.8 for noise, whatever its scale', () => {
    const random = createGenerator(6, 'test');
    const noise = Float64Array.from({ length: 64 * 64 }, () => 1e-5 * normal(random));

    // 2·E|a − b| / E|a| = 2·√2, less the missing neighbours at two of the edges
    expect(roughness(noise, { height: 64, width: 64, channels: 1 })).toBeCloseTo(2 * Math.SQRT2 * (63 / 64), 1);
  });
});
