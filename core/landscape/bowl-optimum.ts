/**
 * The settings with which the methods of constant rate are fastest on a quadratic bowl whose curvatures lie between 1 and κ.
 *
 *     descent    α = 2/(1 + κ)                                          error · (κ − 1)/(κ + 1) a step
 *     momentum   α = (2/(1 + √κ))²,   ρ = ((√κ − 1)/(√κ + 1))²          error · (√κ − 1)/(√κ + 1)
 *     Nesterov   α = 4/(3κ + 1),      ρ = (√(3κ+1) − 2)/(√(3κ+1) + 2)   error · 1 − 2/√(3κ + 1)
 *
 * A comparison on a bowl is fair with these only: at rates picked by hand it says who picked.
 *
 * Source: Goh 2017, "Why momentum really works" (Distill); Polyak 1964; Nesterov's by Lessard, Recht & Packard 2016, arXiv:1408.3595, Table 1.
 */
import { requireBetween } from '../options.ts';

export interface BowlSettings {
  readonly learningRate: number;
  /** ρ; 0 for descent. */
  readonly momentum: number;
  /** By how much the error shrinks each step in the long run. */
  readonly rate: number;
}

/** @param conditionNumber  κ ≥ 1. */
export function bowlOptimum(kind: 'sgd' | 'momentum' | 'nesterov', conditionNumber: number): BowlSettings {
  requireBetween('conditionNumber', conditionNumber, 1, 1e12);
  const kappa = conditionNumber;
  switch (kind) {
    case 'sgd':
      return { learningRate: 2 / (1 + kappa), momentum: 0, rate: (kappa - 1) / (kappa + 1) };
    case 'momentum': {
      const root = Math.sqrt(kappa);
      const rate = (root - 1) / (root + 1);
      return { learningRate: (2 / (1 + root)) ** 2, momentum: rate ** 2, rate };
    }
    case 'nesterov': {
      const root = Math.sqrt(3 * kappa + 1);
      return { learningRate: 4 / (3 * kappa + 1), momentum: (root - 2) / (root + 2), rate: 1 - 2 / root };
    }
  }
}
