/**
 * All first-order optimizers. A new one joins here and is then held to what every optimizer promises.
 *
 * A description is what a form, the command line and a test need: the options with their symbols, ranges and defaults.
 */
import { StudioError } from '../errors.ts';
import { adagrad } from './adagrad.ts';
import { adam } from './adam.ts';
import type { Optimizer } from './optimizer.ts';
import { rmsprop } from './rmsprop.ts';
import { sgd } from './sgd.ts';

export interface OptimizerOption {
  readonly name: string;
  /** As in the formula. */
  readonly symbol: string;
  readonly default: number;
  /** Both ends as the check has them: > low (or ≥ when `includesLow`), and < high. */
  readonly low: number;
  readonly includesLow: boolean;
  readonly high: number;
}

/** An option that is one of a few words, or a switch. */
export interface OptimizerChoice {
  readonly name: string;
  readonly values: readonly (string | boolean)[];
  readonly default: string | boolean;
}

export interface OptimizerDescription {
  /** As recipes and the command line name it. */
  readonly kind: string;
  readonly options: readonly OptimizerOption[];
  readonly choices: readonly OptimizerChoice[];
  /** Vectors as long as the parameters in its state: what a step costs in memory. */
  readonly stateVectors: number;
  create(options?: Readonly<Record<string, number | string | boolean>>): Optimizer;
}

const rate = (value: number): OptimizerOption => positive('learningRate', 'α', value);
const positive = (name: string, symbol: string, value: number): OptimizerOption => ({
  name,
  symbol,
  default: value,
  low: 0,
  includesLow: false,
  high: Infinity,
});
const fraction = (name: string, symbol: string, value: number, includesLow = true): OptimizerOption => ({
  name,
  symbol,
  default: value,
  low: 0,
  includesLow,
  high: 1,
});

const biasCorrection: OptimizerChoice = { name: 'biasCorrection', values: [true, false], default: true };

export const optimizers: readonly OptimizerDescription[] = [
  describe('gd', 0, [rate(0.01)], [], (options) => sgd(options)),
  describe('sgd', 0, [rate(0.01)], [], (options) => sgd(options)),
  describe(
    'momentum',
    1,
    [rate(0.01), fraction('momentum', 'ρ', 0.9)],
    [{ name: 'rate', values: ['outside', 'inside'], default: 'outside' }],
    (options) => sgd(options),
  ),
  describe(
    'nesterov',
    1,
    [rate(0.01), fraction('momentum', 'ρ', 0.9, false)],
    [{ name: 'form', values: ['rewritten', 'look-ahead'], default: 'rewritten' }],
    (options) => sgd({ ...options, nesterov: true, rate: 'inside' }),
  ),
  describe('adagrad', 1, [rate(0.01), positive('epsilon', 'ε', 1e-10)], [], adagrad),
  describe('rmsprop', 1, [rate(1e-3), fraction('decay', 'ρ', 0.99), positive('epsilon', 'ε', 1e-8)], [], rmsprop),
  describe('adam', 2, [rate(1e-3), ...moments(), positive('epsilon', 'ε', 1e-8)], [biasCorrection], adam),
  describe(
    'adamw',
    2,
    [
      rate(1e-3),
      ...moments(),
      positive('epsilon', 'ε', 1e-8),
      { ...positive('weightDecay', 'λ', 0.01), includesLow: true },
    ],
    [biasCorrection],
    adam,
  ),
];

/**
 * The optimizer of a recipe: its kind, and options by name with the defaults above for what is left out.
 *
 * @throws StudioError INVALID_OPTION for an unknown kind, an unknown option or a value out of range.
 */
export function createOptimizer(recipe: {
  readonly kind: string;
  readonly [option: string]: string | number | boolean;
}): Optimizer {
  const { kind, ...options } = recipe;
  const description = optimizers.find((candidate) => candidate.kind === kind);
  if (!description) {
    const known = optimizers.map((candidate) => candidate.kind).join(' | ');
    throw new StudioError('INVALID_OPTION', { option: 'optimizer', value: kind, expected: known });
  }
  return description.create(options);
}

function moments(): OptimizerOption[] {
  return [fraction('beta1', 'β₁', 0.9), fraction('beta2', 'β₂', 0.999)];
}

function describe<Options extends object>(
  kind: string,
  stateVectors: number,
  options: readonly OptimizerOption[],
  choices: readonly OptimizerChoice[],
  make: (options: Options) => Optimizer,
): OptimizerDescription {
  return {
    kind,
    stateVectors,
    options,
    choices,
    create(given = {}) {
      const values: Record<string, number | string | boolean> = {};
      for (const option of [...options, ...choices]) values[option.name] = option.default;
      for (const [name, value] of Object.entries(given)) {
        if (!(name in values)) {
          throw new StudioError('INVALID_OPTION', {
            option: `${kind}.${name}`,
            value: String(value),
            expected: Object.keys(values).join(' | '),
          });
        }
        const choice = choices.find((candidate) => candidate.name === name);
        if (choice !== undefined && !choice.values.some((known) => known === value)) {
          throw new StudioError('INVALID_OPTION', {
            option: `${kind}.${name}`,
            value: String(value),
            expected: choice.values.join(' | '),
          });
        }
        values[name] = value;
      }
      return make(values as Options); // a word where a number belongs is refused as out of range
    },
  };
}
