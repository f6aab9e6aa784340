/** What block normalisation leaves of each cell. */
import type { CellHistograms } from '../../core/features/hog.ts';

/**
 * The mean of a cell's numbers over all blocks that it is part of: one in a corner, b² of them inside.
 *
 * @param vector     (block rows, block columns, b, b, orientations) as core/features/hog.ts orders it.
 * @param blockSize  b, cells along a side of a block.
 * @returns (rows, columns, orientations).
 */
export function meanOverBlocks(
  vector: ArrayLike<number>,
  { rows, columns, orientations }: Pick<CellHistograms, 'rows' | 'columns' | 'orientations'>,
  blockSize: number,
): Float64Array {
  const sums = new Float64Array(rows * columns * orientations);
  const blocks = new Uint32Array(rows * columns);
  const blockColumns = columns - blockSize + 1;
  const perCell = orientations;
  const perBlock = blockSize * blockSize * perCell;
  for (let block = 0; block * perBlock < vector.length; block++) {
    for (let within = 0; within < blockSize * blockSize; within++) {
      const row = Math.floor(block / blockColumns) + Math.floor(within / blockSize);
      const cell = row * columns + (block % blockColumns) + (within % blockSize);
      blocks[cell]!++;
      for (let o = 0; o < perCell; o++) sums[cell * perCell + o]! += vector[block * perBlock + within * perCell + o]!;
    }
  }
  return sums.map((sum, i) => sum / Math.max(1, blocks[Math.floor(i / perCell)]!));
}
