/** The finaliser of MurmurHash3 on four words. */
// @ts-ignore: decorator
@inline
function mix(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x85ebca6b));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(x, i32x4.shr_u(x, 16));
}

/**
 * values ← values · (word < threshold ? 0 : scale) for n floats, a multiple of 4; the word of value i is
 * mix(mix(from + i + key0) ⊕ key1), as in core/random/counter.ts.
 */
export function dropOut(values: usize, n: u32, from: u32, threshold: u32, scale: f32, key0: u32, key1: u32): void {
  const scales = f32x4.splat(scale), limits = i32x4.splat(threshold), second = i32x4.splat(key1);
  let counters = i32x4.add(i32x4.splat(from + key0), i32x4(0, 1, 2, 3));
  const end = values + ((<usize>n) << 2);
  while (values < end) {
    const word = mix(v128.xor(mix(counters), second));
    v128.store(values, v128.andnot(f32x4.mul(v128.load(values), scales), i32x4.lt_u(word, limits)));
    counters = i32x4.add(counters, i32x4.splat(4));
    values += 16;
  }
}
