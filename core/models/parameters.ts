/** The layout of a stack of affine layers in one flat vector, and views into it. */
import type { Matrix } from '../array/matrix.ts';
import { requireLength } from '../array/matrix.ts';
import { addL2Gradient, l2Penalty } from '../losses/l2-penalty.ts';
import { requireInteger } from '../options.ts';
import type { Objective, ParameterBlock } from './classifier.ts';

/** Weights and bias of one layer, sharing memory with the parameter vector. */
export interface LayerParameters {
  readonly weights: Matrix;
  readonly bias: Float64Array;
}

/**
 * Blocks of the affine layers between these sizes: [in, hidden…, out].
 *
 * @throws StudioError INVALID_OPTION unless every size is a whole number, 1 or more.
 */
export function affineBlocks(sizes: readonly number[]): ParameterBlock[] {
  sizes.forEach((size, i) => requireInteger(`size of layer ${i}`, size, 1));
  const blocks: ParameterBlock[] = [];
  let offset = 0;
  for (let layer = 1; layer < sizes.length; layer++) {
    const columns = sizes[layer - 1]!;
    const rows = sizes[layer]!;
    const size = rows * columns;
    blocks.push({ name: `layer ${layer} weights`, kind: 'weights', layer, offset, size, rows, columns });
    offset += size;
    blocks.push({ name: `layer ${layer} bias`, kind: 'bias', layer, offset, size: rows, rows, columns: 1 });
    offset += rows;
  }
  return blocks;
}

export function parameterCount(blocks: readonly ParameterBlock[]): number {
  return blocks.reduce((count, block) => count + block.size, 0);
}

/** The part of a parameter or gradient vector that is this block, sharing its memory. */
export function blockOf(vector: Float64Array, block: ParameterBlock): Float64Array {
  return vector.subarray(block.offset, block.offset + block.size);
}

/** One entry per layer, first to last. Throws SHAPE_MISMATCH when the vector has another length than the layout. */
export function layersOf(vector: Float64Array, blocks: readonly ParameterBlock[]): LayerParameters[] {
  requireLength('parameters', vector, parameterCount(blocks));
  return blocks
    .filter((block) => block.kind === 'weights')
    .map((block) => ({
      weights: { rows: block.rows, columns: block.columns, data: blockOf(vector, block) },
      bias: vector.subarray(block.offset + block.size, block.offset + block.size + block.rows),
    }));
}

/** The L2 penalty of all weights; with a gradient given, that of the penalty is added to it. */
export function penaltyOf(
  parameters: Float64Array,
  blocks: readonly ParameterBlock[],
  { l2, l2Convention }: Objective,
  gradient?: Float64Array,
): number {
  if (l2 === 0) return 0;
  let penalty = 0;
  for (const block of blocks) {
    if (block.kind !== 'weights') continue;
    const weights = blockOf(parameters, block);
    penalty += l2Penalty(weights, l2, l2Convention);
    if (gradient) addL2Gradient(blockOf(gradient, block), weights, l2, l2Convention);
  }
  return penalty;
}
