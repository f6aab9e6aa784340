/**
 * How a loss bends at a point: largest and smallest curvature, how unequal they are, what follows for the learning rate,
 * and whether the point is a minimum or a saddle.
 *
 *     κ = λ_max / λ⁺_min             λ⁺_min: the smallest eigenvalue above the cut-off, λ > cut-off·λ_max
 *     descent is stable below        α < 2/λ_max,  with momentum ρ  α < 2·(1 + ρ)/λ_max
 *     best for a quadratic           α = 2/(λ_max + λ⁺_min), error · (κ − 1)/(κ + 1) a step
 *                                    with momentum (√κ − 1)/(√κ + 1)
 *
 * Losses of networks have directions without any curvature, so κ says nothing without its cut-off. The known ones are
 * named: softmax and hinge do not see what is added to all classes alike, which makes inputs + 1 directions of the last
 * layer flat (only the bias one, with a penalty); an input that is constant over the samples cannot be told from the
 * bias; a unit that is silent on all samples has no say. Up to `denseLimit` parameters the Hessian is written down and
 * decomposed; beyond, Lanczos gives its ends with residuals. λ⁺_min is then the smallest Ritz value that is known to a
 * tenth of itself, an upper bound of what a full decomposition would find, and κ a lower one. With a penalty the shift of all
 * classes' weights is an eigenvector, whose curvature is the penalty's alone; what Lanczos would need hundreds of products for is
 * then known by one.
 *
 * The samples are fixed. On other ones for each product the Lanczos process would measure noise.
 *
 * Source: Boyd & Vandenberghe 2004, section 9.3; Goh 2017, "Why momentum really works", Distill; Dauphin et al. 2014,
 * arXiv:1406.2572 for saddles.
 * Golden: tests/golden/data/mlp.json, kind hessian (PyTorch, float64).
 */
import { Matrix as LibraryMatrix } from 'ml-matrix';
import { dot, norm } from '../array/linear-algebra.ts';
import type { Matrix } from '../array/matrix.ts';
import type { Objective } from '../models/classifier.ts';
import { hessianAt } from '../models/hessian.ts';
import type { MultilayerPerceptron } from '../models/multilayer-perceptron.ts';
import { layersOf } from '../models/parameters.ts';
import { requireInteger, requirePositive } from '../options.ts';
import type { RandomGenerator } from '../random/generator.ts';
import { normal } from '../random/sampling.ts';
import { type LanczosOptions, type LinearMap, lanczos, symmetricEigen } from './lanczos.ts';

export interface ConditioningOptions {
  random: RandomGenerator;
  /** Products of Lanczos at most, ≥ 1; defaults to 100. Each keeps one vector as long as the parameters. */
  mostSteps?: number;
  /** Lanczos ends when the residuals of both ends are below this times the largest; defaults to 1e-6. */
  tolerance?: number;
  /** Parameters up to which the Hessian is decomposed as a whole; defaults to 300. */
  denseLimit?: number;
  /** Eigenvalues at most this times the largest count as 0, > 0; defaults to 1e-9. */
  cutOff?: number;
  /** ‖∇L‖ up to which the point counts as critical, > 0; defaults to 1e-3. */
  gradientTolerance?: number;
  shouldStop?: (done: number, total: number) => boolean;
}

export interface Eigenvalue {
  readonly value: number;
  /** An eigenvalue lies within this of the value. */
  readonly residual: number;
}

/** Directions along which nothing changes, for a reason that has a name. */
export interface NullDirections {
  readonly kind: 'class-shift' | 'constant-input' | 'silent-unit';
  /** Independent ones, beyond those of the kinds before it. */
  readonly count: number;
  /** ‖H·v‖ of a random unit direction of this kind: rounding, or the naming is wrong. */
  readonly measured: number;
}

/**
 * `minimum`: every curvature is above the cut-off. `flat-minimum`: none is below 0, some are 0. `saddle`, `maximum`,
 * `flat`: as they say. `slope`: the gradient is no zero, so the point is none of these.
 */
