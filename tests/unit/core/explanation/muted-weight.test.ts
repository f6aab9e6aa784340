import { describe, expect, it } from 'vitest';
import { withWeightTurned } from '../../../../core/explanation/muted-weight.ts';
import { passThrough } from '../../../../core/explanation/network.ts';
import { recombine } from '../../../../core/explanation/recombination.ts';
import { randomNetwork, randomPicture } from '../../../support/random-network.ts';

describe('turning a weight (row 26)', () => {
  it.each([
    [0, 'muted'],
    [0.4, 'turned down'],
    [2, 'doubled'],
  ])('by %d gives the scores of the network with that weight %s', (factor) => {
    const network = randomNetwork([8, 6, 5, 4], 'relu', 3);
    const x = randomPicture(8, 9);
    const passage = passThrough(network, x);
    const { contributions } = recombine(network, passage);
    const last = network.layers.at(-1)!;

    for (let unit = 0; unit < 5; unit++) {
      const parts = Float64Array.from({ length: 4 }, (_, c) => contributions.data[c * 5 + unit]!);
      const weights = { ...last.weights, data: last.weights.data.slice() };
      weights.data[2 * 5 + unit]! *= factor;
      const changed = { ...network, layers: [...network.layers.slice(0, -1), { ...last, weights }] };

      const { scores } = withWeightTurned(passage.scores, parts, 2, factor);

      const expected = passThrough(changed, x).scores;
      scores.forEach((score, c) => expect(Math.abs(score - expected[c]!)).toBeLessThan(1e-6));
    }
  });

  it('muted takes exactly the weight times its input from the score of its class, and the verdict flips where that decides', () => {
    const scores = Float64Array.of(2, 1.5, -1);
    const parts = [0.75, 0.25, -3];

    expect(withWeightTurned(scores, parts, 0, 0)).toEqual({ scores: Float64Array.of(1.25, 1.5, -1), verdict: 1 });
    expect(withWeightTurned(scores, parts, null, 0)).toEqual({ scores: Float64Array.of(1.25, 1.25, 2), verdict: 2 });
    expect(withWeightTurned(scores, parts, 0, 1)).toEqual({ scores, verdict: 0 });
  });
});
