/** A part of the template of `weights` and units, Σ of the first k weight·template. */
export function builtTemplate(templates: Float32Array, weights: Float32Array, size: number, k: number): Float32Array {
  const built = new Float32Array(size);
  for (let unit = 0; unit < k; unit++) {
    const weight = weights[unit]!;
    if (weight === 0) continue;
    for (let i = 0; i < size; i++) built[i]! += weight * templates[unit * size + i]!;
  }
  return built;
}

/** Σ aᵢbᵢ/(‖a‖‖b‖): how alike two templates are, from −1 to 1; 0 where one is empty. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return aa === 0 || bb === 0 ? 0 : ab / Math.sqrt(aa * bb);
}
