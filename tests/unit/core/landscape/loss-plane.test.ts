import { describe, expect, it } from 'vitest';
import { dot, norm } from '../../../../core/array/linear-algebra.ts';
import { selectRows } from '../../../../core/array/matrix.ts';
import { gradientVariance } from '../../../../core/landscape/gradient-variance.ts';
import { lossGrid, pointOnPlane, scaledRandomDirection } from '../../../../core/landscape/loss-plane.ts';
import { jointPlane } from '../../../../core/landscape/joint-plane.ts';
import { adam } from '../../../../core/optimizers/adam.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { smallNetwork } from '../../../support/small-network.ts';

describe('a loss over a plane', () => {
  it('is the loss of θ + t·a + u·b, row by row', () => {
    const { loss, gradient, parameters, model } = smallNetwork();
    const a = gradient(parameters);
    const b = scaledRandomDirection(parameters, model.blocks, createGenerator(1, 'plane'));

    const { losses } = lossGrid(loss, parameters, a, b, [-1, 0, 2], [0, 0.5]);

    const moved = parameters.map((theta, i) => theta + 2 * a[i]! + 0.5 * b[i]!);
    expect(losses[1]).toBe(loss(parameters));
    expect(losses[5]).toBe(loss(moved));
    expect(losses.length).toBe(6);
  });

  it('falls along the negative gradient, at the gradient’s rate', () => {
    const { loss, gradient, parameters } = smallNetwork();
    const g = gradient(parameters);

    const { losses } = lossGrid(loss, parameters, g, null, [-1e-5, 1e-5]);

    expect((losses[1]! - losses[0]!) / 2e-5).toBeCloseTo(dot(g, g), 7);
  });

  it('has random directions whose rows are as long as the weights’, and leaves biases', () => {
    const { parameters, model } = smallNetwork();
    const direction = scaledRandomDirection(parameters, model.blocks, createGenerator(3, 'plane'));

    for (const { kind, offset, rows, columns } of model.blocks) {
      for (let j = 0; j < rows; j++) {
        const part = (vector: Float64Array) => norm(vector.subarray(offset + j * columns, offset + (j + 1) * columns));
        expect(part(direction)).toBeCloseTo(kind === 'weights' ? part(parameters) : 0, 12);
      }
    }
  });

  it('stops when asked and says what it does not know', () => {
    const { loss, parameters } = smallNetwork();

    const { losses } = lossGrid(loss, parameters, parameters, null, [0, 1, 2], [0], (done) => done === 1);

    expect([...losses]).toEqual([loss(parameters), NaN, NaN]);
    expect(() => pointOnPlane(parameters, new Float64Array(3), 1)).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});

describe('the variance of a minibatch’s gradient', () => {
  const { model, x, labels, objective, parameters } = smallNetwork({ samples: 100, sizes: [6, 4] });
  const gradientOf = (samples: Uint32Array) => {
    const batchLabels = Uint16Array.from(samples, (i) => labels[i]!);
    return model.lossAndGradient(parameters, selectRows(x, samples), batchLabels, objective).gradient;
  };

  it('times B, corrected for the finite set, is the same for every batch size, and is that of single samples', () => {
    const all = gradientOf(Uint32Array.from({ length: 100 }, (_, i) => i));
    let squares = 0;
    for (let i = 0; i < 100; i++) {
      const own = gradientOf(Uint32Array.of(i));
      squares += own.reduce((sum, g, d) => sum + (g - all[d]!) ** 2, 0);
    }
    const exact = squares / 99;

    const noise = gradientVariance(gradientOf, {
      sampleCount: 100,
      batchSizes: [1, 4, 16, 50, 90, 100],
      draws: 600,
      random: createGenerator(1, 'batches'),
    });

    expect(noise.map(({ batchSize }) => batchSize)).toEqual([1, 4, 16, 50, 90, 100]);
    for (const { perSample } of noise.slice(0, -1)) expect(perSample! / exact).toBeCloseTo(1, 0.7); // within 10 %
    expect(noise.at(-1)).toEqual({ batchSize: 100, variance: 0, perSample: null });
  });

  it('comes out the same for the same seed, and stops when asked', () => {
    const run = (stopAt = Infinity) =>
      gradientVariance(gradientOf, {
        sampleCount: 100,
        batchSizes: [2, 10],
        draws: 20,
        random: createGenerator(4, 'batches'),
        shouldStop: (done) => done >= stopAt,
      });

    expect(run()).toEqual(run());
    expect(run(25)).toEqual(run().slice(0, 1));
    expect(() =>
      gradientVariance(gradientOf, {
        sampleCount: 100,
        batchSizes: [101],
        draws: 1,
        random: createGenerator(1, 'batches'),
      }),
    ).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('the plane of several paths', () => {
  it('shows paths in one plane without loss, around their mean, the common start on the positive side', () => {
    const at = (t: number, u: number) => Float64Array.of(1 + 3 * t, 2 + 4 * t, 3, 4 + 2 * u, 5);
    const paths = [
      [at(4, 1), at(2, 1.5), at(0, 0)],
      [at(4, 1), at(3, -2), at(1, -1)],
    ];

    const { origin, directions, coordinates, explained } = jointPlane(paths)!;

    expect(explained[0] + explained[1]).toBeCloseTo(1, 12);
    expect(origin[2]).toBeCloseTo(3, 12);
    paths.forEach((path, p) =>
      path.forEach((iterate, i) => {
        const [t, u] = coordinates[p]![i]!;
        const back = pointOnPlane(origin, directions[0], t, directions[1], u);
        back.forEach((value, d) => expect(value).toBeCloseTo(iterate[d]!, 10));
      }),
    );
    coordinates[0]![0]!.forEach((value, axis) => expect(value).toBeCloseTo(coordinates[1]![0]![axis]!, 10));
    expect(coordinates[0]![0]![0]).toBeGreaterThan(0);
    const means = [0, 1].map((axis) => coordinates.flat().reduce((sum, pair) => sum + pair[axis]!, 0));
    means.forEach((mean) => expect(mean).toBeCloseTo(0, 10));
  });

  it('takes float32 points as engines keep them, and stops when asked', () => {
    const path = [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0), Float32Array.of(0, 0, 0)];

    expect(jointPlane([path])!.explained[0]).toBeGreaterThan(0.5);
    expect(jointPlane([path], () => true)).toBeNull();
  });

  it('tells how much of a real path it shows, and that the loss on the plane is not the path’s', () => {
    const { loss, gradient, parameters } = smallNetwork({ l2: 0.01 });
    const theta = parameters.slice();
    const optimizer = adam({ learningRate: 0.05 });
    const state = optimizer.createState(theta.length);
    const iterates = [theta.slice()];
    for (let k = 0; k < 60; k++) {
      optimizer.step(theta, gradient(theta), state);
      iterates.push(theta.slice());
    }

    const plane = jointPlane([iterates])!;
    const [t, u] = plane.coordinates[0]![5]!;
    const onPlane = loss(pointOnPlane(plane.origin, plane.directions[0], t, plane.directions[1], u));

    const [first, second] = plane.explained;
    expect(first + second).toBeGreaterThan(0.5);
    expect(first + second).toBeLessThan(1);
    expect(Math.abs(onPlane - loss(iterates[5]!))).toBeGreaterThan(1e-4);
  });

  it('copes with a path that has one direction, or none', () => {
    const straight = jointPlane([[Float64Array.of(2, 0), Float64Array.of(1, 0), Float64Array.of(0, 0)]])!;
    const still = jointPlane([[Float64Array.of(1, 1), Float64Array.of(1, 1)]])!;

    expect(straight.explained).toEqual([1, 0]);
    expect(straight.coordinates[0]!.map(([t]) => t)).toEqual([1, 0, -1].map((x) => expect.closeTo(x, 12) as number));
    expect(still.explained).toEqual([0, 0]);
    expect(() => jointPlane([[Float64Array.of(1)]])).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});
