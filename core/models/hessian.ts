/**
 * The Hessian of a network's objective as a function v ↦ H·v, exactly, without ever writing H down.
 *
 * Pearlman's operator R{·} = d/dε · (θ + ε·v) at ε = 0, applied to the forward and the backward pass. Layer l has the
 * weights W, bias b, input H, pre-activation A; V and u are the parts of v that belong to W and b:
 *
 *     R{A} = R{H}·Wᵀ + H·Vᵀ + u                      R{H_next} = φ′(A) ∘ R{A}
 *     R{∂S} = curvature of the loss · R{S}
 *     R{∂W} = R{∂A}ᵀ·H + ∂Aᵀ·R{H} + λ′·V             R{∂b} = Σᵢ R{∂Aᵢ}
 *     R{∂H} = R{∂A}·W + ∂A·V                          R{∂A_below} = φ′(A) ∘ R{∂H} + φ″(A) ∘ R{A} ∘ ∂H
 *
 * λ′ is λ or 2λ, the penalty's. What does not depend on v is computed once, so a product costs about two gradients. ReLU
 * and the hinge are made of flat pieces: away from their kinks H is that of the piece, and says nothing about the corners.
 *
 * Source: Pearlman 1994, "Fast exact multiplication by the Hessian", Neural Computation 6, section 4.
 * Golden: tests/golden/data/mlp.json, kind hessian (PyTorch, float64).
 */
import { addToRows, product, productTransposedLeft, productTransposedRight } from '../array/linear-algebra.ts';
import { type Matrix, zeros } from '../array/matrix.ts';
import { columnSums } from '../array/reduce.ts';
import { addL2Gradient } from '../losses/l2-penalty.ts';
import type { Objective } from './classifier.ts';
import { activations } from './layers/activation.ts';
import { affineBackwardInput } from './layers/affine.ts';
import type { MultilayerPerceptron } from './multilayer-perceptron.ts';
import { blockOf, layersOf } from './parameters.ts';

/** @returns v ↦ H·v at these parameters, on these samples. */
export function hessianAt(
  model: MultilayerPerceptron,
  parameters: Float64Array,
  x: Matrix,
  labels: ArrayLike<number>,
  objective: Objective,
): (direction: Float64Array) => Float64Array {
  const { blocks } = model;
  const phis = model.activations.map((name) => activations[name]);
  const layers = layersOf(parameters, blocks);
  const { preActivations, hidden, scores } = model.forward(parameters, x);
  const inputs = [x, ...hidden];
  const slopes = preActivations.map((a, l) => mapped(a, phis[l]!.derivative));
  const bends = preActivations.map((a, l) => mapped(a, phis[l]!.secondDerivative));

  // ∂A of every layer, and ∂H of every hidden one.
  const dA: Matrix[] = [];
  const dH: Matrix[] = [];
  dA[layers.length - 1] = objective.loss.evaluate(scores, labels).gradient;
  for (let l = layers.length - 1; l > 0; l--) {
    dH[l - 1] = affineBackwardInput(dA[l]!, layers[l]!.weights);
    dA[l - 1] = times(dH[l - 1]!, slopes[l - 1]!);
  }

  return (direction) => {
    const directions = layersOf(direction, blocks);
    const result = new Float64Array(direction.length);
    const results = layersOf(result, blocks);

    const rA: Matrix[] = [];
    const rH: (Matrix | null)[] = [null]; // the samples do not move
    layers.forEach(({ weights }, l) => {
      const { weights: v, bias: u } = directions[l]!;
      const r = productTransposedRight(inputs[l]!, v);
      addToRows(r, u);
      if (rH[l] !== null) add(r, productTransposedRight(rH[l]!, weights));
      rA[l] = r;
      if (l < slopes.length) rH[l + 1] = times(r, slopes[l]!);
    });

    let rdA = objective.loss.curvature(scores, labels, rA.at(-1)!);
    for (let l = layers.length - 1; l >= 0; l--) {
      const { weights, bias } = results[l]!;
      weights.data.set(productTransposedLeft(rdA, inputs[l]!).data);
      if (rH[l] !== null) add(weights, productTransposedLeft(dA[l]!, rH[l]!));
      bias.set(columnSums(rdA));
      if (l === 0) break;
      const rdH = product(rdA, layers[l]!.weights);
      add(rdH, product(dA[l]!, directions[l]!.weights));
      rdA = times(rdH, slopes[l - 1]!);
      add(rdA, times(times(dH[l - 1]!, bends[l - 1]!), rA[l - 1]!));
    }
    for (const block of blocks) {
      if (block.kind !== 'weights') continue;
      addL2Gradient(blockOf(result, block), blockOf(direction, block), objective.l2, objective.l2Convention);
    }
    return result;
  };
}

function mapped(a: Matrix, f: (value: number) => number): Matrix {
  const result = zeros(a.rows, a.columns);
  for (let i = 0; i < a.data.length; i++) result.data[i] = f(a.data[i]!);
  return result;
}

/** Entry by entry. */
function times(a: Matrix, b: Matrix): Matrix {
  const result = zeros(a.rows, a.columns);
  for (let i = 0; i < a.data.length; i++) result.data[i] = a.data[i]! * b.data[i]!;
  return result;
}

function add(a: Matrix, b: Matrix): void {
  for (let i = 0; i < a.data.length; i++) a.data[i]! += b.data[i]!;
}
