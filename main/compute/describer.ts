/** From the pixels of one picture to one block of features, by kernels where there are any. */
import type { FittedFeatures } from '../../core/features/feature-extractor.ts';
import { transformImage } from '../../core/features/index.ts';
import { wordEncoder, wordLayout } from '../../core/features/word-encoder.ts';
import { hasHogTable, hogDescriber, hogLayout } from '../../core/features/hog-describer.ts';
import { colorDescriber, colorLayout } from '../../core/features/color-describer.ts';
import type { ColorFeatures, HogFeatures, WordFeatures } from '../../core/recipe/feature-recipe.ts';
import { kernelsOver, sharedMemory } from './kernel-memory.ts';
import { nativeGemm } from './native-gemm.ts';

export type Describer = (pixels: Uint8Array, into: Float32Array) => void;

/** @param backend  `native` only where the library is known to work: large products are its then, to other last bits. */
export function describerOf(fitted: FittedFeatures, backend: 'wasm' | 'native' = 'wasm'): Describer {
  if (isWords(fitted)) {
    const memory = sharedMemory(wordLayout(fitted.options, fitted.shape).end);
    const { kernels, buffer } = kernelsOver(memory);
    return wordEncoder(fitted, kernels, buffer, backend === 'native' ? nativeGemm(buffer) : null);
  }
  if (isHog(fitted) && hasHogTable(fitted)) {
    const { kernels, buffer } = kernelsOver(sharedMemory(hogLayout(fitted.options, fitted.shape).end));
    return hogDescriber(fitted, kernels, buffer);
  }
  if (isColors(fitted)) {
    const { kernels, buffer } = kernelsOver(sharedMemory(colorLayout(fitted.dimension, fitted.shape).end));
    return colorDescriber(fitted, kernels, buffer);
  }
  return (pixels, into) => into.set(transformImage({ ...fitted.shape, data: pixels }, fitted));
}

function isColors(fitted: FittedFeatures): fitted is FittedFeatures<ColorFeatures> {
  return fitted.options.kind === 'color';
}

function isHog(fitted: FittedFeatures): fitted is FittedFeatures<HogFeatures> {
  return fitted.options.kind === 'hog';
}

function isWords(fitted: FittedFeatures): fitted is FittedFeatures<WordFeatures> {
  return fitted.options.kind === 'words';
}
