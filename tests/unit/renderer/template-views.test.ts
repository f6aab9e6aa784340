import { describe, expect, it } from 'vitest';
import { KnownTemplates } from '../../../renderer/templates/known-templates.ts';
import { flowRows, flowStreams, tileHeightIn } from '../../../renderer/templates/flow-layout.ts';
import { builtTemplate, cosine } from '../../../renderer/templates/template-scale.ts';
import { companionOf } from '../../../renderer/runs/trained-runs.ts';
import { viewsOf } from '../../../renderer/templates/view-names.ts';
import type { PictureExplanation } from '../../../core/rpc/contract/explanation.ts';
import type { RunSummary } from '../../../core/rpc/contract/runs.ts';

const options = { columns: 2, tile: 50, gapX: 10, endX: 300, endY: 120, widest: 60 };

/** Heights at which the outlines of a stream arrive at the score, from the last bend of its path. */
function arrival(path: string): [number, number] {
  const [, top, bottom] = /300\.0 ([\d.]+)V([\d.]+)C/.exec(path)!;
  return [Number(top), Number(bottom)];
}

describe('streams of a flow', () => {
  it('arrive as wide as their contributions, side by side, centred on the score', () => {
    const streams = flowStreams([{ value: 3 }, { value: -1 }, { value: 1 }, { value: 1 }], options);

    expect(streams.map(({ sign }) => sign)).toEqual(['for', 'against', 'for']);
    // 6 in all are 60 px wide: 5 for the score from 90 on, 1 against it from 140 to 150.
    expect(streams.map(({ path }) => arrival(path))).toEqual([[90, 120], [140, 150], [120, 140]]); // prettier-ignore
  });

  it('are none where nothing contributes', () => {
    expect(flowStreams([{ value: 0 }], options)).toEqual([]);
  });

  it('stay in their row, however much of all it carries', () => {
    const units = [{ value: 40 }, { value: -20 }, { value: 0.1 }, { value: -0.1 }];
    const { tops, height } = flowRows(units, options);

    for (const { path } of flowStreams(units, options).slice(0, 2)) {
      // Of its boxes, left of the bend to the score.
      const lowest = Math.max(...[...path.matchAll(/V([\d.]+)H/g)].map(([, y]) => Number(y)));
      expect(lowest).toBeGreaterThan(tops[0]! + options.tile);
      expect(lowest).toBeLessThan(tops[1]!);
    }
    expect(height).toBeGreaterThan(tops[1]! + options.tile);
  });

  it.each([2, 3, 4])('fit the room they are given in %i rows, with the templates that have room there', (rows) => {
    const units = Array.from({ length: 2 * rows }, (_, i) => ({ value: (-1) ** i * (i + 1) }));
    const tile = tileHeightIn(420, rows, options.widest);

    const { height } = flowRows(units, { ...options, tile });

    expect(height).toBeLessThanOrEqual(420);
    expect(height).toBeGreaterThan(420 - rows);
  });
});

describe('templates', () => {
  it('are built from the first units by their weights', () => {
    const templates = Float32Array.of(1, 2, 10, 20, 100, 200);

    expect([...builtTemplate(templates, Float32Array.of(1, 0.5, -1), 2, 2)]).toEqual([6, 12]);
  });

  it('are alike by the cosine of their angle', () => {
    expect(cosine([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 12);
    expect(cosine([0, 0], [1, 1])).toBe(0);
  });
});

describe('templates that the page has', () => {
  /** An answer of two weights a template: unit u has u and 10·u, plus the step's hundreds. */
  const answer = (step: number, shown: number[], sent = shown) =>
    ({
      step,
      shown: Uint32Array.from(shown),
      sent: Uint32Array.from(sent),
      shownTemplates: Float32Array.from(sent.flatMap((u) => [100 * step + u, 10 * u])),
    }) as PictureExplanation;

  it('are asked for once and stand in every answer', () => {
    const templates = new KnownTemplates();
    const first = templates.forQuestion();
    expect(first.known).toBeNull();
    expect(first.complete(answer(1, [4, 2]))).toEqual(answer(1, [4, 2]));

    const second = templates.forQuestion();
    expect(second.known).toEqual({ step: 1, units: Uint32Array.of(4, 2) });
    expect([...second.complete(answer(1, [2, 5, 4], [5])).shownTemplates]).toEqual([102, 20, 105, 50, 104, 40]);
    expect([...templates.forQuestion().complete(answer(1, [5], [])).shownTemplates]).toEqual([105, 50]);
  });

  it('are those of the newest weights, also where two questions are under way', () => {
    const templates = new KnownTemplates();
    templates.forQuestion().complete(answer(1, [4]));
    const [one, other] = [templates.forQuestion(), templates.forQuestion()];

    one.complete(answer(2, [4, 6]));

    expect(templates.forQuestion().known).toEqual({ step: 2, units: Uint32Array.of(4, 6) });
    expect([...other.complete(answer(2, [4])).shownTemplates]).toEqual([204, 40]);
  });
});

describe('the companion of a run', () => {
  const run = (id: string, number: number, kind: 'linear' | 'mlp', features = 'raw') =>
    ({
      ...{ id, number, datasetId: 'd', epochs: 1, weightsSha256: null, inTrash: id === 'trashed' },
      recipe: { dataset: { version: 'v' }, features: [{ kind: features }], model: { kind } },
    }) as unknown as RunSummary;
  const [linear, older, newer, edges] = [run('l', 1, 'linear'), run('a', 2, 'mlp'), run('b', 3, 'mlp'), run('h', 4, 'mlp', 'hog')]; // prettier-ignore
  const runs = [linear, older, newer, edges, run('trashed', 9, 'mlp')];

  it('is the newest of the other kind that sees alike', () => {
    expect(companionOf(runs, linear)?.id).toBe('b');
    expect(companionOf(runs, edges)?.id).toBe('l');
    expect(companionOf([linear], linear)).toBeNull();
  });

  it('is the one that a person came from, where that can be one', () => {
    expect(companionOf(runs, linear, 'a')?.id).toBe('a');
    expect(companionOf(runs, linear, 'h')?.id).toBe('h');
    expect(companionOf(runs, linear, 'trashed')?.id).toBe('b');
    expect(companionOf(runs, older, 'b')?.id).toBe('l');
  });
});

describe('views', () => {
  const run = (id: string, kind: 'linear' | 'mlp', activation = 'relu') =>
    ({ id, recipe: { model: { kind, hidden: [4], activation } } }) as unknown as RunSummary;
  const names = (of: RunSummary, companion: RunSummary | null) =>
    viewsOf(of, companion).map(({ name, run: { id } }) => `${name} ${id}`);

  it('of a linear run and an MLP belong to the run they show', () => {
    const both = ['classes a', 'weights b', 'units b', 'smaller b', 'recombined b'];

    expect(names(run('a', 'linear'), run('b', 'mlp'))).toEqual([...both, 'picture a']);
    expect(names(run('b', 'mlp'), run('a', 'linear'))).toEqual([...both, 'picture b']);
    expect(names(run('a', 'linear'), null)).toEqual(['classes a', 'picture a']);
    expect(names(run('c', 'mlp', 'identity'), null)).toContain('collapsed c');
  });
});
