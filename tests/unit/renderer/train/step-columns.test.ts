import { expect, it } from 'vitest';
import { StepColumns } from '../../../../renderer/train/step-columns.ts';

const block = (steps: number[]) => ({
  steps: Float64Array.from(steps),
  losses: Float32Array.from(steps, (s) => s / 2),
  accuracies: new Float32Array(steps.length),
});

it('keeps every step over many blocks', () => {
  const columns = new StepColumns();
  for (let i = 0; i < 50; i++) columns.append(block(Array.from({ length: 100 }, (_, k) => i * 100 + k + 1)));

  const { steps, losses } = columns.view();

  expect(steps).toHaveLength(5000);
  expect([steps[0], steps[4999], losses[4999]]).toEqual([1, 5000, 2500]);
});

it('replaces the steps that a resumed run computes once more', () => {
  const columns = new StepColumns();
  columns.append(block([1, 2, 3, 4, 5]));

  columns.append(block([4, 5, 6]));

  expect([...columns.view().steps]).toEqual([1, 2, 3, 4, 5, 6]);
});
