import { describe, expect, it } from 'vitest';
import { meanOverBlocks } from '../../../renderer/features/mean-over-blocks.ts';

describe('what block normalisation leaves of a cell', () => {
  it('is the mean over the blocks it belongs to', () => {
    // 2 × 3 cells of one orientation in two blocks of 2 × 2: the middle cells belong to both.
    const vector = [1, 2, 3, 4, /* second block */ 10, 20, 30, 40];

    expect([...meanOverBlocks(vector, { rows: 2, columns: 3, orientations: 1 }, 2)]).toEqual([1, 6, 20, 3, 17, 40]);
  });

  it('keeps orientations apart', () => {
    const vector = [1, 2, 3, 4];

    expect([...meanOverBlocks(vector, { rows: 1, columns: 2, orientations: 2 }, 1)]).toEqual([1, 2, 3, 4]);
  });
});
