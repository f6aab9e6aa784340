import { describe, expect, it } from 'vitest';
import { checkSecondDerivatives } from '../../../../core/gradient-check/second-derivative-check.ts';
import { losses } from '../../../../core/losses/index.ts';
import { hessianAt } from '../../../../core/models/hessian.ts';
import { activations, type ActivationName } from '../../../../core/models/layers/activation.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { smallNetwork, type SmallNetwork } from '../../../support/small-network.ts';

const random = () => createGenerator(1, 'directions');
const hessianOf =
  ({ model, x, labels, objective }: SmallNetwork) =>
  (parameters: Float64Array) =>
    hessianAt(model, parameters, x, labels, objective);

const smooth = Object.values(activations).filter((activation) => !activation.hasKink);
const kinked = Object.values(activations).filter((activation) => activation.hasKink);

describe('the check of second derivatives', () => {
  it.each(smooth)('finds products with the Hessian right to 1e-5 for $name and softmax', ({ name }) => {
    const network = smallNetwork({ activation: name as ActivationName });

    const check = checkSecondDerivatives({ ...network, hessian: hessianOf(network) }, network.parameters, {
      random: random(),
    });

    expect(check.largestRelativeError).toBeLessThan(1e-7); // 1e-5 is asked
    expect(check.largestAsymmetry).toBeLessThan(1e-12);
    expect(check).toMatchObject({ verdict: 'right', kinks: 0, evaluations: 10 });
  });

  it.each(kinked)('holds between the corners of $name', ({ name }) => {
    const network = smallNetwork({ activation: name as ActivationName });

    const check = checkSecondDerivatives({ ...network, hessian: hessianOf(network) }, network.parameters, {
      random: random(),
      step: 1e-6,
    });

    expect(check).toMatchObject({ verdict: 'right', kinks: 0 });
  });

  it.each(Object.keys(losses))('holds for the loss %s, in three layers and in one', (loss) => {
    for (const sizes of [
      [5, 4],
      [5, 6, 4, 3],
    ]) {
      const network = smallNetwork({ loss, sizes });

      const check = checkSecondDerivatives({ ...network, hessian: hessianOf(network) }, network.parameters, {
        random: random(),
        step: 1e-6,
      });

      expect(check.verdict).toBe('right');
    }
  });

  it('sees a Hessian that lacks a term, and one that is not symmetric', () => {
    const network = smallNetwork();
    const withoutPenalty = { ...network, objective: { ...network.objective, l2: 0 } };
    const lopsided = (parameters: Float64Array) => {
      const product = hessianOf(network)(parameters);
      return (v: Float64Array) => product(v).map((value, i) => value + 1e-3 * v[(i + 1) % v.length]!);
    };

    const lacking = checkSecondDerivatives({ ...network, hessian: hessianOf(withoutPenalty) }, network.parameters, {
      random: random(),
    });
    const skewed = checkSecondDerivatives({ ...network, hessian: lopsided }, network.parameters, { random: random() });

    expect(lacking.verdict).toBe('wrong');
    expect(skewed.verdict).toBe('wrong');
    expect(skewed.largestAsymmetry).toBeGreaterThan(1e-5);
  });

  it('says so when every direction crosses a corner', () => {
    const network = smallNetwork({ activation: 'relu', samples: 400, sizes: [6, 30, 4] });

    const check = checkSecondDerivatives({ ...network, hessian: hessianOf(network) }, network.parameters, {
      random: random(),
      step: 0.1,
    });

    expect(check).toMatchObject({ verdict: 'only-kinks', kinks: 5 });
  });
});
