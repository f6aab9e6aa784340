import { describe, expect, it } from 'vitest';
import { dot } from '../../../../core/array/linear-algebra.ts';
import { matrixOfRows, rowOf, zeros } from '../../../../core/array/matrix.ts';
import { collapse } from '../../../../core/explanation/linear-collapse.ts';
import { checkGradient } from '../../../../core/gradient-check/gradient-check.ts';
import { softmaxLoss } from '../../../../core/losses/softmax-cross-entropy.ts';
import { layersOf } from '../../../../core/models/parameters.ts';
import { deadUnits, ToyClassifier, type ToyClassifierOptions } from '../../../../core/toy/toy-classifier.ts';
import { type ToyKind, toyKinds, toyPoints } from '../../../../core/toy/toy-data.ts';
import { toyTransform, type ToyTransformName, transformPoints } from '../../../../core/toy/toy-transform.ts';

function learnt(
  kind: ToyKind,
  transform: ToyTransformName,
  options: Partial<ToyClassifierOptions> = {},
  steps = 300,
  seed = 1,
) {
  const { points, labels } = toyPoints(kind, { count: 160, seed });
  const { features } = transformPoints(points, toyTransform(transform));
  const classifier = new ToyClassifier(features, labels, { hidden: [], activation: 'relu', seed: 1, ...options });
  return { classifier, points, labels, features, accuracy: classifier.train(steps).accuracy };
}

/** The largest distance of the boundary's crossings on a grid of lines from the straight line that fits them best. */
function bend(classifier: ToyClassifier): number {
  const n = 81;
  const at = (k: number) => -2 + (4 * k) / (n - 1);
  const grid = zeros(n * n, 2);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) grid.data.set([at(j), at(i)], 2 * (i * n + j));
  const g = classifier.margins(grid);
  const crossings: [number, number][] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j + 1 < n; j++) {
      const [across, next] = [g[i * n + j]!, g[i * n + j + 1]!];
      if (across > 0 !== next > 0) crossings.push([at(j) + (4 / (n - 1)) * (across / (across - next)), at(i)]);
      const [down, below] = [g[j * n + i]!, g[(j + 1) * n + i]!];
      if (down > 0 !== below > 0) crossings.push([at(i), at(j) + (4 / (n - 1)) * (down / (down - below))]);
    }
  }
  // Total least squares: the normal is the direction of the smaller spread.
  const mean = [0, 1].map((k) => crossings.reduce((sum, p) => sum + p[k]!, 0) / crossings.length);
  const moment = (a: number, b: number) =>
    crossings.reduce((sum, p) => sum + (p[a]! - mean[a]!) * (p[b]! - mean[b]!), 0);
  const angle = 0.5 * Math.atan2(2 * moment(0, 1), moment(0, 0) - moment(1, 1));
  return Math.max(
    ...crossings.map((p) => Math.abs(-Math.sin(angle) * (p[0] - mean[0]!) + Math.cos(angle) * (p[1] - mean[1]!))),
  );
}

describe('toy points', () => {
  it.each(toyKinds)('%s: half of each class, the same for the same seed, within the view', (kind) => {
    const { points, labels } = toyPoints(kind, { count: 400, seed: 7 });

    expect(labels.filter((label) => label === 1)).toHaveLength(200);
    expect(points.data).toEqual(toyPoints(kind, { count: 400, seed: 7 }).points.data);
    expect(points.data).not.toEqual(toyPoints(kind, { count: 400, seed: 8 }).points.data);
    for (const value of points.data) expect(Math.abs(value)).toBeLessThan(3);
  });
});

describe('transforms of toy points', () => {
  const points = matrixOfRows([
    [3, 4],
    [-1, 0],
  ]);
  const features = (name: ToyTransformName, formula?: string) =>
    Array.from(transformPoints(points, toyTransform(name, formula)).features.data);

  it('are what their names say', () => {
    expect(features('polar')).toEqual([5, Math.atan2(4, 3), 1, Math.PI]);
    expect(features('squares')).toEqual([9, 16, 1, 0]);
    expect(features('products')).toEqual([12, -7, -0, 1]);
    expect(features('formula', 'sqrt(x^2 + y^2); x*y')).toEqual([5, 12, 1, -0]);
  });

  it('count the points where a formula is no number, refuse code, and refuse nothing at all', () => {
    expect(transformPoints(points, toyTransform('formula', 'ln(x)')).undefinedPoints).toBe(1);
    expect(() => toyTransform('formula', 'globalThis.process')).toThrow(
      expect.objectContaining({ code: 'BAD_FORMULA' }),
    );
    expect(() => toyTransform('formula', ' ; ')).toThrow(expect.objectContaining({ code: 'FORMULA_COUNT' }));
    expect(() => toyTransform('formula', 'x;y;x;y;x')).toThrow(expect.objectContaining({ code: 'FORMULA_COUNT' }));
  });
});

