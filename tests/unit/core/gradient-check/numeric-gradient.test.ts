import { describe, expect, it } from 'vitest';
import { errorByStepSize, numericGradient } from '../../../../core/gradient-check/numeric-gradient.ts';
import { lineThroughZero } from '../../../../core/gradient-check/line-through-zero.ts';
import { smallNetwork } from '../../../support/small-network.ts';

const steps = Array.from({ length: 23 }, (_, k) => 10 ** (-1 - k / 2)); // 1e-1 … 1e-12

describe('the numeric gradient', () => {
  it('costs D + 1 evaluations forward and 2·D central, exactly', () => {
    const { loss, parameters } = smallNetwork();
    let asked = 0;
    const counting = (theta: Float64Array) => (asked++, loss(theta));

    const forward = numericGradient(counting, parameters, { scheme: 'forward', step: 1e-7 });
    const central = numericGradient(counting, parameters, { scheme: 'central', step: 1e-5 });

    const d = parameters.length;
    expect([forward.evaluations, central.evaluations, asked]).toEqual([d + 1, 2 * d, 3 * d + 1]);
  });

  it('costs evaluations that lie on a straight line over D from 100 to 3,200, both ways', () => {
    const dimensions = [100, 200, 400, 800, 1600, 3200];
    const costOf = (scheme: 'forward' | 'central') =>
      dimensions.map((d) => {
        let asked = 0;
        numericGradient((theta) => (asked++, theta[0]! ** 2), new Float64Array(d), { scheme, step: 1e-5 });
        return asked;
      });

    expect(lineThroughZero(dimensions, costOf('forward'))!.straightness).toBeGreaterThan(0.9999);
    expect(lineThroughZero(dimensions, costOf('central'))).toEqual({ slope: 2, straightness: 1 });
  });

  it('would not call a cost straight that grows with the square of D, or √D', () => {
    const dimensions = [100, 200, 400, 800, 1600, 3200];

    for (const power of [2, 0.5]) {
      const costs = dimensions.map((d) => d ** power);
      expect(lineThroughZero(dimensions, costs)!.straightness).toBeLessThan(0.98);
    }
    expect(lineThroughZero([1, 2], [1, 2])).toBeNull();
    // By hand: c = (1·1 + 2·3 + 3·2) / 14, and Σ (y − ȳ)² = 2.
    const { slope, straightness } = lineThroughZero([1, 2, 3], [1, 3, 2])!;
    expect(slope).toBeCloseTo(13 / 14, 14);
    expect(straightness).toBeCloseTo(1 - ((1 / 14) ** 2 + (16 / 14) ** 2 + (11 / 14) ** 2) / 2, 14);
  });

  it('is near the analytic one, nearer by central differences', () => {
    const { loss, gradient, parameters } = smallNetwork();
    const analytic = gradient(parameters);
    const worst = (values: Float64Array) => Math.max(...values.map((n, i) => Math.abs(n - analytic[i]!)));

    const forward = numericGradient(loss, parameters, { scheme: 'forward', step: 1e-8 });
    const central = numericGradient(loss, parameters, { scheme: 'central', step: 1e-5 });

    expect(worst(forward.values)).toBeLessThan(1e-6);
    expect(worst(central.values)).toBeLessThan(1e-9);
  });

  it('draws a V over h: best near 1e-8 forward and 1e-5 central in float64, and never below 1e-5 in float32', () => {
    const { loss, gradient, parameters } = smallNetwork();
    const analytic = gradient(parameters);
    const curve = (scheme: 'forward' | 'central', precision: 'float64' | 'float32') => {
      const { errors } = errorByStepSize(loss, parameters, analytic, { scheme, precision, steps });
      return errors.reduce((best, point) => (point.relativeError < best.relativeError ? point : best));
    };

    const forward = curve('forward', 'float64');
    const central = curve('central', 'float64');
    const rounded = curve('central', 'float32');

    // √ε ≈ 1.5e-8 and ∛ε ≈ 6e-6, within a decade and a half: the constants are those of the function.
    expect(Math.abs(Math.log10(forward.step) + 8)).toBeLessThanOrEqual(1.5);
    expect(forward.relativeError).toBeLessThan(1e-7);
    expect(Math.abs(Math.log10(central.step) + 5)).toBeLessThanOrEqual(1.5);
    expect(central.relativeError).toBeLessThan(1e-9);
    expect(rounded.step).toBeGreaterThan(1e-3);
    expect(rounded.relativeError).toBeGreaterThan(1e-6);
  });

  it('rises on both sides of its best h', () => {
    const { loss, gradient, parameters } = smallNetwork();
    const { errors, evaluations } = errorByStepSize(loss, parameters, gradient(parameters), {
      scheme: 'central',
      steps: [1e-1, 1e-5, 1e-12],
    });

    expect(errors[0]!.relativeError).toBeGreaterThan(1e4 * errors[1]!.relativeError);
    expect(errors[2]!.relativeError).toBeGreaterThan(1e4 * errors[1]!.relativeError);
    expect(evaluations).toBe(3 * 2 * parameters.length);
  });

  it('takes only the entries it is given, stops when asked, and leaves the parameters alone', () => {
    const { loss, gradient, parameters } = smallNetwork();
    const before = parameters.slice();

    const some = numericGradient(loss, parameters, { scheme: 'central', step: 1e-5, entries: [3, 7] });
    const cut = numericGradient(loss, parameters, { scheme: 'forward', step: 1e-7, shouldStop: (done) => done === 4 });

    const analytic = gradient(parameters);
    expect([...some.values]).toEqual([expect.closeTo(analytic[3]!, 8), expect.closeTo(analytic[7]!, 8)]);
    expect(cut).toMatchObject({ evaluations: 5, values: { length: 4 } });
    expect(parameters).toEqual(before);
  });

  it.each([
    { scheme: 'sideways', step: 1 },
    { scheme: 'central', step: 0 },
  ])('refuses %o', (options) => {
    expect(() => numericGradient(() => 0, Float64Array.of(1), options as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
