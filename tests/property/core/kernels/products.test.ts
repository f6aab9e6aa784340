/** The matrix products and the loss of the kernels beside float64 sums over the same numbers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelsBase64 } from '../../../../core/kernels/compiled/kernels.ts';
import type { Kernels } from '../../../../core/kernels/kernels.ts';
import { createGenerator } from '../../../../core/random/generator.ts';
import { normal, uniformInteger } from '../../../../core/random/sampling.ts';
import { indexOfHighest, lossOfRow } from '../../../../core/training/row-loss.ts';

const memory = new WebAssembly.Memory({ initial: 64, maximum: 64, shared: true });
const module = new WebAssembly.Module(Buffer.from(kernelsBase64, 'base64'));
const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Kernels;
const floats = (address: number, length: number) => new Float32Array(memory.buffer, address, length);

/** Tiles of every size and what is left over, inputs of more than one block of the kernel. */
const shapes = fc.record({
  rows: fc.oneof(fc.integer({ min: 1, max: 8 }), fc.constantFrom(31, 32, 33, 70)),
  inputs: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(512, 513, 1100)),
  outputs: fc.integer({ min: 1, max: 34 }),
  seed: fc.nat(1000),
});

interface Matrix {
  readonly at: number;
  readonly stride: number;
  get(i: number, j: number): number;
}

/** Matrices one after the other in the memory; rows are filled up with zeros to whole lines, and columns of W and its gradient too. */
function layOut(seed: number) {
  const random = createGenerator(seed, 'test');
  let end = 2 ** 16;
  return (rows: number, columns: number): Matrix => {
    const stride = Math.ceil(columns / 16) * 16;
    const at = end;
    const all = floats(at, Math.ceil(rows / 16) * 16 * stride).fill(0);
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) all[i * stride + j] = normal(random);
    end += 4 * all.length;
    return { at, stride, get: (i, j) => all[i * stride + j]! };
  };
}

function expectEach(rows: number, columns: number, actual: Matrix, expected: (i: number, j: number) => number) {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const wanted = expected(i, j);
      if (Math.abs(actual.get(i, j) - wanted) > 2e-4) expect.fail(`(${i}, ${j}): ${actual.get(i, j)}, not ${wanted}`);
    }
  }
}

const sumOver = (n: number, term: (k: number) => number) =>
  Array.from({ length: n }, (_, k) => term(k)).reduce((sum, value) => sum + value, 0);

