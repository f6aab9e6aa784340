import { describe, expect, it } from 'vitest';
import { defaultRecipe, type Recipe } from '../../../../core/recipe/recipe.ts';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../../../core/training/checkpoint.ts';

const recipe = defaultRecipe({ id: 'd', version: 'a'.repeat(64) });
const checkpoint: Checkpoint = {
  recipe,
  classes: ['고양이', 'dog "\\', '🚗'],
  width: 2,
  height: 1,
  channels: 3,
  features: [{ options: recipe.features[0]!, shape: { width: 2, height: 1, channels: 3 }, dimension: 6, arrays: {} }],
  standardization: {
    kind: 'per-feature',
    mean: new Float64Array(6).fill(0.1),
    deviation: new Float64Array(6).fill(60),
  },
  state: {
    step: 7,
    epoch: 2,
    cursor: 3,
    pictures: 30,
    correct: 11,
    lossSum: 0.1 + 0.2,
    earlyStopping: { bestEpoch: 1, bestLoss: 1 / 3, epochsSinceBest: 0 },
    endReason: null,
    elapsedMs: 12.5,
    engine: {
      parameters: Float32Array.from({ length: 21 }, (_, i) => i / 7),
      optimizer: {
        stepCount: 7,
        firstMoment: new Float32Array(21).fill(1e-9),
        secondMoment: new Float32Array(21).fill(3),
      },
    },
  },
};
const readRecipe = (value: unknown): Recipe | null =>
  JSON.stringify(value) === JSON.stringify(recipe) ? recipe : null;
const damaged = expect.objectContaining({ code: 'CHECKPOINT_DAMAGED', details: { run: 'r' } });

describe('a checkpoint', () => {
  it('comes back exactly as it was', () => {
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint), 'r', readRecipe)).toEqual(checkpoint);
  });

  it('is refused with any one bit turned over', () => {
    const file = encodeCheckpoint(checkpoint);
    for (let i = 0; i < file.length; i++) {
      const copy = file.slice();
      copy[i]! ^= 1 << (i % 8);
      expect(() => decodeCheckpoint(copy, 'r', readRecipe)).toThrow(damaged);
    }
  });

  it('is refused when it was cut or grew', () => {
    const file = encodeCheckpoint(checkpoint);
    for (let length = 0; length < file.length; length += 5) {
      expect(() => decodeCheckpoint(file.subarray(0, length), 'r', readRecipe)).toThrow(damaged);
    }
    const longer = new Uint8Array(file.length + 8);
    longer.set(file);
    expect(() => decodeCheckpoint(longer, 'r', readRecipe)).toThrow(damaged);
  });

  it.each<[string, Partial<Checkpoint>]>([
    ['a size that its numbers do not have', { width: 3 }],
    ['a scale of 0', { standardization: { ...checkpoint.standardization, deviation: new Float64Array(6) } }],
    [
      'a mean that is no number',
      { standardization: { ...checkpoint.standardization, mean: new Float64Array(6).fill(NaN) } },
    ],
    ['a step that is no number', { state: { ...checkpoint.state, step: NaN } }],
    [
      'an infinite weight',
      {
        state: {
          ...checkpoint.state,
          engine: { ...checkpoint.state.engine, parameters: new Float32Array(21).fill(Infinity) },
        },
      },
    ],
  ])('is refused with %s, however well it is written', (_what, change) => {
    expect(() => decodeCheckpoint(encodeCheckpoint({ ...checkpoint, ...change }), 'r', readRecipe)).toThrow(damaged);
  });
});