export type CriticalPoint = 'minimum' | 'flat-minimum' | 'saddle' | 'maximum' | 'flat' | 'slope';

export interface Conditioning {
  readonly method: 'dense' | 'lanczos';
  readonly parameters: number;
  readonly samples: number;
  /** Products with the Hessian. */
  readonly products: number;
  readonly loss: number;
  readonly gradientNorm: number;
  readonly largest: Eigenvalue;
  readonly smallest: Eigenvalue;
  /** λ⁺_min; null where nothing above the cut-off is known well enough. */
  readonly smallestPositive: Eigenvalue | null;
  /** cutOff·λ_max. */
  readonly cutOff: number;
  readonly conditionNumber: number | null;
  /** True when both ends have converged; otherwise the residuals say how far off they may be. */
  readonly isConverged: boolean;
  /** 2/λ_max; null where nothing bends upwards. */
  readonly largestStableRate: number | null;
  readonly nullDirections: readonly NullDirections[];
  readonly point: CriticalPoint;
  /** All eigenvalues of the dense Hessian, or Ritz values; in rising order. */
  readonly spectrum: readonly Eigenvalue[];
  /** Unit eigenvectors. */
  readonly largestVector: Float64Array;
  readonly smallestVector: Float64Array;
  readonly smallestPositiveVector: Float64Array | null;
}

/** @throws StudioError INVALID_OPTION. */
export function conditioning(
  model: MultilayerPerceptron,
  parameters: Float64Array,
  x: Matrix,
  labels: ArrayLike<number>,
  objective: Objective,
  options: ConditioningOptions,
): Conditioning {
  const { random, mostSteps = 100, denseLimit = 300, cutOff: relative = 1e-9, gradientTolerance = 1e-3 } = options;
  const { tolerance = 1e-6, shouldStop = () => false } = options;
  requireInteger('mostSteps', mostSteps, 1);
  requirePositive('cutOff', relative);
  requirePositive('gradientTolerance', gradientTolerance);
  const size = parameters.length;
  const isDense = size <= denseLimit;
  const { loss, gradient } = model.lossAndGradient(parameters, x, labels, objective);
  const product = hessianAt(model, parameters, x, labels, objective);
  const total = isDense ? size : Math.min(size, mostSteps);

  const found = isDense
    ? denseSpectrum(product, size, (done) => shouldStop(done, total))
    : lanczosSpectrum(product, size, { random, mostSteps, tolerance, shouldStop: (done) => shouldStop(done, total) });

  const { spectrum, vectorOf } = found;
  const [smallest, largest] = [spectrum[0]!, spectrum.at(-1)!];
  const cutOff = relative * Math.max(Math.abs(largest.value), Math.abs(smallest.value));
  // A Ritz value that is not known to a tenth of itself says nothing about λ⁺_min.
  const at = spectrum.findIndex(({ value, residual }) => value > cutOff && residual <= 0.1 * value);
  const known = isDense ? null : penaltyEigenvector(model, objective, product, random);
  const byRitz = at < 0 ? null : spectrum[at]!;
  const isKnownLower = known !== null && known.value > cutOff && !(known.value >= (byRitz?.value ?? Infinity));
  const smallestPositive = isKnownLower ? { value: known.value, residual: known.residual } : byRitz;
  const gradientNorm = norm(gradient);
  return {
    method: isDense ? 'dense' : 'lanczos',
    parameters: size,
    samples: x.rows,
    products: found.products,
    loss,
    gradientNorm,
    largest,
    smallest,
    smallestPositive,
    cutOff,
    conditionNumber: smallestPositive === null ? null : largest.value / smallestPositive.value,
    isConverged: found.isConverged,
    largestStableRate: largest.value > cutOff ? 2 / largest.value : null,
    nullDirections: nullDirections(model, parameters, x, objective, product, random),
    point: gradientNorm > gradientTolerance ? 'slope' : criticalPoint(smallest, largest, cutOff),
    spectrum,
    largestVector: vectorOf(spectrum.length - 1)!,
    smallestVector: vectorOf(0)!,
    smallestPositiveVector: isKnownLower ? known.vector : at < 0 ? null : vectorOf(at),
  };
}

