/**
 * Whether the native library multiplies rightly here, over shared memory and in a worker thread, as training would have it. Asked of
 * a process that does nothing else: a library that does not fit the machine may end it.
 */
import type { TaskOutput } from './task.ts';
import { nativeGemm } from './native-gemm.ts';

/** m, n, k of products as layers make them, m at most n: wide, narrow, a single row, one whose result is not copied. */
const shapes = [
  [64, 256, 3072],
  [37, 48, 112],
  [1, 32, 64],
  [300, 512, 16],
] as const;
/** Of float32 sums of k products of numbers below 1, with room to spare. */
const tolerancePerTerm = 1e-6;

export function probe(): TaskOutput<'compute.probe'> {
  const memory = new WebAssembly.Memory({ initial: 100, maximum: 100, shared: true });
  const buffer = memory.buffer as unknown as SharedArrayBuffer;
  try {
    const gemm = nativeGemm(buffer);
    for (const [m, n, k] of shapes) {
      const at = 2 ** 16;
      const [a, b, c, y] = [at, at + 4 * m * k, at + 4 * (m * k + k * n), at + 4 * (m * k + k * n + n)];
      const floats = (address: number, length: number) => new Float32Array(buffer, address, length);
      for (const [address, length] of [
        [a, m * k],
        [b, k * n],
        [c, n],
      ] as const) {
        // prettier-ignore
        const values = floats(address, length);
        for (let i = 0; i < length; i++) values[i] = Math.sin(i + address);
      }
      const [A, B, C, Y] = [floats(a, m * k), floats(b, k * n), floats(c, n), floats(y, m * n)];

      const transposed: Term = (i, j, q) => A[i * k + q]! * B[j * k + q]!;
      const plain: Term = (i, j, q) => A[i * k + q]! * B[q * n + j]!;
      const products: readonly (readonly [name: string, multiply: () => void, term: Term, start: Start])[] = [
        ['A·Bᵀ + C', () => gemm.multiplyTransposed(a, b, c, y, m, n, k), transposed, (_, j) => C[j]!],
        ['A·Bᵀ + Cᵀ', () => gemm.multiplyTransposedTall(a, b, c, y, m, n, k), transposed, (i) => C[i]!],
        ['A·B', () => gemm.multiply(a, b, y, m, n, k), plain, () => 0],
        ['A·B + Y', () => gemm.multiplyAdd(a, b, y, m, n, k), (i, j, q) => 2 * plain(i, j, q), () => 0],
      ];
      for (const [name, multiply, term, start] of products) {
        multiply();
        if (isWrong(Y, m, n, k, term, start)) return { works: false, reason: `${name} is wrong` };
      }
      const bytes = new Uint8Array(buffer, a, m * k).fill(0).map((_, i) => (i * 89) % 128);
      new Uint8Array(buffer, a, m * k).set(bytes);
      const signed = new Int8Array(buffer, b, k * n).fill(0).map((_, i) => ((i * 151) % 255) - 127);
      new Int8Array(buffer, b, k * n).set(signed);
      gemm.multiplyBytes(a, b, y, m, n, k);
      const whole = new Int32Array(buffer, y, m * n);
      if (
        isWrong(
          whole,
          m,
          n,
          k,
          (i, j, q) => bytes[i * k + q]! * signed[q * n + j]!,
          () => 0,
        )
      ) {
        return { works: false, reason: 'A·B of bytes is wrong' };
      }
    }
    return { works: true, reason: '' };
  } catch (cause) {
    return { works: false, reason: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** What the q-th of an entry's k terms is, and what they are added to. */
type Term = (i: number, j: number, q: number) => number;
type Start = (i: number, j: number) => number;

function isWrong(Y: Float32Array | Int32Array, m: number, n: number, k: number, term: Term, start: Start): boolean {
  for (let i = 0; i < m; i += Math.ceil(m / 8)) {
    for (let j = 0; j < n; j++) {
      let sum = start(i, j);
      for (let q = 0; q < k; q++) sum += term(i, j, q);
      if (!(Math.abs(sum - Y[i * n + j]!) <= tolerancePerTerm * k)) return true;
    }
  }
  return false;
}
