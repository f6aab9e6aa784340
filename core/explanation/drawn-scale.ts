/**
 * The weight at which templates are drawn at full strength: all but the 0.5 % largest lie within.
 *
 *     scale = q-quantile of |T|,  q = 0.995           weights beyond are drawn as if they were there
 *
 * Not the largest weight: a pixel that is nearly the same in all pictures gets a weight many times the others when the
 * standardisation is undone (W/σ with σ near 0), and the whole template would turn grey for it. Where more than 99.5 % of the
 * weights are 0 the largest counts. Of several templates it is the largest scale of any.
 */
import { largestMagnitude } from '../array/reduce.ts';

const within = 0.995;

export function drawnScale(...templates: readonly (Float64Array | Float32Array)[]): number {
  return templates.reduce((largest, template) => Math.max(largest, scaleOf(template)), 0);
}

function scaleOf(template: Float64Array | Float32Array): number {
  if (template.length === 0) return 0;
  // The quantile is the smallest of the few largest, which are kept in order: far quicker than sorting all.
  const { length } = template;
  const largest = new Float32Array(length - Math.max(0, Math.ceil(within * length) - 1));
  for (let i = 0; i < length; i++) {
    const size = Math.abs(template[i]!);
    if (!(size > largest[0]!)) continue;
    let at = 0;
    for (; at + 1 < largest.length && largest[at + 1]! < size; at++) largest[at] = largest[at + 1]!;
    largest[at] = size;
  }
  const quantile = largest[0]!;
  return quantile > 0 ? quantile : largestMagnitude(Float64Array.from(template));
}
