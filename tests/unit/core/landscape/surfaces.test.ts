import { describe, expect, it } from 'vitest';
import { numericGradient } from '../../../../core/gradient-check/numeric-gradient.ts';
import { parseFormula } from '../../../../core/landscape/formula.ts';
import { surfaceKinds, surfaceNamed, surfaceOfFormula, walk } from '../../../../core/landscape/surfaces.ts';
import { adagrad } from '../../../../core/optimizers/adagrad.ts';
import { lbfgs } from '../../../../core/optimizers/lbfgs.ts';
import { rmsprop } from '../../../../core/optimizers/rmsprop.ts';
import { sgd } from '../../../../core/optimizers/sgd.ts';

const places = [
  [0.3, -0.7],
  [1.7, 1.1],
  [-2.2, 0.4],
] as const;

describe.each(surfaceKinds)('the surface %s', (kind) => {
  const surface = surfaceNamed(kind);

  it('has the gradient of its value', () => {
    for (const [x, y] of places) {
      const numeric = numericGradient((p) => surface.value(p[0]!, p[1]!), Float64Array.of(x, y), {
        scheme: 'central',
        step: 1e-5,
      });
      const scale = Math.max(1, ...numeric.values.map(Math.abs));

      surface.gradient(x, y).forEach((g, i) => expect((g - numeric.values[i]!) / scale).toBeCloseTo(0, 8));
    }
  });

  it('is what its formula says', () => {
    const formula = parseFormula(surface.formula);

    for (const [x, y] of places) {
      const [value, dx, dy] = formula(x, y);
      const [gx, gy] = surface.gradient(x, y);
      const scale = 1 + Math.abs(value) + Math.abs(dx) + Math.abs(dy);
      expect((surface.value(x, y) - value) / scale).toBeCloseTo(0, 12);
      expect([(gx - dx) / scale, (gy - dy) / scale]).toEqual([expect.closeTo(0, 12), expect.closeTo(0, 12)]);
    }
  });

  it('is flat and higher around at each of its minima, and starts within its view', () => {
    for (const [x, y] of surface.minima) {
      surface.gradient(x, y).forEach((g) => expect(g).toBeCloseTo(0, 8));
      for (const [dx, dy] of places) {
        expect(surface.value(x + 0.01 * dx, y + 0.01 * dy)).toBeGreaterThan(surface.value(x, y));
      }
    }
    const [low, high] = surface.view.x;
    expect(low < surface.start[0] && surface.start[0] < high).toBe(true);
  });
});

describe('on a surface', () => {
  it('plain descent follows the analytic path of a quadratic with κ = 25 to 1e-10', () => {
    const rate = 2 / 26;
    const path = walk(surfaceNamed('quadratic', { conditionNumber: 25 }), sgd({ learningRate: rate }), [3, 1], 100);

    expect(path.length).toBe(101);
    path.forEach(({ x, y }, k) => {
      expect(Math.abs(x - 3 * (1 - rate) ** k)).toBeLessThan(1e-10);
      expect(Math.abs(y - (1 - 25 * rate) ** k)).toBeLessThan(1e-10); // the zigzag: 1 − 25·α < 0
    });
  });

  it('descent takes about κ steps and momentum about √κ, at the best settings of each', () => {
    const stepsTo = (k: number, momentum: boolean) => {
      const [low, high] = [1, k];
      const root = Math.sqrt(high) + Math.sqrt(low);
      const optimizer = momentum
        ? sgd({ learningRate: (2 / root) ** 2, momentum: ((Math.sqrt(high) - Math.sqrt(low)) / root) ** 2 })
        : sgd({ learningRate: 2 / (low + high) });
      const path = walk(surfaceNamed('quadratic', { conditionNumber: k }), optimizer, [1, 1], 6000);
      return path.findIndex(({ x, y }) => Math.hypot(x, y) < 1e-8);
    };
    const rateOf = (error: number) => Math.log(1e-8 / Math.SQRT2) / Math.log(error);

    for (const k of [25, 100, 400]) {
      const root = Math.sqrt(k);
      expect(stepsTo(k, false) / rateOf((k - 1) / (k + 1))).toBeCloseTo(1, 0.8);
      // The double root adds a factor of the number of steps, whose logarithm counts.
      expect(stepsTo(k, true) / rateOf((root - 1) / (root + 1))).toBeGreaterThan(1);
      expect(stepsTo(k, true) / rateOf((root - 1) / (root + 1))).toBeLessThan(1.6);
    }
    // Four times the κ: four times the steps, and twice with momentum, within 15 %.
    const growth = (momentum: boolean) => stepsTo(400, momentum) / stepsTo(100, momentum);
    expect(Math.abs(growth(false) / 4 - 1)).toBeLessThan(0.15);
    expect(Math.abs(growth(true) / 2 - 1)).toBeLessThan(0.15);
    expect(stepsTo(100, true)).toBeLessThan(stepsTo(100, false) / 4);
  });

  it('descent stays on a saddle’s ridge, escapes after a push of 1e-6, and momentum escapes sooner', () => {
    const saddle = surfaceNamed('saddle');
    const leaves = (optimizer: Parameters<typeof walk>[1], y: number) =>
      walk(saddle, optimizer, [1, y], 400).findIndex((point) => Math.abs(point.y) > 1);

    expect(leaves(sgd({ learningRate: 0.05 }), 0)).toBe(-1);
    expect(leaves(sgd({ learningRate: 0.05 }), 1e-6)).toBeGreaterThan(0);
    expect(leaves(sgd({ learningRate: 0.05, momentum: 0.9 }), 1e-6)).toBeLessThan(
      leaves(sgd({ learningRate: 0.05 }), 1e-6),
    );
  });

  it('AdaGrad makes both axes of an ill-scaled bowl progress alike', () => {
    const path = walk(surfaceNamed('quadratic', { conditionNumber: 1e4 }), adagrad({ learningRate: 0.5 }), [1, 1], 50);

    path.forEach(({ x, y }) => expect(x).toBeCloseTo(y, 6));
  });

  it('a walk ends where numbers end, and where L-BFGS does, and counts its evaluations', () => {
    const quadratic = surfaceNamed('quadratic');
    const away = walk(quadratic, sgd({ learningRate: 10 }), [1, 1], 10_000);
    const home = walk(surfaceNamed('rosenbrock'), lbfgs(), [-1.2, 1], 500);
    const formula = walk(surfaceOfFormula('x^2 + y^2'), rmsprop(), [1, 1], 10);

    expect(away.length).toBeLessThan(200);
    expect(home.at(-1)).toMatchObject({ x: expect.closeTo(1, 4), y: expect.closeTo(1, 4) });
    expect(home.at(-1)!.evaluations).toBeGreaterThan(home.length);
    expect(formula.map(({ evaluations }) => evaluations)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(formula[1]!.state).toMatchObject({ squareAverage: { 0: expect.closeTo(0.04, 12) } });
  });
});
