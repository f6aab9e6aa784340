/** The demonstrations show the numbers of the lectures, which a hand calculation or the literature gives. */
import { describe, expect, it } from 'vitest';
import { surfaceNamed, walk } from '../../../../core/landscape/surfaces.ts';
import { adam } from '../../../../core/optimizers/adam.ts';
import { sgd } from '../../../../core/optimizers/sgd.ts';
import {
  adamFirstSteps,
  byEvaluations,
  descentAtRates,
  effectiveRates,
  lookAhead,
  momentumForms,
  shrinkingSteps,
  stairs,
} from '../../../../renderer/optimizers/rules/demonstrations.ts';

describe('the demonstrations', () => {
  it('of descent fall in every step at 1.9/λmax and grow without end at 2.1/λmax', () => {
    const [below, above] = descentAtRates(50, [1.9, 2.1]);
    const grows = (y: number[]) => y.slice(1).map((value, k) => value > y[k]!);

    expect(grows(below!.y)).not.toContain(true);
    expect(above!.y.at(-1)).toBeGreaterThan(1e6 * above!.y[0]!);
  });

  it('of momentum’s forms agree until the rate drops, and then differ by 0.31', () => {
    const { before, after } = momentumForms(90, 25, 10);

    expect(before).toBeLessThan(1e-12);
    expect(after).toBeCloseTo(0.31, 2);
  });

  it('of Adam begin with α with the correction, and with 3.16 and at most 6.57 times α without', () => {
    const { lengths, moments, first, longest, longestAt } = adamFirstSteps(50, 'constant');

    expect(lengths[0]!.y.every((length) => Math.abs(length - 1) < 1e-6)).toBe(true);
    expect([first, longest, longestAt]).toEqual([expect.closeTo(3.162, 3), expect.closeTo(6.57, 2), 12]);
    for (const id of ['m-hat', 'v-hat']) {
      moments.find((line) => line.id === id)!.y.forEach((value) => expect(value).toBeCloseTo(1, 10));
    }
  });

  it('of AdaGrad shrink as 1/√t and stall after step 10,000; RMSProp begins with 1/√(1 − ρ) and stays at α', () => {
    const { lengths, stalledAt, firstOfRmsprop } = shrinkingSteps(0.9);
    const [sum, leaky] = lengths;

    sum!.x.forEach((t, k) => expect(sum!.y[k]).toBeCloseTo(1 / Math.sqrt(t), 6));
    expect(stalledAt).toBeGreaterThanOrEqual(10_000);
    expect(stalledAt).toBeLessThanOrEqual(10_002);
    expect(firstOfRmsprop).toBeCloseTo(Math.sqrt(10), 6);
    expect(leaky!.y.at(-1)).toBeCloseTo(1, 6);
  });

  it('of effective rates: all of AdaGrad’s fall as 1/√t, wherever a weight is, and RMSProp’s stay', () => {
    const { times, scales, adagrad, rmsprop } = effectiveRates(0.99);
    const last = times.length - 1;
    const middle = times.findIndex((t) => t >= 300);

    // E[s] = σ²·t, so that α/√s is near 1/(σ√t): within a tenth after 3,000 squares of normal numbers.
    for (const [i, rate] of adagrad[last]!.entries()) {
      expect(Math.abs(rate * scales[i]! * Math.sqrt(times[last]!) - 1)).toBeLessThan(0.1);
    }
    const mean = (rates: readonly number[]) =>
      rates.reduce((sum, rate, i) => sum + Math.log(rate * scales[i]!), 0) / 200;
    expect(Math.exp(mean(adagrad[middle]!) - mean(adagrad[last]!))).toBeCloseTo(
      Math.sqrt(times[last]! / times[middle]!),
      0,
    );
    expect(Math.exp(mean(rmsprop[middle]!) - mean(rmsprop[last]!))).toBeCloseTo(1, 1);
  });

  it('count the values of a histogram by decades, those beyond its ends in the outermost bars', () => {
    expect(stairs([0.5, 2, 3, 50, 5000], 1, 100, 2)).toEqual({
      x: [1, 10, 10, 100].map((edge) => expect.closeTo(edge, 9) as number),
      y: [3, 3, 2, 2],
    });
  });

  it('of Nesterov’s method: both ways of writing it agree in the point that looks ahead, and it beats descent', () => {
    const { heights, difference } = lookAhead(100);
    const end = Object.fromEntries(heights.map(({ id, y }) => [id, y.at(-1)!]));

    expect(difference).toBeLessThan(1e-12);
    expect(end['nesterov']).toBeLessThan(end['sgd']! / 100);
  });

  it('of L-BFGS count every evaluation, and it arrives first by that count', () => {
    const lines = byEvaluations(100);
    const last = (id: string) => lines.find((line) => line.id === id)!;

    expect(last('lbfgs').x[1]).toBeGreaterThan(1);
    expect(last('lbfgs').y.at(-1)).toBeLessThan(last('adam').y.at(-1)!);
    // No other rate of theirs ends lower: a rival at a rate picked by hand would prove nothing.
    for (const [id, rule] of [
      ['sgd', sgd],
      ['adam', adam],
    ] as const) {
      for (const factor of [0.8, 1.25]) {
        const learningRate = last(id).learningRate * factor;
        const path = walk(surfaceNamed('rosenbrock'), rule({ learningRate }), [-1.2, 1], 100);
        expect(path.length === 101 ? path[100]!.loss : Infinity, id).toBeGreaterThan(last(id).y.at(-1)!);
      }
    }
    expect(last('adam').x).toEqual(Array.from({ length: 101 }, (_, k) => k));
  });
});
