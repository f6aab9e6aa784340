/**
 * The largest learning rate at which a method of constant rate does not diverge on a quadratic whose largest curvature is λ.
 *
 *     plain descent      α < 2/λ
 *     heavy ball, ρ      α < 2·(1 + ρ)/λ
 *     Nesterov, ρ        α < 2·(1 + ρ)/((1 + 2ρ)·λ)
 *
 * Along an eigenvector the iterates obey e(k+1) = a·e(k) − b·e(k−1); with c = 1 − αλ the heavy ball has a = c + ρ, b = ρ, and
 * Nesterov a = (1 + ρ)·c, b = ρ·c. Both roots lie inside the unit circle where |b| < 1 and |a| < 1 + b (Jury); what gives way first is
 * 1 + a + b > 0. So momentum allows a longer step and looking ahead a shorter one than plain descent.
 *
 * Source: Polyak 1964 (heavy ball); Jury's conditions for a polynomial of degree two.
 */
import type { OptimizerRecipe } from '../recipe/recipe.ts';

/** By which the bound of plain descent, 2/λ, is multiplied; null for a method whose rate no curvature bounds. */
export function stableRateFactor(
  optimizer: Pick<OptimizerRecipe, 'kind'> & { readonly momentum?: number },
): number | null {
  const rho = optimizer.momentum ?? 0;
  switch (optimizer.kind) {
    case 'gd':
    case 'sgd':
      return 1;
    case 'momentum':
      return 1 + rho;
    case 'nesterov':
      return (1 + rho) / (1 + 2 * rho);
    default:
      return null;
  }
}
