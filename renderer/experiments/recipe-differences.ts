/** What differs between recipes. */
import type { Recipe } from '../../core/recipe/recipe.ts';
import { recipeFacts } from '../train/recipe-facts.ts';

export interface Difference {
  readonly id: string;
  readonly label: string;
  /** One value a recipe, in their order; null where a recipe has no such fact. */
  readonly values: readonly (string | null)[];
}

/** The facts in which at least two of the recipes differ, in the order of the recipe. */
export function recipeDifferences(recipes: readonly Recipe[]): readonly Difference[] {
  const facts = recipes.map((recipe) => new Map(recipeFacts(recipe).map((fact) => [fact.id, fact])));
  const longest = recipes.map(recipeFacts).reduce((a, b) => (a.length >= b.length ? a : b), []);
  return longest
    .map(({ id, label }) => ({ id, label, values: facts.map((of) => of.get(id)?.value ?? null) }))
    .filter(({ values }) => new Set(values).size > 1);
}
