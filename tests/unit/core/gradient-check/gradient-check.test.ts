import { describe, expect, it } from 'vitest';
import { checkGradient, relativeError } from '../../../../core/gradient-check/gradient-check.ts';
import { createGenerator } from '../../../../core/random/generator.ts';

const square = {
  loss: (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0),
  gradient: (x: Float64Array) => x.map((value) => 2 * value),
};

describe('the gradient check', () => {
  it('names the block and the entry that is wrong', () => {
    const broken = { ...square, gradient: (x: Float64Array) => x.map((value, i) => (i === 3 ? value : 2 * value)) };

    const check = checkGradient(broken, Float64Array.of(1, 2, 3, 4), {
      blocks: [
        { name: 'weights', offset: 0, size: 2 },
        { name: 'bias', offset: 2, size: 2 },
      ],
    });

    expect(check.verdict).toBe('wrong');
    expect(check.blocks.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['weights', 'fine'],
      ['bias', 'wrong'],
    ]);
    expect(check.blocks[1]!.worst).toMatchObject({ index: 3, analytic: 4, relativeError: expect.closeTo(0.5, 6) });
  });

  it('tells a kink from a mistake', () => {
    const corner = {
      loss: (x: Float64Array) => Math.abs(x[0]!) + x[1]! ** 2,
      gradient: (x: Float64Array) => Float64Array.of(x[0]! > 0 ? 1 : -1, 2 * x[1]!),
      sides: (x: Float64Array) => Uint8Array.of(x[0]! > 0 ? 1 : 0),
    };

    const at = checkGradient(corner, Float64Array.of(1e-7, 1));
    const away = checkGradient(corner, Float64Array.of(0.1, 1));

    expect(at).toMatchObject({ kinks: 1, verdict: 'fine' });
    expect(away).toMatchObject({ kinks: 0, verdict: 'fine' });
    expect(at.blocks[0]!.entries[0]).toMatchObject({ atKink: true, relativeError: expect.closeTo(0.98, 1) });
  });

  it('takes a sample of each block, the same one for the same seed', () => {
    const parameters = new Float64Array(50).fill(1);
    const sample = (seed: number) =>
      checkGradient(square, parameters, {
        blocks: [
          { name: 'a', offset: 0, size: 40 },
          { name: 'b', offset: 40, size: 10 },
        ],
        entriesPerBlock: 5,
        random: createGenerator(seed, 'gradient-check'),
      }).blocks.map((block) => block.entries.map((entry) => entry.index));

    expect(sample(1)).toEqual(sample(1));
    expect(sample(1)).not.toEqual(sample(2));
    expect(sample(1).map((block) => block.length)).toEqual([5, 5]);
    expect(sample(1)[1]!.every((index) => index >= 40)).toBe(true);
  });

  it('counts gradients that vanish, leaves the parameters alone, and stops when asked', () => {
    const parameters = Float64Array.of(0, 1, 2);
    let asked = 0;

    const check = checkGradient(square, parameters, { shouldStop: () => ++asked > 2 });

    expect(check.checked).toBe(2);
    expect(check.blocks[0]!.vanishing).toBe(1);
    expect([...parameters]).toEqual([0, 1, 2]);
  });

  it('calls a gradient that is not a number wrong', () => {
    const broken = { ...square, gradient: (x: Float64Array) => x.map(() => NaN) };

    expect(checkGradient(broken, Float64Array.of(1)).verdict).toBe('wrong');
  });
});

it('measures errors relative to the larger of both, and 0 against 0 as none', () => {
  expect([relativeError(0, 0), relativeError(1, 2), relativeError(-1, 1), relativeError(1, 1 + 1e-9, 1e-8)]).toEqual([
    0, 0.5, 2, 0,
  ]);
});
