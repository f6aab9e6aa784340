/** Networks and pictures of random numbers, the same for the same seed. */
import type { Network } from '../../core/explanation/network.ts';
import type { ActivationName } from '../../core/recipe/recipe.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { normal } from '../../core/random/sampling.ts';

/** @param sizes  [in, hidden…, classes]. */
export function randomNetwork(sizes: readonly number[], activation: ActivationName, seed: number): Network {
  const random = createGenerator(seed, 'network');
  const normals = (count: number, scale: number) => Float64Array.from({ length: count }, () => scale * normal(random));
  return {
    layers: sizes.slice(1).map((rows, l) => {
      const columns = sizes[l]!;
      return {
        weights: { rows, columns, data: normals(rows * columns, Math.sqrt(2 / columns)) },
        bias: normals(rows, 0.3),
      };
    }),
    activations: sizes.slice(2).map(() => activation),
  };
}

export function randomPicture(size: number, seed: number): Float64Array {
  const random = createGenerator(seed, 'picture');
  return Float64Array.from({ length: size }, () => normal(random));
}
