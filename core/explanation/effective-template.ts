/**
 * The template of this picture: the linear classifier that a network is at one x.
 *
 * A unit with a kinked activation is on or off, and which are on is all that makes the network bend. At x each activation
 * is its own tangent, φ(a) = d·a + e with d = φ′(a) and e = φ(a) − φ′(a)·a, so that
 *
 *     s = W_eff(x)·x + b_eff(x)
 *     W_eff(x) = W_L·D_{L−1}·W_{L−1} … D_1·W_1
 *     b_eff(x) = b_L + Σ_l (W_L·D_{L−1} … W_{l+1})·(D_l·b_l + e_l)
 *
 * holds exactly at x whatever φ is. For ReLU, leaky ReLU and the identity e = 0, and it holds for every picture with the same
 * units on: the network *is* this linear classifier there. For smooth activations the template is the tangent, true at x
 * alone and an approximation around it.
 *
 * A linear model has one template a class; a network has one a class and picture.
 */
import { type Matrix, rowOf, zeros } from '../array/matrix.ts';
import { activations, type ActivationName } from '../models/layers/activation.ts';
import type { LayerParameters } from '../models/parameters.ts';
import type { Network, Passage } from './network.ts';

/** Activations made of straight pieces, which are lines through 0 on either side. */
const piecewiseLinear: ReadonlySet<ActivationName> = new Set(['relu', 'leaky-relu', 'identity']);

/** True where the template holds for all pictures with the same units on, not at one picture alone. */
export function isPiecewiseLinear({ activations: names }: Network): boolean {
  return names.every((name) => piecewiseLinear.has(name));
}

/** (classes, in) template and (classes) bias; W_eff·x + b_eff are the scores of the passage. */
export function effectiveTemplate(
  { layers, activations: names }: Network,
  { preActivations }: Passage,
): LayerParameters {
  const last = layers.at(-1)!;
  let weights: Matrix = { ...last.weights, data: last.weights.data.slice() };
  const bias = last.bias.slice();
  for (let l = layers.length - 2; l >= 0; l--) {
    const { value, derivative } = activations[names[l]!];
    const layer = layers[l]!;
    const a = preActivations[l]!;
    const slopes = a.map(derivative);
    const offsets = a.map((aj, j) => value(aj) + slopes[j]! * (layer.bias[j]! - aj)); // d·b + e
    for (let c = 0; c < weights.rows; c++) {
      const row = rowOf(weights, c);
      for (let j = 0; j < row.length; j++) {
        bias[c]! += row[j]! * offsets[j]!;
        row[j]! *= slopes[j]!;
      }
    }
    weights = productOfSome(weights, layer.weights);
  }
  return { weights, bias };
}

/**
 * a·b, passing over columns of a that are 0: those of units that are off. Four rows of b at a time, each added in its turn: a sum is read
 * and written once for the four, and has the same bits.
 */
function productOfSome(a: Matrix, b: Matrix): Matrix {
  const result = zeros(a.rows, b.columns);
  const factor = (c: number, j: number) => a.data[c * a.columns + j]!;
  const on: number[] = [];
  for (let j = 0; j < b.rows; j++) {
    for (let c = 0; c < a.rows; c++) {
      if (factor(c, j) === 0) continue;
      on.push(j);
      break;
    }
  }
  let k = 0;
  for (; k + 4 <= on.length; k += 4) {
    const [j0, j1, j2, j3] = [on[k]!, on[k + 1]!, on[k + 2]!, on[k + 3]!];
    const [row0, row1, row2, row3] = [rowOf(b, j0), rowOf(b, j1), rowOf(b, j2), rowOf(b, j3)];
    for (let c = 0; c < a.rows; c++) {
      const [f0, f1, f2, f3] = [factor(c, j0), factor(c, j1), factor(c, j2), factor(c, j3)];
      const out = rowOf(result, c);
      for (let i = 0; i < out.length; i++) {
        out[i] = out[i]! + f0 * row0[i]! + f1 * row1[i]! + f2 * row2[i]! + f3 * row3[i]!;
      }
    }
  }
  for (; k < on.length; k++) {
    const row = rowOf(b, on[k]!);
    for (let c = 0; c < a.rows; c++) {
      const f = factor(c, on[k]!);
      const out = rowOf(result, c);
      for (let i = 0; i < out.length; i++) out[i]! += f * row[i]!;
    }
  }
  return result;
}

/** How many units of each hidden layer are on (a > 0) for one picture and off for the other. */
export function unitsSwitched(from: Passage, to: Passage): number[] {
  return from.preActivations.map((a, l) => {
    const other = to.preActivations[l]!;
    return a.reduce((switched, aj, j) => switched + (aj > 0 !== other[j]! > 0 ? 1 : 0), 0);
  });
}
