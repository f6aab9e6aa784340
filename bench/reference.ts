/**
 * `node bench/reference.ts`: the plain float64 reference at the size of a lesson, one minibatch of 128 pictures of 32 × 32 × 3 in 10 classes.
 * The kernels at full speed are judged against these figures. Prints the median of each task.
 */
import { Bench } from 'tinybench';
import { productTransposedRight } from '../core/array/linear-algebra.ts';
import { matrixOf } from '../core/array/matrix.ts';
import { softmaxCrossEntropy } from '../core/losses/softmax-cross-entropy.ts';
import { adam } from '../core/optimizers/adam.ts';
import { createGenerator } from '../core/random/generator.ts';
import { normal } from '../core/random/sampling.ts';

const random = createGenerator(0, 'bench');
const draws = (count: number) => Float64Array.from({ length: count }, () => normal(random));

const [n, d, c] = [128, 3072, 10];
const pictures = matrixOf(n, d, draws(n * d));
const weights = matrixOf(c, d, draws(c * d));
const scores = matrixOf(n, c, draws(n * c));
const labels = Int32Array.from({ length: n }, (_, i) => i % c);
const optimizer = adam();
const state = optimizer.createState(c * d);
const gradient = draws(c * d);

const bench = new Bench({ time: 1000 })
  .add('scores of a minibatch, X·Wᵀ', () => void productTransposedRight(pictures, weights))
  .add('softmax cross-entropy and its gradient', () => void softmaxCrossEntropy(scores, labels))
  .add('one step of Adam', () => optimizer.step(weights.data, gradient, state));
await bench.run();
console.table(bench.table());
