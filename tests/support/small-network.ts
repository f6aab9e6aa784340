/** Small networks on made-up data: what checks and landscapes are tried on. */
import { type Matrix, zeros } from '../../core/array/matrix.ts';
import { lossNamed } from '../../core/losses/index.ts';
import type { Objective } from '../../core/models/classifier.ts';
import type { ActivationName } from '../../core/models/layers/activation.ts';
import { type MultilayerPerceptron, multilayerPerceptron } from '../../core/models/multilayer-perceptron.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { normal, uniformInteger } from '../../core/random/sampling.ts';

export interface SmallNetwork {
  readonly model: MultilayerPerceptron;
  readonly parameters: Float64Array;
  readonly x: Matrix;
  readonly labels: Uint16Array;
  readonly objective: Objective;
  loss(parameters: Float64Array): number;
  gradient(parameters: Float64Array): Float64Array;
  sides(parameters: Float64Array): Uint8Array;
}

export interface SmallNetworkOptions {
  readonly sizes?: readonly number[];
  readonly activation?: ActivationName;
  readonly loss?: string;
  readonly l2?: number;
  readonly samples?: number;
  readonly seed?: number;
}

/** Parameters are normal numbers, biases too, so that no entry of the gradient is 0 by chance of the start. */
export function smallNetwork(options: SmallNetworkOptions = {}): SmallNetwork {
  const { sizes = [6, 5, 4], activation = 'tanh', loss = 'softmax', l2 = 0.1, samples = 12, seed = 1 } = options;
  const random = createGenerator(seed, 'small network');
  const model = multilayerPerceptron({
    inputSize: sizes[0]!,
    hidden: sizes.slice(1, -1),
    classes: sizes.at(-1)!,
    activation,
  });
  const x = zeros(samples, sizes[0]!);
  for (let i = 0; i < x.data.length; i++) x.data[i] = normal(random);
  const labels = Uint16Array.from({ length: samples }, () => uniformInteger(random, sizes.at(-1)!));
  const parameters = new Float64Array(model.parameterCount);
  for (let i = 0; i < parameters.length; i++) parameters[i] = 0.5 * normal(random);
  const objective: Objective = { loss: lossNamed(loss), l2, l2Convention: 'half' };
  return {
    model,
    parameters,
    x,
    labels,
    objective,
    loss: (theta) => model.loss(theta, x, labels, objective).loss,
    gradient: (theta) => model.lossAndGradient(theta, x, labels, objective).gradient,
    sides: (theta) => model.sides(theta, x, labels, objective),
  };
}
