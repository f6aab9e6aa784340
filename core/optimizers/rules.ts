/**
 * The update rule of every optimizer as data: what it remembers, and its pseudo-code, which tests run against the engine.
 *
 * A table of rules, a formula and a step with numbers are made from this and cannot say anything else than the code does.
 */
import { dot } from '../array/linear-algebra.ts';
import type { OptimizerName, OptimizerRecipe } from '../recipe/recipe.ts';
import { strongWolfeSearch } from './line-search.ts';
import {
  type Functions,
  type Line,
  type Names,
  parsePseudoCode,
  type Ran,
  runPseudoCode,
  type Value,
} from './pseudo-code.ts';

export interface OptimizerRule {
  readonly kind: OptimizerName;
  /** Averages gradients: a velocity, or a moving mean. */
  readonly firstMoment: boolean;
  /** Divides by the size that gradients had: a step of its own for every weight. */
  readonly secondMoment: boolean;
  /** Forgets what is long past; null where nothing is remembered. */
  readonly isLeaky: boolean | null;
  readonly biasCorrection: boolean;
  /** 1: gradients only. 2: it also estimates curvature. */
  readonly order: 1 | 2;
  /** Looks at all training pictures a step. */
  readonly isFullBatch: boolean;
  /** Numbers kept for each weight. */
  readonly numbersPerWeight: number;
  /** Who wrote it down. */
  readonly source: string;
}

const gradient = 'g = grad(theta)\n';
const descent = `${gradient}theta = theta - lr*g`;
const moments = 'm = beta1*m + (1 - beta1)*g\nv = beta2*v + (1 - beta2)*g^2\n';
const corrected = 'm_hat = m/(1 - beta1^t)\nv_hat = v/(1 - beta2^t)\ntheta = theta - lr*m_hat/(sqrt(v_hat) + eps)';
const uncorrected = 'theta = theta - lr*m/(sqrt(v) + eps)';

export const optimizerRules: Readonly<Record<OptimizerName, OptimizerRule>> = {
  gd: rule('gd', { isFullBatch: true, source: 'Cauchy 1847' }),
  sgd: rule('sgd', { source: 'Robbins & Monro 1951' }),
  momentum: rule('momentum', { firstMoment: true, isLeaky: true, numbersPerWeight: 1, source: 'Polyak 1964' }),
  nesterov: rule('nesterov', {
    firstMoment: true,
    isLeaky: true,
    numbersPerWeight: 1,
    source: 'Nesterov 1983; Sutskever et al. 2013',
  }),
  adagrad: rule('adagrad', {
    secondMoment: true,
    isLeaky: false,
    numbersPerWeight: 1,
    source: 'Duchi, Hazan & Singer 2011',
  }),
  rmsprop: rule('rmsprop', {
    secondMoment: true,
    isLeaky: true,
    numbersPerWeight: 1,
    source: 'Tieleman & Hinton 2012',
  }),
  adam: rule('adam', {
    firstMoment: true,
    secondMoment: true,
    isLeaky: true,
    biasCorrection: true,
    numbersPerWeight: 2,
    source: 'Kingma & Ba 2015',
  }),
  adamw: rule('adamw', {
    firstMoment: true,
    secondMoment: true,
    isLeaky: true,
    biasCorrection: true,
    numbersPerWeight: 2,
    source: 'Loshchilov & Hutter 2019',
  }),
  lbfgs: rule('lbfgs', {
    order: 2,
    isFullBatch: true,
    // m pairs of steps and gradient changes, and the gradient.
    numbersPerWeight: 21,
    source: 'Liu & Nocedal 1989; Nocedal & Wright 2006',
  }),
};

function rule(kind: OptimizerName, own: Partial<OptimizerRule> & { source: string }): OptimizerRule {
  return {
    kind,
    firstMoment: false,
    secondMoment: false,
    isLeaky: null,
    biasCorrection: false,
    order: 1,
    isFullBatch: false,
    numbersPerWeight: 0,
    ...own,
  };
}

