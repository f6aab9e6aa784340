import { describe, expect, it } from 'vitest';
import { createGenerator, type RandomState, restoreGenerator } from '../../../../core/random/generator.ts';
import { choose, permutation, shuffle, uniform, uniformInteger } from '../../../../core/random/sampling.ts';

const draw = (random: ReturnType<typeof createGenerator>, count: number) =>
  Array.from({ length: count }, () => random.next());

describe('a generator', () => {
  it('repeats itself for the same seed and purpose', () => {
    expect(draw(createGenerator(42, 'weights'), 20)).toEqual(draw(createGenerator(42, 'weights'), 20));
  });

  it('goes on from a state that went through JSON as if it had not stopped', () => {
    const random = createGenerator(42, 'weights');
    draw(random, 7);

    const restored = restoreGenerator(JSON.parse(JSON.stringify(random.state())) as RandomState);

    expect(draw(restored, 20)).toEqual(draw(random, 20));
  });

  it('gives every purpose and every seed a stream of its own', () => {
    const streams = [
      createGenerator(0),
      createGenerator(1),
      createGenerator(2 ** 32 - 1),
      createGenerator(0, 'weights'),
      createGenerator(0, 'minibatches', 1),
      createGenerator(0, 'minibatches', 2),
      createGenerator(0, 'minibatches', '1'),
      createGenerator(0, 'minibatches1'),
    ].map((random) => draw(random, 4).join());

    expect(new Set(streams).size).toBe(streams.length);
  });

  it('starts neighbouring seeds far apart', () => {
    const first = Array.from({ length: 1000 }, (_, seed) => uniform(createGenerator(seed)));

    // 1,000 first numbers fill ten equal bins like independent ones: χ² with 9 degrees of freedom, 0.1 % point 27.9.
    const counts = Array.from({ length: 10 }, (_, bin) => first.filter((u) => Math.floor(u * 10) === bin).length);
    expect(counts.reduce((chi, count) => chi + (count - 100) ** 2 / 100, 0)).toBeLessThan(27.9);
  });

  it.each([-1, 0.5, 2 ** 32, NaN])('refuses the seed %d', (seed) => {
    expect(() => createGenerator(seed)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('still draws what it drew in the first release', () => {
    // Recipes name seeds; changing these numbers would change what every recipe computes.
    expect(draw(createGenerator(0, 'weights'), 3)).toEqual([1100972890, 1091769270, 1674278631]);
  });
});

describe('drawing without bias', () => {
  it('orders three items in each of six ways equally often', () => {
    const random = createGenerator(1, 'test');
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffle(random, ['a', 'b', 'c']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }

    // χ² with 5 degrees of freedom, 0.1 % point 20.5; swapping with any position instead would reach about 90.
    expect(counts.size).toBe(6);
    expect([...counts.values()].reduce((chi, count) => chi + (count - 1000) ** 2 / 1000, 0)).toBeLessThan(20.5);
  });

  it('draws whole numbers evenly where the bound does not divide 2³²', () => {
    const random = createGenerator(2, 'test');
    const bound = 3 * 2 ** 30; // the remainder alone would draw the first third twice as often
    let low = 0;
    for (let i = 0; i < 9000; i++) if (uniformInteger(random, bound) < 2 ** 30) low++;

    expect(Math.abs(low - 3000)).toBeLessThan(4 * Math.sqrt((9000 * 2) / 9)); // 4 standard deviations
  });

  it('chooses different items, and all of them when asked', () => {
    const random = createGenerator(3, 'test');

    const some = choose(random, [1, 2, 3, 4, 5], 3);
    const all = choose(random, [1, 2, 3, 4, 5], 5);

    expect(new Set(some).size).toBe(3);
    expect([...all].sort()).toEqual([1, 2, 3, 4, 5]);
    expect(() => choose(random, [1], 2)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });

  it('orders nothing and one thing', () => {
    expect([...permutation(createGenerator(0), 0)]).toEqual([]);
    expect([...permutation(createGenerator(0), 1)]).toEqual([0]);
  });
});
