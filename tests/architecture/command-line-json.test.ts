/** What the commands about optimization print is described field by field. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  CurvatureReport,
  DescentReport,
  GradientCheckReport,
  LossGridReport,
  NoiseReport,
  NumericGradientReport,
  RateReport,
  ScalingReport,
  WanderingReport,
} from '../../core/rpc/contract/checks.ts';
import { SearchReport } from '../../core/rpc/contract/searches.ts';

/** As much of a schema of valibot as is needed to walk through it. */
interface Schema {
  readonly entries?: Readonly<Record<string, Schema>>;
  readonly item?: Schema;
  readonly wrapped?: Schema;
}

function fieldsOf({ entries, item, wrapped }: Schema): string[] {
  const inner = item ?? wrapped;
  if (inner !== undefined) return fieldsOf(inner);
  // A plan is a whole recipe and stands in the recipe's own schema.
  return Object.entries(entries ?? {}).flatMap(([name, schema]) => [
    name,
    ...(name === 'plan' ? [] : fieldsOf(schema)),
  ]);
}

it.each(
  Object.entries({
    CurvatureReport,
    DescentReport,
    GradientCheckReport,
    LossGridReport,
    NoiseReport,
    NumericGradientReport,
    RateReport,
    ScalingReport,
    SearchReport,
    WanderingReport,
  }),
)('every field of %s is explained in main/cli/JSON.md', (_, schema) => {
  const page = readFileSync(new URL('../../main/cli/JSON.md', import.meta.url), 'utf8');
  const explained = new Set(Array.from(page.matchAll(/`(?:[\w[\]]+\.)?(\w+)`/g), ([, name]) => name));
  const fields = fieldsOf(schema as Schema);

  expect(fields.length).toBeGreaterThan(4);
  expect(fields.filter((name) => !explained.has(name) && !['ts', 'us'].includes(name))).toEqual([]); // each line of `loss` has its t and u
});
