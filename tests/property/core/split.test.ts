import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stratifiedFolds, stratifiedSplit } from '../../../core/dataset/split.ts';
import { isStudioError } from '../../../core/errors.ts';
import { createGenerator } from '../../../core/random/generator.ts';

/** Pictures with labels, some in duplicate groups, which may even disagree about their label. */
const pictures = fc.array(
  fc.record({
    label: fc.integer({ min: 0, max: 5 }),
    group: fc.option(fc.integer({ min: 0, max: 15 }), { freq: 2 }),
  }),
  { minLength: 1, maxLength: 80 },
);
const fraction = fc.double({ min: 0.01, max: 0.9, noNaN: true });

describe('every stratified split', () => {
  it('has two sides without a picture twice, a group broken or a class unlearnt', () => {
    fc.assert(
      fc.property(pictures, fraction, fc.nat(1000), (all, share, seed) => {
        const labels = all.map((picture) => picture.label);
        const groups = all.map((picture) => picture.group);
        let split;
        try {
          split = stratifiedSplit({ labels, groups, heldOut: { fraction: share }, random: createGenerator(seed) });
        } catch (cause) {
          if (isStudioError(cause, 'NOTHING_TO_HOLD_OUT') || isStudioError(cause, 'INVALID_OPTION')) return;
          throw cause;
        }
        const { training, heldOut } = split;

        expect([...training, ...heldOut].sort((a, b) => a - b)).toEqual([...labels.keys()]);
        if (all.length > 1) expect(Math.min(training.length, heldOut.length)).toBeGreaterThan(0);
        const held = new Set(heldOut);
        for (const group of new Set(groups)) {
          if (group === null) continue;
          const sides = new Set(groups.flatMap((own, i) => (own === group ? [held.has(i)] : [])));
          expect(sides.size).toBe(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('keeps at least one picture of every class to learn from, and meets its number, when none are copies', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 2, max: 30 }), { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0.01, max: 0.5, noNaN: true }),
        fc.nat(1000),
        (counts, share, seed) => {
          const labels = counts.flatMap((count, label) => Array<number>(count).fill(label));

          const { training, heldOut } = stratifiedSplit({
            labels,
            heldOut: { fraction: share },
            random: createGenerator(seed),
          });

          expect(heldOut.length).toBe(Math.max(1, Math.round(share * labels.length)));
          expect(new Set([...training].map((i) => labels[i])).size).toBe(counts.length);
          counts.forEach((count, label) => {
            const held = [...heldOut].filter((i) => labels[i] === label).length;
            const exact = (heldOut.length * count) / labels.length;
            expect(Math.abs(held - exact)).toBeLessThan(1);
          });
        },
      ),
      { numRuns: 300 },
    );
  });
});

it('every set of folds gives each class evenly', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 10, maxLength: 60 }),
      fc.integer({ min: 2, max: 10 }),
      (labels, k) => {
        const fold = stratifiedFolds(labels, undefined, k, createGenerator(1));

        const count = (f: number, label: number | null) =>
          labels.filter((own, i) => fold[i] === f && (label === null || own === label)).length;
        for (const label of [null, ...new Set(labels)]) {
          const counts = Array.from({ length: k }, (_, f) => count(f, label));
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});
