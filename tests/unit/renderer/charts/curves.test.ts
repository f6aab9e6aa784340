import { describe, expect, it } from 'vitest';
import {
  alignTo,
  type Curve,
  nearest,
  nonFinite,
  sharedX,
  smooth,
  valueExtent,
} from '../../../../renderer/charts/curves.ts';
import { toCsv, toTabs } from '../../../../renderer/charts/figure-table.ts';

const curve = (x: number[], y: number[]): Curve => ({ id: 'a', label: 'a', color: 'red', x, y });

describe('curves', () => {
  it('share one ascending x in which every value stands once', () => {
    expect(sharedX([curve([1, 2, 3], [0, 0, 0]), curve([0.5, 2, 4], [0, 0, 0])])).toEqual([0.5, 1, 2, 3, 4]);
  });

  it('go on where another curve has a point, and break where their own value is no number', () => {
    const shared = [0.5, 1, 1.5, 2];

    expect(alignTo(shared, curve([1, 2], [3, NaN]), [3, NaN], false)).toEqual([undefined, 3, undefined, null]);
  });

  it('break on a log axis where a value is not above zero', () => {
    expect(alignTo([1, 2], curve([1, 2], [0, 5]), [0, 5], true)).toEqual([null, 5]);
  });

  it('name every place where the value is not finite', () => {
    expect(nonFinite(curve([1, 2, 3, 4], [1, NaN, Infinity, 2]))).toEqual([2, 3]);
  });

  it('find the nearest point, and none in an empty curve', () => {
    expect(nearest([1, 2, 4], 2.9)).toBe(1);
    expect(nearest([1, 2, 4], 3.1)).toBe(2);
    expect(nearest([1, 2, 4], -9)).toBe(0);
    expect(nearest([], 3)).toBe(-1);
  });

  it('leave what is not finite out of the range', () => {
    const [low, high] = valueExtent([curve([1, 2, 3], [1, Infinity, 3])], [0, 9], false);

    expect([low, high]).toEqual([expect.closeTo(0.88, 10), expect.closeTo(3.12, 10)]); // 6 % of 2 on each side
  });
});

describe('smoothing', () => {
  it('starts at the first value instead of zero', () => {
    for (const value of smooth([4, 4, 4], 0.9)) expect(value).toBeCloseTo(4, 12);
  });

  it('weighs the past as said: half and half gives (1·2 + 2·5) / 3 after two values', () => {
    expect(smooth([2, 5], 0.5)[1]).toBeCloseTo(4, 12);
  });

  it('passes NaN through and goes on after it', () => {
    expect([...smooth([2, NaN, 2], 0.5)]).toEqual([2, NaN, 2]);
  });
});

it('quotes what a CSV reader would split and defuses what a spreadsheet would run', () => {
  const csv = toCsv({
    columns: ['a', 'b,c'],
    rows: [
      ['=1+1', null],
      ['say "hi"', 0.1],
    ],
  });

  expect(csv).toBe('a,"b,c"\r\n\'=1+1,\r\n"say ""hi""",0.1\r\n');
});

it('copies a table with tabs, and never a tab inside a cell', () => {
  expect(toTabs({ columns: ['a'], rows: [['x\ty']] })).toBe('a\nx y\n');
});
