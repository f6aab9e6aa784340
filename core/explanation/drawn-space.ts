/**
 * Templates in what can be drawn: pixels where a block of features is linear in them, the features themselves elsewhere.
 *
 * A score is T·f + b in the features f. Blocks of pixels, principal components and ZCA are linear in the pixels, f = A·(x − x̄), so
 *
 *     T·f + b  =  (Aᵀ·T)·x + b − (Aᵀ·T)·x̄           the same number, drawn as a picture
 *
 * Histograms, HOG and words are not; there the template stands over the features, one weight each, and is drawn in their own
 * pictures (template-painter.ts). For a mixture the parts stand side by side, and all products together are the score.
 */
import { type Matrix, rowOf, zeros } from '../array/matrix.ts';
import type { FittedFeatures } from '../features/feature-extractor.ts';
import { transformImage } from '../features/index.ts';
import { pixelCount, type PixelImage } from '../image/pixel-image.ts';

export interface DrawnTemplates {
  /** (units, D′). */
  readonly templates: Matrix;
  readonly biases: Float64Array;
}

/** How one block is drawn; D′ is the sum of these. */
export function drawnDimension({ options, shape, dimension }: Pick<FittedFeatures, 'options' | 'shape' | 'dimension'>) {
  return isLinearInPixels(options.kind) ? pixelCount(shape) : dimension;
}

export function isLinearInPixels(kind: FittedFeatures['options']['kind']): boolean {
  return kind === 'raw' || kind === 'pca' || kind === 'zca';
}

/** Templates over features, (units, D), as templates over what is drawn, (units, D′). */
export function drawn({ templates, biases }: DrawnTemplates, blocks: readonly FittedFeatures[]): DrawnTemplates {
  if (blocks.every(({ options }) => options.kind !== 'pca' && options.kind !== 'zca')) return { templates, biases };
  const columns = blocks.reduce((total, block) => total + drawnDimension(block), 0);
  const result = { templates: zeros(templates.rows, columns), biases: biases.slice() };
  let from = 0;
  let to = 0;
  for (const block of blocks) {
    const length = drawnDimension(block);
    for (let unit = 0; unit < templates.rows; unit++) {
      const weights = rowOf(templates, unit).subarray(from, from + block.dimension);
      const out = rowOf(result.templates, unit).subarray(to, to + length);
      if (block.options.kind === 'pca' || block.options.kind === 'zca') {
        result.biases[unit]! -= throughComponents(weights, block, out);
      } else out.set(weights);
    }
    from += block.dimension;
    to += length;
  }
  return result;
}

/** (D′) what drawn templates are multiplied with: pixels, or features where a block is not linear in them. */
export function drawnInputs(image: PixelImage, blocks: readonly FittedFeatures[]): Float64Array {
  const parts = blocks.map((block) =>
    isLinearInPixels(block.options.kind) ? Float64Array.from(image.data) : transformImage(image, block),
  );
  const all = new Float64Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Aᵀ·T into `out`; returns (Aᵀ·T)·x̄.
 *
 *     pca   Aᵀ·T = Σᵢ Tᵢ·sᵢ·uᵢ                        sᵢ = 1, or 1/√(λᵢ + ε) where it is whitened
 *     zca   Aᵀ·T = Σᵢ (sᵢ − s)·(uᵢ·T)·uᵢ + s·T
 */
function throughComponents(weights: Float64Array, { options, arrays }: FittedFeatures, out: Float64Array): number {
  const mean = arrays['mean'] as Float64Array;
  const components = arrays['components'] as Float32Array;
  const variances = arrays['variances'] as Float64Array;
  const d = mean.length;
  const k = variances.length;
  const epsilon = options.kind === 'pca' || options.kind === 'zca' ? options.epsilon : 0;
  const inverseRoot = (variance: number) => (variance + epsilon > 1e-12 ? 1 / Math.sqrt(variance + epsilon) : 0);
  let common = 0;
  if (options.kind === 'zca') {
    const rest = (arrays['total']![0]! - variances.reduce((a, b) => a + b, 0)) / Math.max(1, d - k);
    common = inverseRoot(Math.max(0, rest));
    for (let j = 0; j < d; j++) out[j] = common * weights[j]!;
  }
  for (let i = 0; i < k; i++) {
    const u = components.subarray(i * d, (i + 1) * d);
    let factor: number;
    if (options.kind === 'zca') {
      let along = 0;
      for (let j = 0; j < d; j++) along += u[j]! * weights[j]!;
      factor = (inverseRoot(variances[i]!) - common) * along;
    } else {
      const isWhitened = options.kind === 'pca' && options.whiten;
      factor = weights[i]! * (isWhitened ? inverseRoot(variances[i]!) : 1);
    }
    for (let j = 0; j < d; j++) out[j]! += factor * u[j]!;
  }
  let atMean = 0;
  for (let j = 0; j < d; j++) atMean += out[j]! * mean[j]!;
  return atMean;
}
