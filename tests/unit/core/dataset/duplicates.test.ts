import { describe, expect, it } from 'vitest';
import { findDuplicateGroups, findProblems, looksSame, standsAlone } from '../../../../core/dataset/duplicates.ts';

function groupsOf(exact: number[], hashes: number[], pixels: number[][]): number[] {
  const search = findDuplicateGroups({
    exact: Uint32Array.from(exact),
    perceptualHashes: Uint32Array.from(hashes),
    pixels: (i) => Uint8Array.from(pixels[i]!),
  });
  for (;;) {
    const step = search.next();
    if (step.done === true) return [...step.value];
  }
}

const ramp = Array.from({ length: 48 }, (_, i) => i * 5);
const other = Array.from({ length: 48 }, (_, i) => (i % 2) * 200);

describe('duplicate groups', () => {
  it('hold pictures with the same pixels, whatever their hashes', () => {
    expect(groupsOf([0, 1, 0], [1, 2, 900, 800, 1, 2], [ramp, other, ramp])).toEqual([0, standsAlone, 0]);
  });

  it('hold pictures whose hashes are near and whose pixels agree', () => {
    const again = ramp.map((v) => v + 2);
    expect(groupsOf([0, 1, 2], [5, 7, 5 ^ 0b1011, 7, 5, 7], [ramp, again, other])).toEqual([0, 0, standsAlone]);
  });

  it('leave pictures alone whose hashes are too far apart', () => {
    expect(groupsOf([0, 1], [0, 0, 0xff, 0xff], [ramp, ramp])).toEqual([standsAlone, standsAlone]);
  });

  it('find every pair of near hashes that comparing all pairs finds', () => {
    let state = 1;
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
    const hashes: number[] = [];
    for (let i = 0; i < 200; i++) hashes.push(random(), random());
    for (let i = 0; i < 200; i++) {
      let [high, low] = [hashes[2 * i]!, hashes[2 * i + 1]!];
      for (let k = 0; k < 7; k++) {
        if (random() % 2 === 0) high ^= 1 << (random() >>> 27);
        else low ^= 1 << (random() >>> 27);
      }
      hashes.push(high >>> 0, low >>> 0);
    }
    const groups = groupsOf(
      Array.from({ length: 400 }, (_, i) => i),
      hashes,
      Array.from({ length: 400 }, () => ramp),
    );
    for (let i = 0; i < 200; i++) expect(groups[i]).toBe(groups[i + 200]);
  });
});

describe('looking the same', () => {
  it('forgives a change of brightness, not another picture', () => {
    expect(
      looksSame(
        Uint8Array.from(ramp),
        Uint8Array.from(ramp, (v) => v + 10),
      ),
    ).toBe(true);
    expect(looksSame(Uint8Array.from(ramp), Uint8Array.from(other))).toBe(false);
    expect(looksSame(new Uint8Array(48).fill(10), new Uint8Array(48).fill(200))).toBe(false);
  });
});

describe('problems', () => {
  it('are named by what differs within a group', () => {
    const groups = [0, 0, 1, 1, 2, 2, -1];
    const exact = [0, 0, 2, 3, 4, 4, 6];
    const labels = [0, 0, 1, 1, 0, 1, 0];
    const splits = [0, 0, 0, 2, 0, 0, 2];
    const lists = findProblems(groups, exact, labels, splits, () => false);
    const plain = (list: Uint32Array[]) => list.map((group) => [...group]);

    expect(plain(lists.exactDuplicates)).toEqual([
      [0, 1],
      [4, 5],
    ]);
    expect(plain(lists.nearDuplicates)).toEqual([[2, 3]]);
    expect(plain(lists.leaks)).toEqual([[2, 3]]);
    expect(plain(lists.conflicts)).toEqual([[4, 5]]);
    expect(findProblems(groups, exact, labels, splits, (i) => i === 5).conflicts).toEqual([]);
  });
});
