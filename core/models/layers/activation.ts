/**
 * Activations of hidden layers, elementwise.
 *
 *     relu         max(0, a)                              derivative 0 at 0
 *     leaky-relu   a > 0 ? a : α·a                        α = 0.01; derivative α at 0
 *     elu          a > 0 ? a : α·(exp(a) − 1)             α = 1
 *     gelu         a·Φ(a),  Φ(a) = ½·erfc(−a/√2)          exact
 *     gelu-tanh    ½·a·(1 + tanh(√(2/π)·(a + 0.044715·a³)))
 *     sigmoid      1 / (1 + exp(−a))
 *     tanh         tanh(a)
 *     identity     a
 *
 * Derivatives are of the pre-activation a. Where a function has a kink the derivative is that of the left side, as in
 * PyTorch.
 *
 * Sources: Maas et al. 2013 (leaky ReLU); Clevert et al. 2016, arXiv:1511.07289 (ELU); Hendrycks & Gimpel 2016,
 * arXiv:1606.08415 (both GELUs).
 * Golden: tests/golden/data/mlp.json, cases activation/… (PyTorch, float64).
 */
import type { ActivationName } from '../../recipe/recipe.ts';
import { erfc } from './error-function.ts';

export type { ActivationName };

export interface Activation {
  readonly name: string;
  value(a: number): number;
  derivative(a: number): number;
  /** φ″, for the curvature of a loss; where φ′ has a corner that of the right side, as in PyTorch. */
  secondDerivative(a: number): number;
  /** True where the function has a corner at 0: a difference quotient across it is not a derivative. */
  readonly hasKink: boolean;
}

const leakySlope = 0.01;

const relu: Activation = {
  name: 'relu',
  value: (a) => (a <= 0 ? 0 : a), // NaN passes through: a diverged run must be seen
  derivative: (a) => (a > 0 ? 1 : 0),
  secondDerivative: () => 0,
  hasKink: true,
};

const leakyRelu: Activation = {
  name: 'leaky-relu',
  value: (a) => (a > 0 ? a : leakySlope * a),
  derivative: (a) => (a > 0 ? 1 : leakySlope),
  secondDerivative: () => 0,
  hasKink: true,
};

const elu: Activation = {
  name: 'elu',
  value: (a) => (a > 0 ? a : Math.expm1(a)),
  derivative: (a) => (a > 0 ? 1 : Math.exp(a)),
  secondDerivative: (a) => (a < 0 ? Math.exp(a) : 0),
  hasKink: false, // with α = 1 both sides have slope 1 at 0
};

const gelu: Activation = {
  name: 'gelu',
  value: (a) => a * normalDistribution(a),
  derivative: (a) => normalDistribution(a) + a * normalDensity(a),
  secondDerivative: (a) => (2 - a * a) * normalDensity(a),
  hasKink: false,
};

const geluTanh: Activation = {
  name: 'gelu-tanh',
  value: (a) => 0.5 * a * (1 + Math.tanh(geluInner(a))),
  derivative(a) {
    const t = Math.tanh(geluInner(a));
    const slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * a * a);
    return 0.5 * (1 + t) + 0.5 * a * (1 - t * t) * slope;
  },
  secondDerivative(a) {
    const u = geluInner(a);
    const slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * a * a);
    const bend = Math.sqrt(2 / Math.PI) * 6 * 0.044715 * a;
    return squareSech(u) * (slope + 0.5 * a * (bend - 2 * Math.tanh(u) * slope * slope));
  },
  hasKink: false,
};

const sigmoid: Activation = {
  name: 'sigmoid',
  value: logistic,
  derivative: (a) => logistic(a) * logistic(-a), // p·(1 − p) without cancelling when p is near 1
  secondDerivative: (a) => -logistic(a) * logistic(-a) * Math.tanh(a / 2), // 1 − 2p = −tanh(a/2)
  hasKink: false,
};

const tanh: Activation = {
  name: 'tanh',
  value: Math.tanh,
  derivative: squareSech,
  secondDerivative: (a) => -2 * Math.tanh(a) * squareSech(a),
  hasKink: false,
};

const identity: Activation = {
  name: 'identity',
  value: (a) => a,
  derivative: () => 1,
  secondDerivative: () => 0,
  hasKink: false,
};

export const activations = {
  relu,
  'leaky-relu': leakyRelu,
  elu,
  gelu,
  'gelu-tanh': geluTanh,
  sigmoid,
  tanh,
  identity,
} as const satisfies Record<ActivationName, Activation>;

/** 1 / (1 + exp(−a)), without overflow on either side. */
function logistic(a: number): number {
  if (a >= 0) return 1 / (1 + Math.exp(-a));
  const e = Math.exp(a);
  return e / (1 + e);
}

/** 1 − tanh² = 1 / cosh², without cancelling. */
function squareSech(a: number): number {
  return 4 * logistic(2 * a) * logistic(-2 * a);
}

/** Φ(a), the standard normal distribution. */
function normalDistribution(a: number): number {
  return 0.5 * erfc(-a * Math.SQRT1_2);
}

function normalDensity(a: number): number {
  return Math.exp(-0.5 * a * a) / Math.sqrt(2 * Math.PI);
}

function geluInner(a: number): number {
  return Math.sqrt(2 / Math.PI) * (a + 0.044715 * a * a * a);
}
