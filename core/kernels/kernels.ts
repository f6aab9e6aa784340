/**
 * The functions of the compiled kernels (assembly/), as every thread instantiates them over the one shared memory.
 * Addresses are in bytes, strides and counts in floats. What each computes stands beside it in assembly/.
 */
export interface Kernels {
  gatherBytes(
    pixels: number, numbers: number, rows: number, mean: number, inverseDeviation: number, x: number, stride: number,
    n: number,
  ): void; // prettier-ignore
  gatherFloats: Kernels['gatherBytes'];
  scaleBytes(pixels: number, mean: number, inverseDeviation: number, x: number, n: number): void;
  placePicture(
    source: number, width: number, height: number, channels: number, isFlipped: number, left: number, top: number,
    step: number, target: number, columns: number,
  ): void; // prettier-ignore
  dropOut(
    values: number, n: number, from: number, threshold: number, scale: number, key0: number, key1: number,
  ): void; // prettier-ignore
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
  narrowWeightGradient(
    dA: number, dAStride: number, rows: number, outputs: number, x: number, inputs: number, from: number, to: number,
    gradient: number, isFirst: number,
  ): void; // prettier-ignore
  biasGradient(dA: number, dAStride: number, rows: number, outputs: number, gradient: number, isFirst: number): void;
  transpose(
    a: number, stride: number, from: number, to: number, columns: number, target: number, rows: number,
  ): void; // prettier-ignore
  activate(kind: number, a: number, h: number, n: number): void;
  activateGradient(kind: number, a: number, d: number, n: number): void;
  clearTails(h: number, rows: number, length: number, stride: number): void;
  softmaxLoss(
    scores: number, stride: number, classes: number, rows: number, labels: number, losses: number, hits: number,
    gradients: number, weights: number, batchRows: number, withGradients: number,
  ): void; // prettier-ignore
  rectify(a: number, h: number, n: number, slope: number): void;
  rectifyGradient(a: number, d: number, n: number, slope: number): void;
  sgdStep(parameters: number, gradient: number, n: number, penalty: number, rate: number): void;
  momentumStep(
    parameters: number, gradient: number, velocity: number, n: number, penalty: number, rate: number, momentum: number,
  ): void; // prettier-ignore
  momentumInsideStep: Kernels['momentumStep'];
  nesterovStep(
    parameters: number, gradient: number, velocity: number, n: number, penalty: number, rate: number, momentum: number,
    more: number,
  ): void; // prettier-ignore
  lookAheadStep(
    parameters: number, gradient: number, velocity: number, base: number, n: number, penalty: number, rate: number,
    momentum: number,
  ): void; // prettier-ignore
  squareRootStep(
    parameters: number, gradient: number, squares: number, n: number, penalty: number, rate: number, keep: number,
    rest: number, epsilon: number,
  ): void; // prettier-ignore
  adamStep(
    parameters: number, gradient: number, first: number, second: number, n: number, penalty: number, rate: number,
    rootFactor: number, beta1: number, beta2: number, rest1: number, rest2: number, epsilon: number, shrinkage: number,
  ): void; // prettier-ignore
  sumOf(values: number, n: number): number;
  accumulate(sums: number, values: number, n: number, isFirst: number): void;
  addSums(sums: number, others: number, n: number, isFirst: number): void;
  roundSums(sums: number, values: number, n: number): void;
  flushDenormals(values: number, n: number, limit: number): void;
  readPatches(
    pixels: number, width: number, channels: number, patchSize: number, stride: number, rows: number, columns: number,
    offset: number, x: number, xStride: number,
  ): void; // prettier-ignore
  squaredNorms(x: number, rows: number, stride: number, into: number): void;
  largestOfRows(a: number, aStride: number, rows: number, columns: number, labels: number, values: number): void;
  nearestOfRows(
    a: number, aStride: number, rows: number, words: number, x: number, centers: number, stride: number, leading: number,
    tails: number, labels: number, values: number, hasGuess: number,
  ): void; // prettier-ignore
  roundRows(x: number, rows: number, stride: number, bytes: number, facts: number): void;
  nearestOfRounded(
    y: number, rows: number, words: number, x: number, centers: number, stride: number, rowFacts: number,
    wordFacts: number, bias: number, labels: number, values: number, hasGuess: number,
  ): void; // prettier-ignore
  addTriangle(
    a: number, aStride: number, rows: number, words: number, squares: number, pools: number, pooled: number,
    poolStride: number,
  ): void; // prettier-ignore
  nearerDistances(x: number, rows: number, stride: number, center: number, nearest: number): number;
  countColors(
    pixels: number, width: number, height: number, channels: number, space: number, isJoint: number, bins: number,
    grid: number, length: number, counts: number,
  ): void; // prettier-ignore
  hogVotes(
    pixels: number, width: number, height: number, channels: number, usedWidth: number, usedHeight: number,
    table: number, across: number, down: number, cells: number, cellColumns: number, orientations: number,
    line: number, pairs: number, squares: number,
  ): void; // prettier-ignore
  panelProduct(
    x: number, rows: number, xStride: number, panels: number, panelCount: number, length: number, bias: number, a: number,
    aStride: number,
  ): void; // prettier-ignore
}

/** Numbers by which the kernels know the smooth activations; the others are lines with a kink, see `rectify`. */
export const smoothKinds = { elu: 1, gelu: 2, 'gelu-tanh': 3, sigmoid: 4, tanh: 5 } as const;