/**
 * The weights of the last layer shifted alike for all classes: what softmax and hinge do not see and only the penalty bends. Null where
 * there is no penalty, or a loss that sees it.
 */
function penaltyEigenvector(
  model: MultilayerPerceptron,
  objective: Objective,
  product: LinearMap,
  random: RandomGenerator,
): (Eigenvalue & { readonly vector: Float64Array }) | null {
  if (objective.l2 === 0 || objective.loss.name === 'squared-hinge') return null;
  const { sizes, blocks } = model;
  const direction = new Float64Array(blocks.reduce((sum, { size }) => sum + size, 0));
  const { weights } = layersOf(direction, blocks).at(-1)!;
  for (let i = 0; i < weights.columns; i++) {
    const shift = normal(random);
    for (let j = 0; j < sizes.at(-1)!; j++) weights.data[j * weights.columns + i] = shift;
  }
  const length = norm(direction);
  const vector = direction.map((entry) => entry / length);
  const bent = product(vector);
  const value = dot(vector, bent);
  return { value, residual: norm(bent.map((entry, i) => entry - value * vector[i]!)), vector };
}

/** By the ends of the spectrum; what is nearer to 0 than the cut-off or its own residual counts as 0. */
export function criticalPoint(smallest: Eigenvalue, largest: Eigenvalue, cutOff: number): CriticalPoint {
  const signOf = ({ value, residual }: Eigenvalue) =>
    Math.abs(value) <= Math.max(cutOff, residual) ? 0 : Math.sign(value);
  const [low, high] = [signOf(smallest), signOf(largest)];
  if (low > 0) return 'minimum';
  if (low < 0) return high > 0 ? 'saddle' : 'maximum';
  return high > 0 ? 'flat-minimum' : 'flat';
}

interface Spectrum {
  readonly spectrum: readonly Eigenvalue[];
  readonly products: number;
  readonly isConverged: boolean;
  /** Of the eigenvalue with this number; null where it was not kept. */
  vectorOf(i: number): Float64Array | null;
}

/** Every eigenvalue, of H written down column by column. */
function denseSpectrum(product: LinearMap, size: number, shouldStop: (done: number) => boolean): Spectrum {
  const dense = LibraryMatrix.zeros(size, size);
  const unit = new Float64Array(size);
  let products = 0;
  for (; products < size && !shouldStop(products); products++) {
    unit[products] = 1;
    dense.setColumn(products, product(unit));
    unit[products] = 0;
  }
  // Rounding makes it unsymmetric in the last bits.
  const symmetric = LibraryMatrix.add(dense, dense.transpose()).mul(0.5);
  const { values, vectors } = symmetricEigen(symmetric);
  const residual = Number.EPSILON * size * Math.max(Math.abs(values[0]!), Math.abs(values.at(-1)!));
  return {
    spectrum: values.map((value) => ({ value, residual })),
    products,
    isConverged: products === size,
    vectorOf: (i) => Float64Array.from(vectors.getColumn(i)),
  };
}

function lanczosSpectrum(product: LinearMap, size: number, options: LanczosOptions): Spectrum {
  const result = lanczos(product, size, options);
  return {
    spectrum: result.ritz,
    products: result.steps,
    isConverged: result.isConverged,
    vectorOf: (i) => (i === 0 ? result.smallestVector : i === result.ritz.length - 1 ? result.largestVector : null),
  };
}

