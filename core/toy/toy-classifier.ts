/**
 * A small classifier of two classes that learns while one watches: linear, or with hidden layers.
 *
 *     z = (features − mean)/deviation                 of the points it was made with
 *     s = network(z),   g = s₁ − s₀                   the boundary is g = 0
 *     Adam on the whole softmax loss, α = 0.05, λ = 10⁻⁴
 *
 * Without hidden layers, or with φ the identity however many there are, g is w·features + c: a straight boundary in the
 * space of the features, with the w and c that `straightBoundary` gives.
 */
import { type Matrix, zeros } from '../array/matrix.ts';
import { activations } from '../models/layers/activation.ts';
import { softmaxLoss } from '../losses/softmax-cross-entropy.ts';
import { multilayerPerceptron, type MultilayerPerceptron } from '../models/multilayer-perceptron.ts';
import { adam } from '../optimizers/adam.ts';
import { createGenerator } from '../random/generator.ts';
import type { ActivationName } from '../recipe/recipe.ts';

export interface ToyClassifierOptions {
  /** Units of each hidden layer; empty for a linear one. */
  readonly hidden: readonly number[];
  readonly activation: ActivationName;
  readonly seed: number;
}

export interface ToyProgress {
  readonly loss: number;
  /** Share of the points on their side. */
  readonly accuracy: number;
}

const objective = { loss: softmaxLoss, l2: 1e-4, l2Convention: 'half' } as const;

export class ToyClassifier {
  readonly model: MultilayerPerceptron;
  readonly parameters: Float64Array;
  steps = 0;
  readonly #mean: Float64Array;
  readonly #deviation: Float64Array;
  readonly #x: Matrix;
  readonly #labels: Uint16Array;
  readonly #optimizer = adam({ learningRate: 0.05 });
  readonly #state: ReturnType<ReturnType<typeof adam>['createState']>;

  /** @param features  (n, d), n ≥ 1. @throws StudioError INVALID_OPTION. */
  constructor(features: Matrix, labels: Uint16Array, { hidden, activation, seed }: ToyClassifierOptions) {
    const { rows, columns } = features;
    this.#mean = new Float64Array(columns);
    this.#deviation = new Float64Array(columns);
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += features.data[i * columns + j]!;
      this.#mean[j] = sum / rows;
      let squares = 0;
      for (let i = 0; i < rows; i++) squares += (features.data[i * columns + j]! - this.#mean[j]!) ** 2;
      this.#deviation[j] = Math.sqrt(squares / rows) || 1;
    }
    this.#x = this.#scaled(features);
    this.#labels = labels;
    this.model = multilayerPerceptron({ inputSize: columns, hidden, classes: 2, activation });
    this.parameters = this.model.initialize(createGenerator(seed, 'toy classifier'));
    this.#state = this.#optimizer.createState(this.parameters.length);
  }

  /** Steps of training on all points. */
  train(steps: number): ToyProgress {
    for (let k = 0; k < steps; k++) {
      const { gradient } = this.model.lossAndGradient(this.parameters, this.#x, this.#labels, objective);
      this.#optimizer.step(this.parameters, gradient, this.#state);
      this.steps++;
    }
    return this.progress();
  }

  progress(): ToyProgress {
    const { loss, correct } = this.model.loss(this.parameters, this.#x, this.#labels, objective);
    return { loss, accuracy: correct / this.#x.rows };
  }

  /** (n) g = s₁ − s₀ of each row of features. */
  margins(features: Matrix): Float64Array {
    const scores = this.model.scores(this.parameters, this.#scaled(features));
    return Float64Array.from({ length: features.rows }, (_, i) => scores.data[2 * i + 1]! - scores.data[2 * i]!);
  }

  /** w and c of g = w·features + c; null where an activation bends. */
  straightBoundary(): { readonly weights: Float64Array; readonly constant: number } | null {
    if (this.model.activations.some((name) => name !== 'identity')) return null;
    const { columns } = this.#x;
    // g is affine: its value at 0 and along each axis says all of it.
    const corners = zeros(columns + 1, columns);
    for (let j = 0; j < columns; j++) corners.data[(j + 1) * columns + j] = 1;
    const [constant, ...ends] = this.margins(corners) as unknown as [number, ...number[]];
    return { weights: Float64Array.from(ends, (end) => end - constant), constant };
  }

  /** Hidden units of each layer: how each answers these rows of features, and on how many of the points it is silent. */
  units(features: Matrix): { readonly answers: readonly Matrix[]; readonly dead: readonly (readonly boolean[])[] } {
    const { hidden } = this.model.forward(this.parameters, this.#scaled(features));
    const { preActivations } = this.model.forward(this.parameters, this.#x);
    return { answers: hidden, dead: preActivations.map((a, l) => deadUnits(a, this.model.activations[l]!)) };
  }

  #scaled(features: Matrix): Matrix {
    const { rows, columns } = features;
    const scaled = zeros(rows, columns);
    for (let i = 0; i < scaled.data.length; i++) {
      const j = i % columns;
      scaled.data[i] = (features.data[i]! - this.#mean[j]!) / this.#deviation[j]!;
    }
    return scaled;
  }
}

/** Units that pass nothing back for any point: on the flat side of φ at all of them. */
export function deadUnits(preActivations: Matrix, activation: ActivationName): boolean[] {
  const { derivative } = activations[activation];
  return Array.from({ length: preActivations.columns }, (_, unit) => {
    for (let i = 0; i < preActivations.rows; i++) {
      if (derivative(preActivations.data[i * preActivations.columns + unit]!) !== 0) return false;
    }
    return true;
  });
}
