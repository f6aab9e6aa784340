/** Every rule that the studio shows is run against the optimizer that trains. */
import { describe, expect, it } from 'vitest';
import { optimizers } from '../../../../core/optimizers/index.ts';
import { surfaceNamed, walk } from '../../../../core/landscape/surfaces.ts';
import { lbfgs } from '../../../../core/optimizers/lbfgs.ts';
import { createOptimizer } from '../../../../core/optimizers/index.ts';
import {
  formulasOf,
  lineFormula,
  numbersFormula,
  parsePseudoCode,
  runPseudoCode,
} from '../../../../core/optimizers/pseudo-code.ts';
import { optimizerRules, pseudoCodeOf, RuleRunner } from '../../../../core/optimizers/rules.ts';
import { defaultOptimizers, optimizerNames, type OptimizerRecipe } from '../../../../core/recipe/recipe.ts';

const d = defaultOptimizers;
const recipes: readonly OptimizerRecipe[] = [
  d.gd,
  d.sgd,
  d.momentum,
  { ...d.momentum, rate: 'inside' },
  d.nesterov,
  { ...d.nesterov, form: 'look-ahead' },
  d.adagrad,
  { ...d.rmsprop, decay: 0.9 },
  d.adam,
  { ...d.adam, biasCorrection: false },
  { ...d.adamw, weightDecay: 0.1 },
  { ...d.adamw, biasCorrection: false },
  { ...d.lbfgs, memory: 3 },
];

/** The optimizer that trains, as recipes name its options. */
function engineOf(recipe: OptimizerRecipe) {
  if (recipe.kind === 'lbfgs') {
    const { memory, maxEvaluations } = recipe;
    return lbfgs({ memory, evaluationsPerSearch: maxEvaluations });
  }
  return createOptimizer({ ...recipe });
}

describe.each(recipes.map((recipe) => ({ name: JSON.stringify(recipe), recipe })))(
  'the pseudo-code of $name',
  ({ recipe }) => {
    it('takes the steps of the optimizer, to 1e-12', () => {
      const [surface, start, steps] =
        recipe.kind === 'lbfgs'
          ? [surfaceNamed('rosenbrock'), [-1.2, 1] as const, 20]
          : [surfaceNamed('double-well'), [1.6, 1] as const, 100];
      const f = {
        loss: ([x, y]: readonly number[]) => surface.value(x!, y!),
        gradient: ([x, y]: readonly number[]) => surface.gradient(x!, y!),
      };
      const path = walk(surface, engineOf(recipe), start, steps);
      const runner = new RuleRunner(recipe, start, f);

      expect(path).toHaveLength(steps + 1);
      path.slice(1).forEach(({ x, y }) => {
        runner.step();
        expect(Math.hypot(runner.theta[0]! - x, runner.theta[1]! - y)).toBeLessThan(1e-12);
      });
      expect(Math.hypot(path.at(-1)!.x - start[0], path.at(-1)!.y - start[1])).toBeGreaterThan(1e-4);
    });
  },
);

describe('the table of rules', () => {
  /** Step lengths of a fresh optimizer under these gradients, one after the other. */
  function steps(kind: string, gradients: readonly number[]): number[] {
    // Decay of the weights themselves is no moment.
    const optimizer = createOptimizer({ kind, learningRate: 0.01, ...(kind === 'adamw' ? { weightDecay: 0 } : {}) });
    const theta = Float64Array.of(1);
    const state = optimizer.createState(1);
    return gradients.map((g) => {
      const before = theta[0]!;
      optimizer.step(theta, Float64Array.of(g), state);
      return before - theta[0]!;
    });
  }

  it('has a row for everything that a recipe can name', () => {
    expect(Object.keys(optimizerRules)).toEqual([...optimizerNames]);
  });

  it.each(optimizers.map(({ kind }) => kind))('says of %s what it does', (kind) => {
    const rule = optimizerRules[kind as keyof typeof optimizerRules];

    // With a first moment it still moves when the gradient has become 0.
    expect(Math.abs(steps(kind, [1, 0])[1]!) > 0).toBe(rule.firstMoment);
    // With a second moment it steps alike, however large the gradient is.
    const [small, large] = [steps(kind, [1])[0]!, steps(kind, [100])[0]!];
    expect(large / small < 2).toBe(rule.secondMoment);
    // What leaks forgets one large gradient; what does not never moves as fast again.
    if (rule.secondMoment) {
      const after = steps(kind, [1000, ...Array.from({ length: 20_000 }, () => 1)]).at(-1)!;
      expect(after > 0.005).toBe(rule.isLeaky);
    }
    // With the correction the first step is the learning rate.
    if (rule.firstMoment && rule.secondMoment) expect(rule.biasCorrection).toBe(Math.abs(small - 0.01) < 2e-4);
    expect(optimizers.find((o) => o.kind === kind)!.stateVectors).toBe(rule.numbersPerWeight);
  });
});

describe('pseudo-code', () => {
  it('is set as a formula, and with the numbers of one entry', () => {
    const lines = parsePseudoCode('theta = theta - lr*m_hat/(sqrt(v_hat) + eps)');
    const ran = runPseudoCode(lines, { theta: [1, 2], lr: 0.5, m_hat: [4, -2], v_hat: [9, 4], eps: 1 }, {});

    expect(lineFormula(lines[0]!)).toBe(
      String.raw`\theta \leftarrow \theta - \frac{\alpha \, \hat m}{\sqrt{\hat v} + \varepsilon}`,
    );
    expect(ran[0]!.value).toEqual([0.5, 2 + 1 / 3]);
    expect(numbersFormula(ran[0]!, 0, String)).toBe(String.raw`\theta = 1 - \frac{0.5 \cdot  4}{\sqrt{9} + 1} = 0.5`);
    expect(numbersFormula(ran[0]!, 1, (x) => String(Math.round(x * 100) / 100))).toContain('(-2)');
  });

  it('of L-BFGS shows both loops over its pairs: without them it would read as scaled descent', () => {
    const formulas = formulasOf(parsePseudoCode(pseudoCodeOf(defaultOptimizers.lbfgs)));

    // Nocedal & Wright 2006, Algorithm 7.4, ρᵢ = 1/(yᵢᵀsᵢ)
    expect(formulas).toEqual(expect.arrayContaining(['i = k-1, \\dots, k-m:', 'i = k-m, \\dots, k-1:']));
    expect(formulas).toContain('\\quad q \\leftarrow q - a_{i} \\, y_{i}');
    expect(formulas).toContain('\\quad r \\leftarrow r + (a_{i} - b) \\, s_{i}');
  });

  it('keeps the brackets that the value needs', () => {
    const [line] = parsePseudoCode('m = beta1*m + (1 - beta1)*g');
    const [other] = parsePseudoCode('r = r - (q - (a - b))*s');

    expect(lineFormula(line!)).toBe(String.raw`m \leftarrow \beta_1 \, m + (1 - \beta_1) \, g`);
    expect(lineFormula(other!)).toBe(String.raw`r \leftarrow r - (q - (a - b)) \, s`);
  });
});