/** The flat directions that can be told from the model and the samples, each kind tried on a random one of its own. */
export function nullDirections(
  model: MultilayerPerceptron,
  parameters: Float64Array,
  x: Matrix,
  objective: Objective,
  product: LinearMap,
  random: RandomGenerator,
): NullDirections[] {
  const { sizes, blocks } = model;
  const depth = sizes.length - 1;
  const classes = sizes.at(-1)!;
  const hasPenalty = objective.l2 > 0;
  const isShiftFree = objective.loss.name !== 'squared-hinge';
  const found: NullDirections[] = [];
  const add = (kind: NullDirections['kind'], count: number, fill: (direction: Float64Array) => void) => {
    if (count <= 0) return;
    const direction = new Float64Array(parameters.length);
    fill(direction);
    const length = norm(direction);
    found.push({ kind, count, measured: norm(product(direction)) / length });
  };

  if (isShiftFree) {
    const inputs = sizes.at(-2)!;
    add('class-shift', hasPenalty ? 1 : inputs + 1, (direction) => {
      const { weights, bias } = layersOf(direction, blocks)[depth - 1]!;
      bias.fill(normal(random));
      if (hasPenalty) return;
      for (let i = 0; i < inputs; i++) {
        const shift = normal(random);
        for (let j = 0; j < classes; j++) weights.data[j * inputs + i] = shift;
      }
    });
  }
  if (hasPenalty) return found; // every weight bends the penalty

  const constants = constantColumns(x);
  const units = sizes[1]!;
  // In a linear model the shift of all classes is counted already.
  add('constant-input', constants.length * (depth === 1 && isShiftFree ? units - 1 : units), (direction) => {
    const { weights, bias } = layersOf(direction, blocks)[0]!;
    for (const i of constants) {
      for (let j = 0; j < units; j++) {
        const weight = normal(random);
        weights.data[j * sizes[0]! + i]! += weight;
        bias[j]! -= weight * x.data[i]!; // the bias takes back what a constant input brings
      }
    }
  });
  const silent = silentUnits(model, parameters, x);
  add(
    'silent-unit',
    silent.reduce((count, { layer }) => {
      const incoming = sizes[layer - 1]! + 1;
      const outgoing = sizes[layer + 1]! - (layer + 1 === depth && isShiftFree ? 1 : 0);
      return count + incoming + outgoing;
    }, 0),
    (direction) => {
      const layers = layersOf(direction, blocks);
      for (const { layer, unit } of silent) {
        const { weights, bias } = layers[layer - 1]!;
        for (let i = 0; i < weights.columns; i++) weights.data[unit * weights.columns + i] = normal(random);
        bias[unit] = normal(random);
      }
    },
  );
  return found;
}

/** Inputs with one value for all samples. */
function constantColumns(x: Matrix): number[] {
  const constants: number[] = [];
  for (let i = 0; i < x.columns; i++) {
    let row = 1;
    while (row < x.rows && x.data[row * x.columns + i] === x.data[i]) row++;
    if (row === x.rows) constants.push(i);
  }
  return constants;
}

/** Hidden units of an activation with a flat side that are on it for all samples: they give 0 and pass nothing back. */
function silentUnits(
  model: MultilayerPerceptron,
  parameters: Float64Array,
  x: Matrix,
): { layer: number; unit: number }[] {
  const { hidden, preActivations } = model.forward(parameters, x);
  const silent: { layer: number; unit: number }[] = [];
  hidden.forEach((h, l) => {
    const a = preActivations[l]!;
    for (let unit = 0; unit < h.columns; unit++) {
      let row = 0;
      while (row < h.rows && h.data[row * h.columns + unit] === 0 && a.data[row * h.columns + unit]! < 0) row++;
      if (row === h.rows) silent.push({ layer: l + 1, unit });
    }
  });
  return silent;
}

/**
 * Descent on the local quadratic model, in the coordinates of eigenvectors: cᵢ(k) = (1 − α·λᵢ)ᵏ·cᵢ(0).
 *
 * @param gradient  of the loss at the point; its part along an eigenvector of curvature λ says how far off the model's
 *                  minimum lies along it, cᵢ(0) = gᵢ/λᵢ.
 * @returns one row a step, from step 0, one number an eigenvector: the distance to the model's minimum along it.
 */
export function quadraticDescent(
  gradient: Float64Array,
  eigen: readonly { readonly value: number; readonly vector: Float64Array }[],
  learningRate: number,
  steps: number,
): number[][] {
  const start = eigen.map(({ value, vector }) => dot(gradient, vector) / value);
  return Array.from({ length: steps + 1 }, (_, k) =>
    start.map((c, i) => c * (1 - learningRate * eigen[i]!.value) ** k),
  );
}
