import { describe, expect, it } from 'vitest';
import type { GradientCheckReport } from '../../../../core/rpc/contract/checks.ts';
import { isCaught, spoiltBlocks, tellingPart, type Verdict } from '../../../../renderer/gradient-lab/verdict-words.ts';

type Part = GradientCheckReport['parts'][number];

function part(name: Part['part'], ...blocks: [name: string, verdict: Verdict, error: number, isSpoilt: boolean][]) {
  return {
    part: name,
    blocks: blocks.map(([block, verdict, largestRelativeError, isSpoilt]) => ({
      name: block,
      verdict,
      largestRelativeError,
      isSpoilt,
    })),
  } as unknown as Part;
}

describe('a planted mistake', () => {
  const weakPenalty = [
    part('data', ['W', 'fine', 0, false], ['b', 'fine', 0, false]),
    part('penalty', ['W', 'wrong', 1, true]),
    part('whole', ['W', 'plausible', 6e-5, true], ['b', 'fine', 0, false]),
  ];

  it('is caught where one part calls its blocks wrong, even if the whole hardly shows it', () => {
    expect(isCaught(weakPenalty)).toBe(true);
    expect(spoiltBlocks(weakPenalty).map(({ name }) => name)).toEqual(['W']);
    expect(tellingPart(weakPenalty).part).toBe('penalty');
  });

  it('is not caught by a suspicion, nor where another block is suspected too', () => {
    expect(isCaught([part('data', ['W', 'doubtful', 6e-3, true], ['b', 'fine', 0, false])])).toBe(false);
    expect(isCaught([part('data', ['W', 'wrong', 1, true], ['b', 'doubtful', 1e-3, false])])).toBe(false);
    expect(isCaught([part('data', ['W', 'wrong', 1, true], ['b', 'fine', 0, true])])).toBe(false);
  });
});
