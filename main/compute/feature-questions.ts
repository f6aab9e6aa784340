/** What the Features place asks: words to look at, how hard features are to learn from, what each block gives to a score. */
import { rowOf, zeros } from '../../core/array/matrix.ts';
import { cancelled } from '../../core/errors.ts';
import { effectiveTemplate } from '../../core/explanation/effective-template.ts';
import { passThrough } from '../../core/explanation/network.ts';
import { conditioningOf } from '../../core/features/conditioning.ts';
import { describeImage, mixtureDimension } from '../../core/features/index.ts';
import { standardize } from '../../core/features/standardize.ts';
import { createGenerator } from '../../core/random/generator.ts';
import { permutation } from '../../core/random/sampling.ts';
import { readCheckpoint } from './checkpoint-file.ts';
import { FeatureFile } from './feature-file.ts';
import { learnFeatures } from './learn-features.ts';
import { PictureReader, readPicture } from './picture-memory.ts';
import { networkOf } from './stored-network.ts';
import { threadCount } from './thread-count.ts';
import type { TaskContext, TaskInput, TaskOutput } from './task.ts';

/** Eigenvalues of so many features take a second. */
const lookedFeatures = 320;
const lookedPictures = 2000;
const progressIntervalMs = 50;

/** Learns a block, or reads what was learnt from its cache. */
export function learnTask(
  { source, features, threads, backend, known }: TaskInput<'compute.learn'>,
  context: TaskContext<'compute.learn'>,
): TaskOutput<'compute.learn'> {
  if (known !== null) {
    const file = new FeatureFile(known);
    file.close();
    return {
      dimension: file.fitted.dimension,
      arrays: { ...file.fitted.arrays } as TaskOutput<'compute.learn'>['arrays'],
    };
  }
  let toldMs = -Infinity;
  const tell = (done: number, total: number) => {
    if (performance.now() - toldMs >= progressIntervalMs) {
      toldMs = performance.now();
      context.progress({ done, total });
    }
    return context.request() === 'discard';
  };
  const { dimension, arrays } = learnFeatures(source, features, threadCount(threads), tell, backend);
  return { dimension, arrays: { ...arrays } as TaskOutput<'compute.learn'>['arrays'] };
}

export function conditioningTask(
  { source, features, threads }: TaskInput<'compute.conditioning'>,
  context: TaskContext<'compute.conditioning'>,
): TaskOutput<'compute.conditioning'> {
  const isOver = () => context.request() === 'discard';
  const dimension = mixtureDimension(features, source);
  const random = createGenerator(0, 'conditioning');
  const looked = permutation(random, dimension).slice(0, lookedFeatures).sort();
  const pictures = permutation(random, source.train.length).slice(0, lookedPictures);
  const blocks = features.map((block) => learnFeatures(source, block, threadCount(threads), isOver));
  const reader = new PictureReader(source);
  const x = zeros(pictures.length, looked.length);
  const targets = zeros(pictures.length, source.classes.length);
  pictures.forEach((picture, i) => (rowOf(targets, i)[source.labels[source.train[picture]!]!] = 1));
  try {
    pictures.forEach((picture, i) => {
      if (isOver()) throw cancelled();
      const { width, height, channels, train } = source;
      const all = describeImage({ width, height, channels, data: reader.read(train[picture]!) }, blocks);
      rowOf(x, i).set(looked.length === dimension ? all : Float64Array.from(looked, (j) => all[j]!));
    });
  } finally {
    reader.close();
  }
  return { pictures: pictures.length, looked: looked.length, dimension, ...conditioningOf(x, targets) };
}

/** share of block b in class c: Σ over its numbers of W_eff[c, j]·x_j. */
export function sharesTask({ model, source, picture }: TaskInput<'compute.shares'>): TaskOutput<'compute.shares'> {
  const checkpoint = readCheckpoint(model.path);
  const { features, standardization, classes, width, height, channels } = checkpoint;
  const extracted = describeImage({ width, height, channels, data: readPicture(source, picture) }, features);
  const x = standardize(extracted, standardization);
  const network = networkOf(checkpoint);
  const passage = passThrough(network, x);
  const { weights, bias } = effectiveTemplate(network, passage);
  const shares = zeros(features.length, classes.length);
  let from = 0;
  features.forEach(({ dimension }, b) => {
    for (let c = 0; c < classes.length; c++) {
      const row = rowOf(weights, c);
      let share = 0;
      for (let j = from; j < from + dimension; j++) share += row[j]! * x[j]!;
      shares.data[b * classes.length + c] = share;
    }
    from += dimension;
  });
  return {
    classes: [...classes],
    kinds: features.map(({ options }) => options.kind),
    dimensions: features.map(({ dimension }) => dimension),
    shares: Float32Array.from(shares.data),
    rest: Float32Array.from(bias),
    scores: Float32Array.from(passage.scores),
    vector: Float32Array.from(x),
  };
}
