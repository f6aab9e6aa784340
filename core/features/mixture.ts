/**
 * Several blocks of features as one vector, so that none outshouts the others.
 *
 *     block b of d_b numbers:  x_b = w_b · √(D / (B·d_b)) · (f_b − μ_b) / σ_b         D = Σ d_b,  B blocks
 *
 * After standardising every number has variance 1, and a block of thousands would weigh as much more than one of thirty
 * as it is longer. Divided by √d_b all blocks have the same total variance; the factor √(D/B) brings the mean variance
 * back to 1, so that learning rates mean what they mean elsewhere. w_b is what a person, or a search on validation, adds.
 * A block that is not standardised goes in as it is, times w_b: the naive mixture, to be seen failing.
 *
 * All of it is one μ and one σ a number, μ_b and σ_b / (w_b·√(…)), fitted on training pictures only and kept in the model.
 */
import type { FeatureRecipe } from '../recipe/feature-recipe.ts';
import { fitStandardization, type Standardization } from './standardize.ts';

/** Added to the variance of words: a word that hardly ever occurs stays small. Source: Coates, Lee & Ng 2011, their code. */
const wordVarianceOffset = 0.01;

export interface MixtureBlock {
  readonly options: FeatureRecipe;
  /** d_b. */
  readonly dimension: number;
}

/**
 * Learns μ and σ of a mixture.
 *
 * @param values    (count, D) numbers as extracted, the blocks side by side in each row.
 * @param training  rows to learn from, at least one.
 * @param channels  of the pictures, for blocks that are scaled by channel.
 * @throws StudioError INVALID_OPTION, SHAPE_MISMATCH.
 */
export function fitMixture(
  values: ArrayLike<number>,
  training: ArrayLike<number>,
  blocks: readonly MixtureBlock[],
  channels: number,
): Standardization {
  const rowLength = blocks.reduce((total, { dimension }) => total + dimension, 0);
  const mean = new Float64Array(rowLength);
  const deviation = new Float64Array(rowLength);
  let offset = 0;
  for (const { options, dimension } of blocks) {
    const { kind, standardize, weight = 1 } = options;
    const block = fitStandardization(values, training, {
      kind: standardize,
      featureCount: dimension,
      channels: kind === 'raw' ? channels : 1,
      fullScale: kind === 'raw' ? 255 : 1,
      varianceOffset: kind === 'words' ? wordVarianceOffset : 0,
      rowLength,
      offset,
    });
    const balance = standardize === 'none' ? 1 : Math.sqrt(rowLength / (blocks.length * dimension));
    mean.set(block.mean, offset);
    block.deviation.forEach((sigma, j) => (deviation[offset + j] = sigma / (weight * balance)));
    offset += dimension;
  }
  return { kind: blocks.length === 1 ? blocks[0]!.options.standardize : 'per-feature', mean, deviation };
}
