import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { defaultFeatures, featureKinds, type FeatureRecipe } from '../../../../core/recipe/feature-recipe.ts';
import { FeatureRecipeSchema } from '../../../../core/rpc/contract/feature-recipe.ts';
import { type FeatureField, featureFields } from '../../../../renderer/train/feature-fields.ts';

const fieldsOf = (block: FeatureRecipe): readonly FeatureField[] => {
  const { main, more } = featureFields(block);
  return [...main, ...more];
};

/** Every recipe that one change in the form makes of a block. */
function changedBy(block: FeatureRecipe): FeatureRecipe[] {
  return fieldsOf(block).flatMap((field) => {
    const changes: Partial<FeatureRecipe>[] =
      field.kind === 'choice'
        ? field.options.map(({ value }) => field.changed(value))
        : [field.changed(field.min), field.changed(field.max)];
    return changes.map((change) => ({ ...block, ...change }) as FeatureRecipe);
  });
}

/** The form walked as far as it goes: a choice opens further fields. */
function reachable(kind: FeatureRecipe['kind']): FeatureRecipe[] {
  const first = changedBy(defaultFeatures[kind]);
  return [...first, ...first.flatMap(changedBy)];
}

/** The values that a list of the schema allows, field by field, read off the schema and not off the form. */
function choicesOf(kind: FeatureRecipe['kind']): [string, unknown[]][] {
  const { options } = FeatureRecipeSchema as unknown as {
    options: { entries: Record<string, { type: string; literal?: string; options?: unknown[]; wrapped?: never }> }[];
  };
  const { entries } = options.find(({ entries }) => entries['kind']!.literal === kind)!;
  return Object.entries(entries).map(([name, entry]) => {
    const inner = (entry.wrapped as typeof entry | undefined) ?? entry;
    const isNullable = entry.type === 'nullable';
    return [name, inner.type === 'boolean' ? [true, false] : [...(inner.options ?? []), ...(isNullable ? [null] : [])]];
  });
}

describe('the fields of features', () => {
  it.each(featureKinds)('reach every option of the recipe, with every value of a list: %s', (kind) => {
    const made = reachable(kind) as unknown as Record<string, unknown>[];

    for (const [name, values] of choicesOf(kind)) {
      if (name === 'kind' || name === 'weight') continue; // a weight has a field of its own beside several blocks
      const seen = new Set(made.map((block) => block[name]));
      expect([...values.filter((value) => !seen.has(value))], name).toEqual([]);
      expect(seen.size, name).toBeGreaterThan(1);
    }
  });

  it.each(featureKinds)('make recipes that are valid: %s', (kind) => {
    for (const block of reachable(kind)) expect(v.is(FeatureRecipeSchema, block), JSON.stringify(block)).toBe(true);
  });

  it('say beside ε which pictures it suits, and start from the one for JPEG', () => {
    const epsilon = fieldsOf(defaultFeatures.words).find(({ hint }) => hint !== undefined);

    expect(epsilon).toMatchObject({ kind: 'number', value: 0.5 });
    expect(epsilon!.hint).toMatch(/JPEG.*0\.1/);
  });

  it('ask for nothing that a choice made pointless', () => {
    const names = (block: FeatureRecipe) => fieldsOf(block).length;
    const { hog, words, color } = defaultFeatures;

    expect(names({ ...hog, flavour: 'course' })).toBeLessThan(names(hog));
    expect(names({ ...hog, flavour: 'scikit-image' })).toBe(names(hog) - 1); // its votes go whole to one cell
    expect(names({ ...words, whitening: null })).toBe(names(words) - 1);
    expect(names({ ...color, space: 'course-hue' })).toBe(names(color) - 1);
  });
});
