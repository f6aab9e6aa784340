import katex from 'katex';
import { describe, expect, it } from 'vitest';
import { aboutPlaces } from '../../../../renderer/explain/about-places.ts';
import { places } from '../../../../renderer/places.ts';

describe('what is said about a place', () => {
  it('is there for every place', () => {
    expect(places.map(({ id }) => id).filter((id) => aboutPlaces[id] === undefined)).toEqual([]);
  });

  it('has a sentence, a formula that can be set, a source, and a neighbour that is not itself', () => {
    for (const [id, { sentence, formulas, sources, neighbours }] of Object.entries(aboutPlaces)) {
      expect(sentence().length, id).toBeGreaterThan(30);
      expect(formulas.length, id).toBeGreaterThan(0);
      for (const { tex } of formulas) expect(katex.renderToString(tex), tex).toContain('<math');
      expect(sources.length, id).toBeGreaterThan(0);
      expect(
        neighbours.some(({ place }) => place !== id && places.some((other) => other.id === place)),
        id,
      ).toBe(true);
      for (const { because } of neighbours) expect(because().length).toBeGreaterThan(5);
    }
  });
});