/** One step as lines; which form of momentum, of Nesterov's method and of Adam is the recipe's. */
export function pseudoCodeOf(optimizer: OptimizerRecipe): string {
  switch (optimizer.kind) {
    case 'gd':
    case 'sgd':
      return descent;
    case 'momentum':
      return optimizer.rate === 'outside'
        ? `${gradient}v = rho*v + g\ntheta = theta - lr*v`
        : `${gradient}v = rho*v - lr*g\ntheta = theta + v`;
    case 'nesterov':
      return optimizer.form === 'look-ahead'
        ? 'ahead = theta + rho*v\ng = grad(ahead)\nv = rho*v - lr*g\ntheta = theta + v'
        : `${gradient}before = v\nv = rho*before - lr*g\ntheta = theta - rho*before + (1 + rho)*v`;
    case 'adagrad':
      return `${gradient}s = s + g^2\ntheta = theta - lr*g/(sqrt(s) + eps)`;
    case 'rmsprop':
      return `${gradient}s = rho*s + (1 - rho)*g^2\ntheta = theta - lr*g/(sqrt(s) + eps)`;
    case 'adam':
    case 'adamw': {
      const decay = optimizer.kind === 'adamw' ? 'theta = theta - lr*lambda*theta\n' : '';
      return `t = t + 1\n${gradient}${moments}${decay}${optimizer.biasCorrection ? corrected : uncorrected}`;
    }
    case 'lbfgs':
      return [
        'g = grad(theta)',
        'q = g',
        'for i from newest to oldest:',
        '  a[i] = dot(s[i], q)/dot(y[i], s[i])',
        '  q = q - a[i]*y[i]',
        'r = gamma*q',
        'for i from oldest to newest:',
        '  b = dot(y[i], r)/dot(y[i], s[i])',
        '  r = r + (a[i] - b)*s[i]',
        'd = -r',
        's_new = wolfe(theta, d)*d',
        'theta = theta + s_new',
        'y_new = grad(theta) - g',
        'if dot(y_new, s_new) > 1e-10:',
        '  keep(s_new, y_new)',
        '  gamma = dot(s_new, y_new)/dot(y_new, y_new)',
      ].join('\n');
  }
}

/** The names of a recipe's options as the pseudo-code has them. */
function optionsOf(optimizer: OptimizerRecipe): Names {
  const names: Names = { lr: optimizer.learningRate };
  if ('momentum' in optimizer) names['rho'] = optimizer.momentum;
  if ('decay' in optimizer) names['rho'] = optimizer.decay;
  if ('beta1' in optimizer) Object.assign(names, { beta1: optimizer.beta1, beta2: optimizer.beta2 });
  if ('epsilon' in optimizer) names['eps'] = optimizer.epsilon;
  if ('weightDecay' in optimizer) names['lambda'] = optimizer.weightDecay;
  return names;
}

/** A function of as many parameters as the start has. */
export interface RuleFunction {
  loss(theta: readonly number[]): number;
  gradient(theta: readonly number[]): readonly number[];
}

/**
 * Runs pseudo-code step by step: the plainest implementation of an optimizer there is, for tests and for showing a step with its
 * numbers.
 */
export class RuleRunner {
  readonly lines: readonly Line[];
  readonly #names: Names;
  readonly #functions: Functions;

  constructor(optimizer: OptimizerRecipe, start: readonly number[], f: RuleFunction) {
    this.lines = parsePseudoCode(pseudoCodeOf(optimizer));
    const zero = start.map(() => 0);
    this.#names = { theta: [...start], t: 0, m: zero, v: zero, s: zero, gamma: 1, ...optionsOf(optimizer) };
    if (optimizer.kind === 'lbfgs') Object.assign(this.#names, { s: [], y: [], a: [] });
    const memory = optimizer.kind === 'lbfgs' ? optimizer.memory : 0;
    let searches = 0;
    this.#functions = {
      grad: (theta) => f.gradient(theta as readonly number[]),
      keep: (s, y) => {
        for (const [name, pair] of [
          ['s', s],
          ['y', y],
        ] as const) {
          const list = [...(this.#names[name] as readonly Value[]), pair];
          this.#names[name] = list.slice(-memory) as unknown as Value;
        }
        this.#names['a'] = [];
        return 0;
      },
      wolfe: (theta, d) => {
        const [from, along] = [Float64Array.from(theta as number[]), Float64Array.from(d as number[])];
        const at = (step: number) => {
          const point = Array.from(from, (value, i) => value + step * along[i]!);
          return { loss: f.loss(point), slope: dot(Float64Array.from(f.gradient(point)), along) };
        };
        const sum = along.reduce((total, value) => total + Math.abs(value), 0);
        const lr = optimizer.learningRate;
        const first = searches++ === 0 ? Math.min(1, 1 / sum) * lr : lr;
        const largest = along.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const { step } = strongWolfeSearch(at, at(0), first, {
          decrease: 1e-4,
          curvature: 0.9,
          mostEvaluations: optimizer.kind === 'lbfgs' ? optimizer.maxEvaluations : 25,
          shortestInterval: 1e-9 / largest,
        });
        return step;
      },
    };
  }

  get theta(): readonly number[] {
    return this.#names['theta'] as readonly number[];
  }

  /** One step; the lines that were run, with their numbers. */
  step(): Ran[] {
    return runPseudoCode(this.lines, this.#names, this.#functions);
  }
}
