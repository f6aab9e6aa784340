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

export interface OptimizerDescription {
  /** As recipes and the command line name it. */
  readonly kind: string;
  readonly options: readonly OptimizerOption[];
  /** Vectors as long as the parameters in its state: what a step costs in memory. */
  readonly stateVectors: number;
  create(options?: Readonly<Record<string, number>>): Optimizer;
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

export const optimizers: readonly OptimizerDescription[] = [
  describe('sgd', 0, [rate(0.01)], (options) => sgd(options)),
  describe('momentum', 1, [rate(0.01), fraction('momentum', 'ρ', 0.9)], (options) => sgd(options)),
  describe('nesterov', 1, [rate(0.01), fraction('momentum', 'ρ', 0.9, false)], (options) =>
    sgd({ ...options, nesterov: true }),
  ),
  describe('adagrad', 1, [rate(0.01), positive('epsilon', 'ε', 1e-10)], adagrad),
  describe('rmsprop', 1, [rate(1e-3), fraction('decay', 'ρ', 0.99), positive('epsilon', 'ε', 1e-8)], rmsprop),
  describe('adam', 2, [rate(1e-3), ...moments(), positive('epsilon', 'ε', 1e-8)], adam),
  describe(
    'adamw',
    2,
    [
      rate(1e-3),
      ...moments(),
      positive('epsilon', 'ε', 1e-8),
      { ...positive('weightDecay', 'λ', 0.01), includesLow: true },
    ],
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
  readonly [option: string]: string | number;
}): Optimizer {
  const { kind, ...options } = recipe;
  const description = optimizers.find((candidate) => candidate.kind === kind);
  if (!description) {
    const known = optimizers.map((candidate) => candidate.kind).join(' | ');
    throw new StudioError('INVALID_OPTION', { option: 'optimizer', value: kind, expected: known });
  }
  return description.create(options as Record<string, number>); // a word is refused as out of range
}

function moments(): OptimizerOption[] {
  return [fraction('beta1', 'β₁', 0.9), fraction('beta2', 'β₂', 0.999)];
}

function describe<Options extends object>(
  kind: string,
  stateVectors: number,
  options: readonly OptimizerOption[],
  make: (options: Options) => Optimizer,
): OptimizerDescription {
  return {
    kind,
    stateVectors,
    options,
    create(given = {}) {
      const values = Object.fromEntries(options.map((option) => [option.name, option.default]));
      for (const [name, value] of Object.entries(given)) {
        if (!(name in values)) {
          throw new StudioError('INVALID_OPTION', {
            option: `${kind}.${name}`,
            value: String(value),
            expected: Object.keys(values).join(' | '),
          });
        }
        values[name] = value;
      }
      return make(values as Options);
    },
  };
}