describe('a product of a layer', () => {
  it('forward is A = X·Wᵀ + b, and leaves zeros after the last output', () => {
    fc.assert(
      fc.property(shapes, ({ rows, inputs, outputs, seed }) => {
        const matrix = layOut(seed);
        const [x, w, b, a] = [matrix(rows, inputs), matrix(outputs, inputs), matrix(1, outputs), matrix(rows, outputs)];
        floats(a.at, rows * a.stride).fill(0);

        kernels.affine(x.at, rows, w.at, x.stride, outputs, b.at, a.at, a.stride);

        const entry = (i: number, j: number) => b.get(0, j) + sumOver(inputs, (k) => x.get(i, k) * w.get(j, k));
        expectEach(rows, a.stride, a, (i, j) => (j < outputs ? entry(i, j) : 0));
      }),
      { numRuns: 150 },
    );
  });

  it('gives a row the same bits among other rows as alone', () => {
    fc.assert(
      fc.property(shapes, ({ rows, inputs, outputs, seed }) => {
        const matrix = layOut(seed);
        const [x, w, b, a] = [matrix(rows, inputs), matrix(outputs, inputs), matrix(1, outputs), matrix(rows, outputs)];
        kernels.affine(x.at, rows, w.at, x.stride, outputs, b.at, a.at, a.stride);
        const together = floats(a.at, rows * a.stride).slice();

        for (let i = 0; i < rows; i++) {
          kernels.affine(x.at + i * x.stride * 4, 1, w.at, x.stride, outputs, b.at, a.at + i * a.stride * 4, a.stride);
        }

        for (let i = 0; i < rows; i++) {
          const row = floats(a.at + i * a.stride * 4, outputs);
          expect(row).toEqual(together.subarray(i * a.stride, i * a.stride + outputs));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('of few outputs has the weight gradient ∂Aᵀ·X, or adds it', () => {
    fc.assert(
      fc.property(shapes, fc.boolean(), ({ rows, inputs, outputs, seed }, isFirst) => {
        const matrix = layOut(seed);
        const [x, d, g] = [matrix(rows, inputs), matrix(rows, outputs), matrix(outputs, inputs)];
        const before = floats(g.at, outputs * g.stride).slice();

        kernels.narrowWeightGradient(
          d.at, d.stride, rows, outputs, x.at, x.stride, 0, x.stride, g.at, isFirst ? 1 : 0,
        ); // prettier-ignore

        expectEach(outputs, inputs, g, (j, k) => {
          return (isFirst ? 0 : before[j * g.stride + k]!) + sumOver(rows, (i) => d.get(i, j) * x.get(i, k));
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('the softmax loss of rows', () => {
  const rowsOfScores = fc.record({
    rows: fc.integer({ min: 1, max: 9 }),
    classes: fc.integer({ min: 2, max: 40 }),
    size: fc.constantFrom(1, 10, 300),
    seed: fc.nat(1000),
  });

  it('and its gradient are those of the float64 reference', () => {
    fc.assert(
      fc.property(rowsOfScores, ({ rows, classes, size, seed }) => {
        const random = createGenerator(seed, 'labels');
        const matrix = layOut(seed);
        const [scores, gradients, weights] = [matrix(rows, classes), matrix(rows, classes), matrix(1, classes)];
        const all = floats(scores.at, rows * scores.stride);
        all.forEach((value, i) => (all[i] = size * value));
        const classWeights = floats(weights.at, classes);
        classWeights.forEach((value, j) => (classWeights[j] = Math.abs(value) + 0.1));
        const [labelsAt, lossesAt, hitsAt] = [2 ** 21, 2 ** 21 + 2 ** 12, 2 ** 21 + 2 ** 13];
        const labels = new Uint32Array(memory.buffer, labelsAt, rows);
        labels.forEach((_, i) => (labels[i] = uniformInteger(random, classes)));

        kernels.softmaxLoss(
          scores.at, scores.stride, classes, rows, labelsAt, lossesAt, hitsAt, gradients.at, weights.at, 50, 1,
        ); // prettier-ignore

        const expected = new Float32Array(classes);
        for (let i = 0; i < rows; i++) {
          const row = floats(scores.at + i * scores.stride * 4, classes);
          const weight = classWeights[labels[i]!]!;
          const loss = weight * lossOfRow('softmax', row, labels[i]!, indexOfHighest(row), 50 / weight, expected);
          expect(Math.abs(new Float64Array(memory.buffer, lossesAt, rows)[i]! - loss)).toBeLessThan(3e-6 * (1 + loss));
          expect(new Uint32Array(memory.buffer, hitsAt, rows)[i]).toBe(indexOfHighest(row) === labels[i] ? 1 : 0);
          for (let j = 0; j < gradients.stride; j++) {
            const wanted = j < classes ? expected[j]! : 0;
            if (j < Math.ceil(classes / 4) * 4) {
              expect(Math.abs(gradients.get(i, j) - wanted)).toBeLessThan(1e-30 + 1e-5 * Math.abs(wanted));
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is not a number where a score is none', () => {
    const [scores, gradients, weights] = [2 ** 16, 2 ** 16 + 64, 2 ** 16 + 128];
    floats(scores, 4).set([1, NaN, 0, 0]);
    floats(weights, 4).fill(1);
    new Uint32Array(memory.buffer, 2 ** 17, 1)[0] = 0;

    kernels.softmaxLoss(scores, 16, 3, 1, 2 ** 17, 2 ** 17 + 8, 2 ** 17 + 16, gradients, weights, 1, 1);

    expect(new Float64Array(memory.buffer, 2 ** 17 + 8, 1)[0]).toBeNaN();
  });
});