describe('row 20: data that no line parts', () => {
  it.each([1, 2, 3])(
    'rings: a linear classifier gets at most 60 percent of (x, y) right, at least 99 of (r, θ); seed %i',
    (seed) => {
      expect(learnt('rings', 'plain', {}, 300, seed).accuracy).toBeLessThanOrEqual(0.6);
      expect(learnt('rings', 'polar', {}, 300, seed).accuracy).toBeGreaterThanOrEqual(0.99);
    },
  );

  it('rings: the straight boundary in (r, θ) is the circle r = c in (x, y)', () => {
    const { classifier } = learnt('rings', 'polar');
    const { weights, constant } = classifier.straightBoundary()!;
    // Along a ray θ stays, so that the margin is w_r·r + (w_θ·θ + c), and it changes sign at one radius.
    const radii = Array.from({ length: 16 }, (_, k) => {
      const angle = -Math.PI + ((k + 0.5) * Math.PI) / 8;
      const expected = -(constant + weights[1]! * angle) / weights[0]!;
      const on = toyTransform('polar').of(expected * Math.cos(angle), expected * Math.sin(angle));
      expect(Math.abs(classifier.margins(matrixOfRows([[...on]]))[0]!)).toBeLessThan(1e-9);
      return expected;
    });
    const c = radii.reduce((sum, r) => sum + r, 0) / radii.length;

    expect(c).toBeGreaterThan(1);
    expect(c).toBeLessThan(1.4);
    for (const r of radii) expect(Math.abs(r / c - 1)).toBeLessThan(0.06);
  });

  it('xor: the product parts it, polar does not', () => {
    expect(learnt('xor', 'products').accuracy).toBeGreaterThanOrEqual(0.99);
    expect(learnt('xor', 'polar').accuracy).toBeLessThan(0.75);
  });

  it('spiral: polar is not enough, and a small network is', () => {
    expect(learnt('spiral', 'polar').accuracy).toBeLessThan(0.8);
    expect(learnt('spiral', 'plain', { hidden: [12, 12], activation: 'tanh' }, 700).accuracy).toBeGreaterThan(0.97);
  });
});

describe('row 32: without activation a network is linear', () => {
  it('its boundary is straight, and bends with ReLU', () => {
    const identity = learnt('blobs', 'plain', { hidden: [8, 8], activation: 'identity' }, 150);
    const relu = learnt('rings', 'plain', { hidden: [8, 8], activation: 'relu' }, 250);

    expect(bend(identity.classifier)).toBeLessThan(1e-9);
    expect(bend(relu.classifier)).toBeGreaterThan(0.3);
    expect(relu.accuracy).toBeGreaterThan(0.99);
    expect(relu.classifier.straightBoundary()).toBeNull();
  });

  it('is as right as a linear classifier on rings, however deep', () => {
    const deep = learnt('rings', 'plain', { hidden: [8, 8], activation: 'identity' });

    expect(deep.accuracy).toBeLessThanOrEqual(0.6);
  });

  it('W₂·W₁ gives the same scores to 1e-5', () => {
    const { classifier } = learnt('rings', 'plain', { hidden: [8, 8], activation: 'identity' }, 150);
    const layers = layersOf(classifier.parameters, classifier.model.blocks);
    const { weights, bias } = collapse({ layers, activations: ['identity', 'identity'] });
    const x = toyPoints('rings', { count: 50, seed: 3 }).points;
    const scores = classifier.model.scores(classifier.parameters, x);

    for (let i = 0; i < x.rows; i++) {
      for (let j = 0; j < 2; j++) {
        const folded = dot(rowOf(weights, j), rowOf(x, i)) + bias[j]!;
        expect(Math.abs(folded - scores.data[2 * i + j]!)).toBeLessThan(1e-5);
      }
    }
  });
});

describe('row 33: activations', () => {
  it.each(['relu', 'tanh', 'sigmoid', 'leaky-relu'] as const)(
    '%s parts the rings and passes the gradient check',
    (activation) => {
      const { classifier, features, labels, accuracy } = learnt('rings', 'plain', { hidden: [8], activation }, 300);
      const objective = { loss: softmaxLoss, l2: 0.01, l2Convention: 'half' } as const;
      const { model, parameters } = classifier;
      const check = checkGradient(
        {
          loss: (theta) => model.loss(theta, features, labels, objective).loss,
          gradient: (theta) => model.lossAndGradient(theta, features, labels, objective).gradient,
          sides: (theta) => model.sides(theta, features, labels, objective),
        },
        parameters,
        { order: 4 },
      );

      expect(accuracy).toBeGreaterThan(0.98);
      expect(check.largestRelativeError).toBeLessThan(1e-7);
      expect(check.checked).toBe(model.parameterCount);
    },
  );

  it('a ReLU unit is dead that no point switches on; a sigmoid never is', () => {
    const a = matrixOfRows([
      [-1, 2, -3],
      [-2, -1, -0.1],
    ]);

    expect(deadUnits(a, 'relu')).toEqual([true, false, true]);
    expect(deadUnits(a, 'leaky-relu')).toEqual([false, false, false]);
    expect(deadUnits(a, 'sigmoid')).toEqual([false, false, false]);
  });
});
