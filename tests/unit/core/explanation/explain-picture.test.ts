import { describe, expect, it } from 'vitest';
import { dot } from '../../../../core/array/linear-algebra.ts';
import { explainPicture } from '../../../../core/explanation/explain-picture.ts';
import { passThrough } from '../../../../core/explanation/network.ts';
import { standardize } from '../../../../core/features/standardize.ts';
import { randomNetwork, randomPicture } from '../../../support/random-network.ts';

const features = 12;
const standardization = {
  kind: 'per-feature' as const,
  mean: randomPicture(features, 1).map((z) => 120 + 9 * z),
  deviation: randomPicture(features, 2).map((z) => 60 + 5 * z),
};
const pixels = randomPicture(features, 3).map((z) => 128 + 40 * z);
const part = (values: Float64Array, row: number) => values.subarray(row * features, (row + 1) * features);

describe('an explained picture', () => {
  it.each([[[]], [[7]], [[9, 6]], [[5, 8, 7]]])(
    'has scores that its templates give, with hidden layers %j',
    (hidden) => {
      const network = randomNetwork([features, ...hidden, 4], 'relu', 5);

      const why = explainPicture(network, standardization, {
        numbers: pixels,
        inputs: pixels,
        blocks: [],
        label: null,
        shownUnits: 3,
        withTemplates: true,
      });

      const { scores } = passThrough(network, standardize(pixels, standardization));
      scores.forEach((score, c) => {
        expect(dot(part(why.templates, c), pixels) + why.templateBias[c]!).toBeCloseTo(score, 10);
      });
      expect(why.templateDifference).toBeLessThan(1e-10);
      expect(why.sumDifference).toBeLessThan(1e-10);
      expect(why.unitsOn).toHaveLength(hidden.length);
    },
  );

  it('can do without the templates of the network, and is otherwise the same', () => {
    const network = randomNetwork([features, 7, 6, 4], 'relu', 6);
    const question = { numbers: pixels, inputs: pixels, blocks: [], label: 1, shownUnits: 3 };

    const whole = explainPicture(network, standardization, { ...question, withTemplates: true });
    const quick = explainPicture(network, standardization, { ...question, withTemplates: false });

    const none = new Float64Array(0);
    const left = { templates: none, templateBias: none, templateDifference: null };
    expect(quick).toEqual({ ...whole, ...left, tolerance: quick.tolerance });
    expect(quick.sumDifference).toBeLessThan(quick.tolerance);
  });

  it('leaves out the templates of units that are known, and of no others', () => {
    const network = randomNetwork([features, 7, 4], 'relu', 9);
    const question = { numbers: pixels, inputs: pixels, blocks: [], label: 1, shownUnits: 3, withTemplates: false };
    const all = explainPicture(network, standardization, question);
    const [first, second, third] = all.shown;

    const some = explainPicture(network, standardization, { ...question, knownUnits: new Set([second!, 99]) });

    expect([...some.shown]).toEqual([...all.shown]);
    expect([...some.sent]).toEqual([first, third]);
    expect([...part(some.shownTemplates, 0)]).toEqual([...part(all.shownTemplates, 0)]);
    expect([...part(some.shownTemplates, 1)]).toEqual([...part(all.shownTemplates, 2)]);
    expect(some.shownTemplates).toHaveLength(2 * features);
  });

  it('has a template made of the templates of its units, each by its weight', () => {
    const network = randomNetwork([features, 7, 6, 4], 'leaky-relu', 4);

    const why = explainPicture(network, standardization, {
      numbers: pixels,
      inputs: pixels,
      blocks: [],
      label: 3,
      shownUnits: 6,
      withTemplates: true,
    });

    const built = new Float64Array(features);
    why.shownWeights.forEach((weight, i) => part(why.shownTemplates, i).forEach((t, p) => (built[p]! += weight * t)));
    built.forEach((value, p) => expect(value).toBeCloseTo(part(why.templates, 3)[p]!, 12));
  });

  it('shows the units with the most say in the class that is asked about, each with its own template', () => {
    const network = randomNetwork([features, 7, 6, 4], 'relu', 8);

    const why = explainPicture(network, standardization, {
      numbers: pixels,
      inputs: pixels,
      blocks: [],
      label: 2,
      shownUnits: 3,
      withTemplates: true,
    });

    const says = why.contributions.subarray(2 * 6, 3 * 6).map(Math.abs);
    const passage = passThrough(network, standardize(pixels, standardization));
    expect(Array.from(why.shown, (unit) => says[unit])).toEqual([...says].sort((a, b) => b - a).slice(0, 3));
    why.shown.forEach((unit, i) => {
      // A template is ∂a/∂pixels: moving the picture a little moves the unit by the template times the step.
      const moved = pixels.map((value, p) => value + (p === 4 ? 1e-4 : 0));
      const after = passThrough(network, standardize(moved, standardization)).preActivations[1]![unit]!;
      const change = (after - passage.preActivations[1]![unit]!) / 1e-4;
      expect(part(why.shownTemplates, i)[4]).toBeCloseTo(change, 6);
    });
  });
});
