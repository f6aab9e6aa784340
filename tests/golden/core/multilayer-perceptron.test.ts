import { EigenvalueDecomposition, Matrix as LibraryMatrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { norm, transpose } from '../../../core/array/linear-algebra.ts';
import { type Matrix, matrixOfRows } from '../../../core/array/matrix.ts';
import { checkGradient } from '../../../core/gradient-check/gradient-check.ts';
import { lossNamed } from '../../../core/losses/index.ts';
import type { Objective } from '../../../core/models/classifier.ts';
import { hessianAt } from '../../../core/models/hessian.ts';
import { type ActivationName, activations } from '../../../core/models/layers/activation.ts';
import { type MultilayerPerceptron, multilayerPerceptron } from '../../../core/models/multilayer-perceptron.ts';
import { type GoldenCase, toleranceOf } from '../../support/golden.ts';
import { casesOfKind, expectWithin, kindsOf } from '../../support/within.ts';

interface ActivationCase extends GoldenCase {
  activation: string;
  points: number[];
  expected: { value: number[]; derivative: number[]; secondDerivative: number[] | null };
}

interface NetworkCase extends GoldenCase {
  sizes: number[];
  activation: string;
  loss: string;
  reg: number;
  x: number[][];
  labels: number[];
  /** W1 (in, out), b1, W2, … */
  params: Record<string, number[] | number[][]>;
}

interface MlpCase extends NetworkCase {
  expected: {
    preActivations: number[][][];
    hidden: number[][][];
    scores: number[][];
    loss: number;
    gradients: Record<string, number[] | number[][]>;
    dX: number[][];
  };
}

interface GradcheckCase extends NetworkCase {
  centralStep: number;
  expected: { gradcheck: boolean; analytic: number[]; numericCentral: number[] };
}

interface FunctionCase extends GoldenCase {
  at: number[];
  centralStep?: number;
  expected: { gradcheck: boolean; analytic: number[]; numericCentral: number[] };
}

interface HessianCase extends NetworkCase {
  expected: {
    loss: number;
    gradNorm: number;
    eigenvalues: number[];
    hessian?: number[][];
    conditionNumberNonzero: number;
  };
}

const names: Record<string, ActivationName> = { leaky_relu: 'leaky-relu', gelu_exact: 'gelu', gelu_tanh: 'gelu-tanh' };
const activationNamed = (name: string) => names[name] ?? (name as ActivationName);

function networkOf(golden: NetworkCase): {
  model: MultilayerPerceptron;
  parameters: Float64Array;
  x: Matrix;
  objective: Objective;
} {
  const { sizes, activation, loss, reg, params, x } = golden;
  const model = multilayerPerceptron({
    inputSize: sizes[0]!,
    hidden: sizes.slice(1, -1),
    classes: sizes.at(-1)!,
    activation: activationNamed(activation),
  });
  return {
    model,
    parameters: Float64Array.from(flatOf(params, sizes.length - 1)),
    x: matrixOfRows(x),
    objective: { loss: lossNamed(loss), l2: reg, l2Convention: 'full' },
  };
}

/** Our layout, (out, in) row by row, from theirs, (in, out). */
function flatOf(params: Record<string, number[] | number[][]>, depth: number): number[] {
  return Array.from({ length: depth }, (_, l) => [
    ...transpose(matrixOfRows(params[`W${l + 1}`] as number[][])).data,
    ...(params[`b${l + 1}`] as number[]),
  ]).flat();
}

/** A flat list in their layout, in ours. */
function ours(theirs: number[], sizes: number[]): number[] {
  let offset = 0;
  const params: Record<string, number[] | number[][]> = {};
  for (let l = 1; l < sizes.length; l++) {
    const [rows, columns] = [sizes[l - 1]!, sizes[l]!];
    params[`W${l}`] = Array.from({ length: rows }, (_, i) =>
      theirs.slice(offset + i * columns, offset + (i + 1) * columns),
    );
    offset += rows * columns;
    params[`b${l}`] = theirs.slice(offset, offset + columns);
    offset += columns;
  }
  return flatOf(params, sizes.length - 1);
}

describe('activations, like PyTorch,', () => {
  it.each(casesOfKind<ActivationCase>('mlp', 'activation'))('give the values of $id', (golden) => {
    const phi = activations[activationNamed(golden.activation)];

    expectWithin(
      golden.points.map(phi.value).map(positiveZero),
      golden.expected.value.map(positiveZero),
      toleranceOf(golden, 'value'),
      'value',
    );
    expectWithin(
      golden.points.map(phi.derivative),
      golden.expected.derivative,
      toleranceOf(golden, 'derivative'),
      'derivative',
    );
    expectWithin(
      golden.points.map(phi.secondDerivative).map(positiveZero),
      (golden.expected.secondDerivative ?? golden.points.map(() => 0)).map(positiveZero),
      toleranceOf(golden, 'secondDerivative'),
      'second derivative',
    );
  });
});

describe('the multilayer perceptron, like PyTorch,', () => {
  it.each(casesOfKind<MlpCase>('mlp', 'mlp'))('gives scores, loss and gradients of $id', (golden) => {
    const { labels, sizes, expected } = golden;
    const { model, parameters, x, objective } = networkOf(golden);
    const tolerance = toleranceOf(golden, 'loss');

    const pass = model.forward(parameters, x);
    const { loss, gradient } = model.lossAndGradient(parameters, x, labels, objective);
    const dX = model.inputGradient(parameters, x, labels, objective);

    expectWithin(
      pass.preActivations.map((a) => a.data),
      expected.preActivations,
      tolerance,
      'pre-activations',
    );
    expectWithin(
      pass.hidden.map((h) => h.data),
      expected.hidden,
      tolerance,
      'hidden',
    );
    expectWithin(pass.scores.data, expected.scores, tolerance, 'scores');
    expectWithin(loss, expected.loss, tolerance, 'loss');
    expectWithin(gradient, flatOf(expected.gradients, sizes.length - 1), tolerance, 'gradient');
    expectWithin(dX.data, expected.dX, tolerance, 'dX');
  });

  it.each(casesOfKind<HessianCase>('mlp', 'hessian'))('gives loss and gradient norm of $id', (golden) => {
    const { model, parameters, x, objective } = networkOf(golden);

    const { loss, gradient } = model.lossAndGradient(parameters, x, golden.labels, objective);

    const tolerance = { abs: 1e-13, rel: 1e-12 }; // float64 rounding; the case states none for these two
    expectWithin(loss, golden.expected.loss, tolerance, 'loss');
    expectWithin(norm(gradient), golden.expected.gradNorm, tolerance, 'gradient norm');
  });

  it.each(casesOfKind<HessianCase>('mlp', 'hessian'))('gives the Hessian of $id, and its eigenvalues', (golden) => {
    const { labels, sizes, expected } = golden;
    const { model, parameters, x, objective } = networkOf(golden);
    const n = parameters.length;

    const product = hessianAt(model, parameters, x, labels, objective);
    const rows = Array.from({ length: n }, (_, i) => {
      const direction = new Float64Array(n);
      direction[i] = 1;
      return [...product(direction)];
    });

    const tolerance = toleranceOf(golden, 'eigenvalues');
    if (expected.hessian !== undefined) {
      // Their rows and columns in our order.
      const wanted = ours(
        expected.hessian.map((_, i) => i),
        sizes,
      ).map((i) => ours(expected.hessian![i]!, sizes));
      expectWithin(rows, wanted, { abs: 1e-13, rel: 1e-11 }, 'Hessian'); // float64 rounding
    }
    expectWithin(symmetricEigenvalues(rows), expected.eigenvalues, tolerance, 'eigenvalues');
  });
});

describe('the gradient check, like PyTorch,', () => {
  it.each(casesOfKind<GradcheckCase>('mlp', 'gradcheck'))('judges $id', (golden) => {
    const { labels, sizes, expected, centralStep } = golden;
    const { model, parameters, x, objective } = networkOf(golden);

    const check = checkGradient(
      {
        loss: (theta) => model.loss(theta, x, labels, objective).loss,
        gradient: (theta) => model.lossAndGradient(theta, x, labels, objective).gradient,
        sides: (theta) => model.sides(theta, x, labels, objective),
      },
      parameters,
      { step: centralStep, blocks: model.blocks },
    );

    const entries = check.blocks.flatMap((block) => block.entries);
    expectWithin(
      entries.map((e) => e.analytic),
      ours(expected.analytic, sizes),
      toleranceOf(golden, 'analytic'),
      'analytic',
    );
    expectWithin(
      entries.map((e) => e.numeric),
      ours(expected.numericCentral, sizes),
      toleranceOf(golden, 'numeric'),
      'numeric',
    );
    // Where PyTorch only says no, a kink is the reason, and it is told from a mistake.
    expect(check.kinks > 0).toBe(!expected.gradcheck);
    expect(check.verdict).not.toBe('wrong');
  });

  it.each(casesOfKind<FunctionCase>('mlp', 'gradcheck_function'))('judges $id', (golden) => {
    const [power, factor] = golden.id.endsWith('cube_ok') ? [3, 3] : [2, 1];
    const f = {
      loss: (x: Float64Array) => x.reduce((sum, value) => sum + value ** power, 0),
      gradient: (x: Float64Array) => x.map((value) => factor * value ** (power - 1)),
    };

    const check = checkGradient(f, Float64Array.from(golden.at), { step: 1e-6 });

    const entries = check.blocks[0]!.entries;
    expect(entries.map((e) => e.analytic)).toEqual(golden.expected.analytic);
    expectWithin(
      entries.map((e) => e.numeric),
      golden.expected.numericCentral,
      toleranceOf(golden, 'numeric'),
      'numeric',
    );
    expect(check.verdict === 'fine').toBe(golden.expected.gradcheck);
    expect(check.verdict === 'wrong').toBe(!golden.expected.gradcheck);
  });
});

it('leaves nothing out of mlp.json', () => {
  const kinds = kindsOf('mlp');

  expect(kinds).toEqual(['activation', 'gradcheck', 'gradcheck_function', 'hessian', 'mlp']);
});

/** By another library, in rising order. */
function symmetricEigenvalues(rows: number[][]): number[] {
  const { realEigenvalues } = new EigenvalueDecomposition(new LibraryMatrix(rows), { assumeSymmetric: true });
  return realEigenvalues.sort((a, b) => a - b);
}

/** −0 and 0 are one value here: a sign on zero is no property of an activation. */
function positiveZero(x: number): number {
  return x + 0;
}
