import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { similarityOrder } from '../../../../core/evaluation/similarity-order.ts';

describe('the order by similarity', () => {
  it('puts classes that are confused side by side, the most confused first', () => {
    // 0 and 3 are taken for each other most, then 3 and 1; 2 and 4 are confused with each other only.
    const confusion = [
      [5, 0, 0, 5, 0],
      [0, 8, 0, 2, 0],
      [0, 0, 9, 0, 1],
      [4, 1, 0, 5, 0],
      [0, 0, 1, 0, 9],
    ];

    expect(similarityOrder(confusion)).toEqual([0, 3, 1, 2, 4]);
  });

  it('counts shares of a class, not pictures, and either direction', () => {
    // Class 0 has two sides: one for 3, half of whose two pictures are taken for it, and one for 1, not for 2.
    const toFirst = [
      [90, 0, 0, 0],
      [9, 91, 0, 0],
      [8, 0, 92, 0],
      [1, 0, 0, 1],
    ];
    // Of the hundred pictures of class 0 more are taken for 1 and 2 than for 3.
    const fromFirst = [
      [80, 9, 8, 3],
      [0, 9, 0, 0],
      [0, 0, 9, 0],
      [0, 0, 0, 9],
    ];

    expect(similarityOrder(toFirst)).toEqual([1, 0, 3, 2]);
    expect(similarityOrder(fromFirst)).toEqual([1, 0, 2, 3]);
  });

  it('leaves classes as they are where nothing is confused, also without pictures', () => {
    expect(similarityOrder([[1, 0, 0], [0, 0, 0], [0, 0, 2]])).toEqual([0, 1, 2]); // prettier-ignore
    expect(similarityOrder([])).toEqual([]);
  });

  it('has every class once', () => {
    const matrices = fc
      .integer({ min: 1, max: 9 })
      .chain((n) => fc.array(fc.array(fc.nat(9), { minLength: n, maxLength: n }), { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(matrices, (confusion) => {
        expect(similarityOrder(confusion).toSorted((a, b) => a - b)).toEqual([...confusion.keys()]);
      }),
    );
  });
});
