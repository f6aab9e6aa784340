import { describe, expect, it } from 'vitest';
import { matrixOfRows, rowsOf } from '../../../../core/array/matrix.ts';
import { lossNamed } from '../../../../core/losses/index.ts';
import { addL2Gradient, l2Penalty } from '../../../../core/losses/l2-penalty.ts';
import { multiclassHinge } from '../../../../core/losses/multiclass-hinge.ts';
import { softmax, softmaxCrossEntropy } from '../../../../core/losses/softmax-cross-entropy.ts';
import { squaredHinge } from '../../../../core/losses/squared-hinge.ts';

describe('softmax cross-entropy', () => {
  it('is ln 2 for two equal scores', () => {
    const { loss, gradient } = softmaxCrossEntropy(matrixOfRows([[5, 5]]), [0]);

    expect(loss).toBeCloseTo(Math.LN2, 14);
    expect(rowsOf(gradient)).toEqual([[expect.closeTo(-0.5, 14), expect.closeTo(0.5, 14)]]);
  });

  it('stays exact where the probability is too small for a number', () => {
    const scores = matrixOfRows([[0, 2000]]);

    expect(softmaxCrossEntropy(scores, [0]).loss).toBe(2000);
    expect(rowsOf(softmax(scores))).toEqual([[0, 1]]);
  });
});

describe('the multiclass hinge', () => {
  it('counts every class within the margin: (5.1 − 3.2 + 1) = 2.9 for the cat of the lecture', () => {
    const { loss, gradient } = multiclassHinge(matrixOfRows([[3.2, 5.1, -1.7]]), [0]);

    expect(loss).toBeCloseTo(2.9, 14);
    expect(rowsOf(gradient)).toEqual([[-1, 1, 0]]);
  });

  it('takes the flat side at a margin of exactly 0', () => {
    const { loss, gradient } = multiclassHinge(matrixOfRows([[2, 1]]), [0]);

    expect(loss).toBe(0);
    expect(rowsOf(gradient)).toEqual([[-0, 0]]);
  });
});

describe('the squared hinge', () => {
  it('squares what is missing to +1 for the own class and to −1 for the others', () => {
    // own class: 1 − 0.5 = 0.5; other: 1 + 0.25 = 1.25; third: 1 − 2 < 0
    const { loss, gradient } = squaredHinge(matrixOfRows([[0.5, 0.25, -2]]), [0]);

    expect(loss).toBe(0.25 + 1.5625);
    expect(rowsOf(gradient)).toEqual([[-1, 2.5, 0]]);
  });
});

describe('the L2 penalty', () => {
  const weights = Float64Array.of(3, -4);

  it('is ½λΣw² or λΣw², as the convention says', () => {
    expect(l2Penalty(weights, 0.1, 'half')).toBeCloseTo(1.25, 14);
    expect(l2Penalty(weights, 0.1, 'full')).toBeCloseTo(2.5, 14);
  });

  it('adds λw or 2λw to the gradient', () => {
    const half = Float64Array.of(1, 1);
    const full = Float64Array.of(1, 1);

    addL2Gradient(half, weights, 0.5, 'half');
    addL2Gradient(full, weights, 0.5, 'full');

    expect([...half]).toEqual([2.5, -1]);
    expect([...full]).toEqual([4, -3]);
  });
});

it('refuses an unknown loss and labels without a class', () => {
  expect(() => lossNamed('absolute')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  expect(() => lossNamed('constructor')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  expect(() => softmaxCrossEntropy(matrixOfRows([[1, 2]]), [2])).toThrow(
    expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
  );
  expect(() => softmaxCrossEntropy(matrixOfRows([[1, 2]]), [0, 1])).toThrow(
    expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
  );
});
