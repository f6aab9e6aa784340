import { describe, expect, it } from 'vitest';
import { checkGradient } from '../../../../core/gradient-check/gradient-check.ts';
import { mistakenGradient, plantedMistakes, spoils } from '../../../../core/gradient-check/planted-mistakes.ts';
import { losses } from '../../../../core/losses/index.ts';
import { activations, type ActivationName } from '../../../../core/models/layers/activation.ts';
import { smallNetwork, type SmallNetworkOptions } from '../../../support/small-network.ts';

const everyModel: SmallNetworkOptions[] = [
  ...Object.keys(activations).map((activation) => ({ activation: activation as ActivationName })),
  ...Object.keys(losses).map((loss) => ({ loss })),
  ...Object.keys(losses).map((loss) => ({ loss, sizes: [6, 4] })),
  { sizes: [6, 5, 5, 4, 3], activation: 'gelu' },
];

describe.each(everyModel)('the gradient check of %o', (options) => {
  const network = smallNetwork(options);
  const { model, parameters, x, labels, objective } = network;

  it('passes the model’s own gradient, kinks apart', () => {
    const check = checkGradient(network, parameters, { blocks: model.blocks, order: 4, step: 1e-4 });

    expect(check.largestRelativeError).toBeLessThanOrEqual(1e-7);
    expect(check.verdict).toBe('fine');
    expect(check.evaluations).toBe(4 * parameters.length);
    expect(check.kinks).toBeLessThan(check.checked / 2);
  });

  it.each(plantedMistakes)('finds %s in the right blocks and in no other', (mistake) => {
    const spoilt = model.blocks.filter((block) => spoils(mistake, block, model, x.rows, objective));
    const gradient = () => mistakenGradient(model, parameters, x, labels, objective, mistake);
    if (spoilt.length === 0) {
      expect(gradient).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
      return;
    }

    const check = checkGradient({ ...network, gradient }, parameters, { blocks: model.blocks, order: 4, step: 1e-4 });

    for (const block of check.blocks) {
      const isSpoilt = spoilt.some((other) => other.name === block.name);
      if (isSpoilt) expect(block.largestRelativeError, block.name).toBeGreaterThan(1e-2);
      else expect(block.verdict, block.name).toBe('fine');
      expect(block.verdict === 'wrong').toBe(isSpoilt);
    }
  });
});

it('has nothing to forget where there is no penalty, no mask and one sample', () => {
  const { model, x, objective } = smallNetwork({ sizes: [6, 4], l2: 0 });

  const shown = plantedMistakes.filter((mistake) => model.blocks.some((b) => spoils(mistake, b, model, 1, objective)));

  expect(x.rows).toBeGreaterThan(1);
  expect(shown).toEqual(['wrong-sign', 'transposed-product']);
});
