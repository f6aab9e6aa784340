/** What sets the mean picture of each class apart, as pictures. */
import { drawnScale } from '../../core/explanation/drawn-scale.ts';
import { templatePixels } from '../../core/explanation/template-pixels.ts';

/**
 * Mean of the class − mean of all classes, for each class: mid grey where they agree, one scale for all.
 *
 * @param means  pixels of the classes' mean pictures, one after the other.
 */
export function meanDifferences(means: Uint8Array, classes: number): Uint8Array<ArrayBuffer>[] {
  const size = means.length / classes;
  const differences = Float32Array.from(means);
  for (let i = 0; i < size; i++) {
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += means[c * size + i]!;
    for (let c = 0; c < classes; c++) differences[c * size + i]! -= sum / classes;
  }
  const scale = drawnScale(differences);
  return Array.from({ length: classes }, (_, c) =>
    templatePixels(differences.subarray(c * size, (c + 1) * size), scale),
  );
}
