/**
 * The three products of a layer, behind one interface, so that another library can take over the large ones.
 *
 *     forward         A = X·Wᵀ + b
 *     inputGradient   ∂X = ∂A·W
 *     weightGradient  ∂W = ∂Aᵀ·X, columns `from` to `to`
 *
 * Whoever implements it keeps two promises: an entry's bits depend neither on how rows or columns are divided, nor on
 * which thread asks.
 */
import type { Kernels } from './kernels.ts';

export interface MatrixProduct {
  readonly name: 'wasm' | 'native';
  readonly forward: Kernels['affine'];
  readonly inputGradient: Kernels['inputGradient'];
  readonly weightGradient: Kernels['weightGradient'];
}

export function wasmProduct(kernels: Kernels): MatrixProduct {
  return {
    name: 'wasm',
    forward: kernels.affine,
    inputGradient: kernels.inputGradient,
    weightGradient: kernels.weightGradient,
  };
}
