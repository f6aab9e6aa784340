import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createGenerator, restoreGenerator } from '../../../core/random/generator.ts';
import { permutation, uniform, uniformInteger } from '../../../core/random/sampling.ts';
import { type BatchCursor, minibatches } from '../../../core/training/minibatches.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });

it('every number is in its range, for every seed', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 2 ** 32 }), (seed, bound) => {
      const random = createGenerator(seed, 'property');
      for (let i = 0; i < 20; i++) {
        const u = uniform(random);
        expect(u >= 0 && u < 1).toBe(true);
        const k = uniformInteger(random, bound);
        expect(Number.isInteger(k) && k >= 0 && k < bound).toBe(true);
      }
    }),
  );
});

it('a saved state goes on exactly, wherever it was saved', () => {
  fc.assert(
    fc.property(seeds, fc.nat(50), (seed, taken) => {
      const random = createGenerator(seed, 'property');
      for (let i = 0; i < taken; i++) random.next();
      const restored = restoreGenerator(random.state());
      expect([restored.next(), restored.next()]).toEqual([random.next(), random.next()]);
    }),
  );
});

it('a permutation holds every number once', () => {
  fc.assert(
    fc.property(seeds, fc.nat(200), (seed, n) => {
      expect([...permutation(createGenerator(seed), n)].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
    }),
  );
});

it('an epoch visits every sample once, and resuming at any batch changes nothing', () => {
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 70 }),
      fc.nat(3),
      (seed, sampleCount, batchSize, epoch) => {
        const whole = minibatches({ sampleCount, batchSize, seed });
        const seen: number[][] = [];
        for (let cursor: BatchCursor = { epoch, batch: 0 }; cursor.epoch === epoch; cursor = whole.next(cursor)) {
          seen.push([...whole.batch(cursor)]);
        }

        expect(seen.flat().sort((a, b) => a - b)).toEqual([...Array(sampleCount).keys()]);
        expect(seen.slice(0, -1).every((batch) => batch.length === Math.min(batchSize, sampleCount))).toBe(true);
        const resumed = minibatches({ sampleCount, batchSize, seed });
        const batch = seen.length - 1;
        expect([...resumed.batch({ epoch, batch })]).toEqual(seen[batch]);
      },
    ),
  );
});
