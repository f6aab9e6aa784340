import { describe, expect, it } from 'vitest';
import { gridMove } from '../../../renderer/pictures/grid-move.ts';
import { type BankTag, orderUnits } from '../../../renderer/templates/bank-order.ts';

const figures = {
  norms: Float32Array.of(1, 3, 2, 3),
  roughness: Float32Array.of(2, 0.5, 1, 0.25),
  // (4 units, 2 classes)
  votes: Float32Array.of(0.5, -1, -2, 0, 0, 3, 1, 1),
  classCount: 2,
  study: null,
};
const study = {
  activeShare: Float32Array.of(0.1, 0, 0.9, 0.5),
  tags: [
    [{ tag: 'edge' as const, confidence: 0.4 }],
    [{ tag: 'noise' as const, confidence: 0.9 }],
    [],
    [
      { tag: 'red-green' as const, confidence: 0.3 },
      { tag: 'edge' as const, confidence: 0.7 },
    ],
  ],
};

describe('a bank of units', () => {
  it('stands by norm, by vote for the chosen class, by roughness or as stored', () => {
    const order = (sort: 'stored' | 'norm' | 'vote' | 'roughness', label = 0) => [
      ...orderUnits(figures, { sort, label, sign: 'all', tag: 'all' }),
    ];
    expect(order('norm')).toEqual([1, 3, 2, 0]);
    expect(order('vote', 0)).toEqual([1, 3, 0, 2]);
    expect(order('vote', 1)).toEqual([2, 0, 3, 1]);
    expect(order('roughness')).toEqual([3, 1, 2, 0]);
    expect(order('stored')).toEqual([0, 1, 2, 3]);
  });
  it('shows only the units that vote for a class, or against it; zero is neither', () => {
    expect([...orderUnits(figures, { sort: 'stored', label: 1, sign: 'for', tag: 'all' })]).toEqual([2, 3]);
    expect([...orderUnits(figures, { sort: 'stored', label: 1, sign: 'against', tag: 'all' })]).toEqual([0]);
  });
  it('stands by how many pictures a unit answers, and by what it looks like once that is known', () => {
    const known = { ...figures, study };
    const order = (sort: 'activity' | 'tag' | 'stored', tag: BankTag = 'all') => [
      ...orderUnits(known, { sort, label: 0, sign: 'all', tag }),
    ];
    expect(order('activity')).toEqual([2, 3, 0, 1]);
    expect(order('tag')).toEqual([0, 3, 1, 2]); // by the first tag that is not noise
    expect(order('tag', 'edge')).toEqual([3, 0]);
    expect(order('stored', 'noise')).toEqual([1]);
    expect(order('stored', 'none')).toEqual([2]);
    expect([...orderUnits(figures, { sort: 'stored', label: 0, sign: 'all', tag: 'edge' })]).toHaveLength(4);
  });
  it('is whole where units have no votes', () => {
    const silent = { ...figures, votes: new Float32Array(0) };
    expect(orderUnits(silent, { sort: 'vote', label: 0, sign: 'for', tag: 'all' })).toHaveLength(4);
  });
});

describe('keys in a grid', () => {
  const grid = { columns: 4, count: 10, pageRows: 2 };
  const press = (key: string, at: number, ctrlKey = false) => gridMove({ key, ctrlKey, metaKey: false }, at, grid);
  it('stay inside it', () => {
    expect(press('ArrowDown', 3)).toBe(7);
    expect(press('ArrowDown', 7)).toBe(7);
    expect(press('ArrowRight', 9)).toBe(9);
    expect(press('ArrowLeft', 0)).toBe(0);
    expect(press('PageDown', 1)).toBe(9);
    expect(press('End', 8)).toBe(9);
    expect(press('End', 1)).toBe(3);
    expect(press('Home', 6)).toBe(4);
    expect(press('Home', 6, true)).toBe(0);
  });
  it('that mean nothing move nothing', () => {
    expect(press('a', 1)).toBeNull();
  });
});
