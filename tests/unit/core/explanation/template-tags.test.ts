import { describe, expect, it } from 'vitest';
import { lookOf, looksOf, type TemplateTag } from '../../../../core/explanation/template-tags.ts';
import { matrixOf } from '../../../../core/array/matrix.ts';
import { createGenerator, type RandomGenerator } from '../../../../core/random/generator.ts';
import { normal, uniformBetween } from '../../../../core/random/sampling.ts';

const shape = { height: 32, width: 32, channels: 3 };
type Colour = readonly [number, number, number];
const grey: Colour = [1, 1, 1];

/** A Gabor: stripes of one orientation and frequency under a Gaussian, in one colour, with noise of a tenth of its strength. */
function gabor(
  random: RandomGenerator,
  stripes: { orientation: number; cycles: number; colour: Colour },
): Float64Array {
  const phase = uniformBetween(random, 0, 2 * Math.PI);
  const centerX = uniformBetween(random, 12, 20);
  const centerY = uniformBetween(random, 12, 20);
  const template = new Float64Array(32 * 32 * 3);
  for (let y = 0; y < 32; y++) {
    for (let x = 0; x < 32; x++) {
      const across = -(x - centerX) * Math.sin(stripes.orientation) + (y - centerY) * Math.cos(stripes.orientation);
      const far = ((x - centerX) ** 2 + (y - centerY) ** 2) / (2 * 7 * 7);
      const value = Math.exp(-far) * Math.cos((2 * Math.PI * stripes.cycles * across) / 32 + phase);
      for (let c = 0; c < 3; c++) template[(y * 32 + x) * 3 + c] = stripes.colour[c]! * value + 0.1 * normal(random);
    }
  }
  return template;
}

/** A round spot in one colour. */
function spot(random: RandomGenerator, colour: Colour): Float64Array {
  const centerX = uniformBetween(random, 12, 20);
  const centerY = uniformBetween(random, 12, 20);
  const radius = uniformBetween(random, 4, 7);
  return Float64Array.from({ length: 32 * 32 * 3 }, (_, i) => {
    const x = Math.floor(i / 3) % 32;
    const y = Math.floor(i / 96);
    const far = ((x - centerX) ** 2 + (y - centerY) ** 2) / (2 * radius * radius);
    return colour[i % 3]! * Math.exp(-far) + 0.1 * normal(random);
  });
}

const count = 200;

/** How many of 200 drawn templates pass. */
function passing(draw: (random: RandomGenerator) => boolean): number {
  let passed = 0;
  for (let i = 0; i < count; i++) if (draw(createGenerator(i, 'template'))) passed++;
  return passed;
}

const has = (template: Float64Array, tag: TemplateTag) => lookOf(template, shape).tags.some((one) => one.tag === tag);

describe('what a template looks like', () => {
  it('is an edge of the orientation and frequency it was drawn with, in at least 95 of 100', () => {
    const passed = passing((random) => {
      const orientation = uniformBetween(random, 0, Math.PI);
      const cycles = uniformBetween(random, 2.5, 8);
      const look = lookOf(gabor(random, { orientation, cycles, colour: grey }), shape);
      const off = Math.abs(look.orientationRadians - orientation);
      const isTurned = Math.min(off, Math.PI - off) < (10 * Math.PI) / 180;
      const isFrequency = Math.abs(look.cyclesPerPicture - cycles) < Math.max(0.5, 0.2 * cycles);
      return look.tags[0]?.tag === 'edge' && isTurned && isFrequency && look.tags.length === 1;
    });

    expect(passed).toBeGreaterThanOrEqual(0.95 * count);
  });

  it.each([
    ['red-green', [1, -1, 0]],
    ['blue-yellow', [1, 1, -2]],
  ] as const)('is %s where those colours oppose each other, in at least 95 of 100', (tag, colour) => {
    const passed = passing((random) => {
      const orientation = uniformBetween(random, 0, Math.PI);
      return has(gabor(random, { orientation, cycles: uniformBetween(random, 1.5, 6), colour }), tag);
    });

    expect(passed).toBeGreaterThanOrEqual(0.95 * count);
  });

  it('is a blob where a spot was drawn, and no edge, in at least 95 of 100', () => {
    const passed = passing((random) => {
      const template = spot(random, grey);
      return has(template, 'blob') && !has(template, 'edge');
    });

    expect(passed).toBeGreaterThanOrEqual(0.95 * count);
  });

  it('is noise and nothing else where only noise was drawn, in at least 99 of 100', () => {
    const passed = passing((random) => {
      const { tags } = lookOf(
        Float64Array.from({ length: 32 * 32 * 3 }, () => normal(random)),
        shape,
      );
      return tags.length === 1 && tags[0]!.tag === 'noise';
    });

    expect(passed).toBeGreaterThanOrEqual(0.99 * count);
  });

  it('has no colour in a grey picture', () => {
    const random = createGenerator(3);
    const plane = gabor(random, { orientation: 0.4, cycles: 3, colour: grey }).filter((_, i) => i % 3 === 0);

    const look = lookOf(plane, { ...shape, channels: 1 });

    expect(look.tags.map(({ tag }) => tag)).toEqual(['edge']);
    expect(look.colourShare).toBe(0);
  });

  it('is found in large pictures, too, and in very small ones no nonsense', () => {
    const large = Float64Array.from({ length: 128 * 128 }, (_, i) => Math.cos((2 * Math.PI * 4 * (i % 128)) / 128));

    const look = lookOf(large, { height: 128, width: 128, channels: 1 });

    expect(look.tags[0]!.tag).toBe('edge');
    expect(look.orientationRadians).toBeCloseTo(Math.PI / 2, 6);
    expect(look.cyclesPerPicture).toBeCloseTo(4, 0);
    for (const value of Object.values(lookOf([2], { height: 1, width: 1, channels: 1 }))) {
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
    }
  });
});

it('a layer names nothing in a template that has faded beside the others, though its pattern is clear', () => {
  const clear = gabor(createGenerator(1), { orientation: 0.3, cycles: 4, colour: grey });
  const templates = matrixOf(3, clear.length, Float64Array.of(...clear, ...clear.map((w) => 1e-9 * w), ...clear.map((w) => 0.01 * w))); // prettier-ignore

  const tags = looksOf(templates, shape).map((look) => look.tags.map(({ tag }) => tag));

  expect(tags).toEqual([['edge'], ['faded'], ['edge']]);
});
