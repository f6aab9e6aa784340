/**
 * The functions of the compiled kernels (assembly/), as every thread instantiates them over the one shared memory.
 * Addresses are in bytes, strides and counts in floats. What each computes stands beside it in assembly/.
 */
export interface Kernels {
  gather(pixels: number, mean: number, inverseDeviation: number, x: number, n: number): void;
  affine(
    x: number, rows: number, w: number, inputs: number, outputs: number, bias: number, a: number, aStride: number,
  ): void; // prettier-ignore
  inputGradient(
    dA: number, dAStride: number, rows: number, w: number, inputs: number, outputs: number, panel: number, dX: number,
  ): void; // prettier-ignore
  packGradient(
    dA: number, dAStride: number, from: number, to: number, outputs: number, panels: number, capacity: number,
  ): void; // prettier-ignore
  weightGradient(
    panels: number, capacity: number, rows: number, outputs: number, x: number, inputs: number, from: number,
    to: number, column: number, gradient: number, isFirst: number,
  ): void; // prettier-ignore
  biasGradient(dA: number, dAStride: number, rows: number, outputs: number, gradient: number, isFirst: number): void;
  rectify(a: number, h: number, n: number, slope: number): void;
  rectifyGradient(a: number, d: number, n: number, slope: number): void;
  sgdStep(parameters: number, gradient: number, n: number, penalty: number, rate: number): void;
  momentumStep(
    parameters: number, gradient: number, velocity: number, n: number, penalty: number, rate: number, momentum: number,
  ): void; // prettier-ignore
  adamStep(
    parameters: number, gradient: number, first: number, second: number, n: number, penalty: number, rate: number,
    rootFactor: number, beta1: number, beta2: number, rest1: number, rest2: number, epsilon: number,
  ): void; // prettier-ignore
  sumOf(values: number, n: number): number;
  flushDenormals(values: number, n: number, limit: number): void;
}
