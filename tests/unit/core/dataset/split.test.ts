import { describe, expect, it } from 'vitest';
import { stratifiedSplit } from '../../../../core/dataset/split.ts';
import { createGenerator } from '../../../../core/random/generator.ts';

const random = () => createGenerator(1, 'split');

describe('the stratified split', () => {
  it('keeps copies of a picture on one side', () => {
    const labels = Array.from({ length: 60 }, (_, i) => i % 3);
    const groups = Array.from({ length: 60 }, (_, i) => (i < 24 ? i % 12 : null));

    const { training, heldOut } = stratifiedSplit({ labels, groups, heldOut: { fraction: 0.25 }, random: random() });

    const held = new Set(heldOut);
    for (let i = 0; i < 12; i++) expect(held.has(i)).toBe(held.has(i + 12));
    expect(training.length + heldOut.length).toBe(60);
    expect(heldOut.length).toBe(15);
  });

  it('keeps the only picture of a class to learn from, and says so', () => {
    const { training, warnings } = stratifiedSplit({
      labels: [0, 0, 0, 0, 1, 2, 2],
      groups: [null, null, null, null, null, 5, 5], // the two of class 2 are one picture
      heldOut: { fraction: 0.5 },
      random: random(),
    });

    expect([...training]).toEqual(expect.arrayContaining([4, 5, 6]));
    expect(warnings).toEqual([
      { kind: 'single-picture', label: 1 },
      { kind: 'single-picture', label: 2 },
    ]);
  });

  it('says which class was too small for its share', () => {
    const labels = [...Array<number>(20).fill(0), 1, 1];

    const { warnings } = stratifiedSplit({ labels, heldOut: { count: 2 }, random: random() });

    expect(warnings).toEqual([{ kind: 'not-held-out', label: 1 }]);
  });

  it('holds something out even when every group is larger than the share', () => {
    const labels = [0, 0, 0, 0, 0, 0];

    const { training, heldOut } = stratifiedSplit({
      labels,
      groups: [1, 1, 1, 2, 2, 2],
      heldOut: { fraction: 0.1 },
      random: random(),
    });

    expect([training.length, heldOut.length]).toEqual([3, 3]);
  });

  it('holds nothing out when nothing is wanted', () => {
    const { training, heldOut, warnings } = stratifiedSplit({
      labels: [0, 1, 1],
      heldOut: { fraction: 0 },
      random: random(),
    });

    expect([[...training], [...heldOut], warnings]).toEqual([[0, 1, 2], [], []]);
  });

  it('refuses what cannot have two sides', () => {
    const tooSmall = expect.objectContaining({ code: 'NOTHING_TO_HOLD_OUT', details: { pictures: 2 } });

    expect(() => stratifiedSplit({ labels: [0, 1], heldOut: { fraction: 0.5 }, random: random() })).toThrow(tooSmall);
    expect(() => stratifiedSplit({ labels: [0, 0], heldOut: { count: 2 }, random: random() })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
    expect(() => stratifiedSplit({ labels: [0, 0], heldOut: { fraction: 0.95 }, random: random() })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});
