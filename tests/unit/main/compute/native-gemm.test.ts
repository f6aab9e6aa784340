import { describe, expect, it } from 'vitest';
import { nativeGemm } from '../../../../main/compute/native-gemm.ts';

/** Addresses of two factors and a product, megabytes apart. */
const [a, b, y] = [0, 2 ** 22, 2 ** 23];
const buffer = new SharedArrayBuffer(2 ** 24);
new Float32Array(buffer, a, 2 ** 20).fill(2);
new Float32Array(buffer, b, 2 ** 20).fill(3);

describe('products by the native library', () => {
  it.each([
    ['a small result', 128, 256],
    ['one of megabytes', 512, 1024],
  ])('leave nothing for the garbage collector: %s', (_name, rows, columns) => {
    const gemm = nativeGemm(buffer);
    gemm.multiply(a, b, y, rows, columns, 4);
    const before = process.memoryUsage().arrayBuffers;

    for (let i = 0; i < 50; i++) gemm.multiply(a, b, y, rows, columns, 4);

    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * rows * columns);
    expect(new Float32Array(buffer, y, rows * columns).every((value) => value === 24)).toBe(true);
  });

  it('say what the library has against a product, large or small', () => {
    const gemm = nativeGemm(buffer);

    for (const n of [8, 2 ** 18]) {
      expect(() => gemm.multiply(a, b, y, 1, n, 0.5)).toThrow(/dims|invalid/i);
    }
  });
});
