import { readFileSync, globSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { parse, type AST } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';

/**
 * A chart can be saved as PNG, SVG and CSV and read as a table because it stands in a `Figure`, which cannot be made without
 * its picture and its table. Here every drawing of the page is followed up through the components that use it.
 */
const root = join(import.meta.dirname, '../..');
const figures = new Set(['Figure', 'PlotFigure']);
/** Pictures and signs, which have no numbers to read. */
const pictures = new Set(['PictureCanvas', 'TemplateImage', 'PictureTile']);
/** Reports are files already. */
const reports = 'renderer/report/';
/** Drawings that are no charts, and why. */
const others: Readonly<Record<string, string>> = {
  'renderer/features/ComparisonCard.svelte': 'the two pipelines are a diagram in words',
};

interface Component {
  /** Drawings of its own outside a figure, by their line. */
  readonly drawings: readonly string[];
  /** Components it uses outside a figure. */
  readonly uses: ReadonlySet<string>;
  readonly usesAnything: ReadonlySet<string>;
}

function read(path: string): Component {
  const text = readFileSync(join(root, path), 'utf8');
  const imported = new Map(
    [...text.matchAll(/import (\w+)(?:, \{[^}]*\})? from '(\.[^']*\.svelte)'/g)].map(([, name, from]) => [
      name!,
      relative(root, join(root, dirname(path), from!)),
    ]),
  );
  const drawings: string[] = [];
  const uses = new Set<string>();
  const usesAnything = new Set<string>();
  const visit = (node: unknown, isInFigure: boolean): void => {
    if (Array.isArray(node)) return node.forEach((each) => visit(each, isInFigure));
    if (typeof node !== 'object' || node === null) return;
    const element = node as AST.BaseNode & { name?: string; attributes?: AST.BaseNode[] };
    let inside = isInFigure;
    if (element.type === 'Component') {
      const from = imported.get(element.name!);
      if (from !== undefined) {
        usesAnything.add(from);
        if (!isInFigure) uses.add(from);
      }
      inside ||= figures.has(element.name!);
    } else if (element.type === 'RegularElement' && !isInFigure && isDrawing(element.attributes ?? [])) {
      drawings.push(`${path}:${text.slice(0, element.start).split('\n').length}`);
    }
    for (const [key, value] of Object.entries(node)) if (key !== 'metadata') visit(value, inside);
  };
  visit(parse(text, { modern: true }).fragment, false);
  return { drawings, uses, usesAnything };
}

/** Something that is seen and has a name: `role="img"`, or a role that is sometimes that. */
function isDrawing(attributes: readonly AST.BaseNode[]): boolean {
  return attributes.some((attribute) => {
    const { name, value } = attribute as AST.Attribute;
    return attribute.type === 'Attribute' && name === 'role' && JSON.stringify(value).includes('"img"');
  });
}

describe('every chart of the page', () => {
  const paths = globSync('renderer/**/*.svelte', { cwd: root }).filter(
    (path) => !pictures.has(basename(path, '.svelte')),
  );
  const components = new Map(paths.map((path) => [path, read(path)]));
  /** The drawings a component shows outside a figure, its own and those of what it uses. */
  function exposed(path: string, seen: readonly string[] = []): string[] {
    const component = components.get(path);
    if (component === undefined || seen.includes(path) || path in others || path.startsWith(reports)) return [];
    if (figures.has(basename(path, '.svelte'))) return [];
    const chart = basename(path) === 'LiveChart.svelte' ? [path] : [];
    return [...chart, ...component.drawings, ...[...component.uses].flatMap((used) => exposed(used, [...seen, path]))];
  }

  it('stands in a figure, which saves it as PNG, SVG and CSV and reads it as a table', () => {
    const used = new Set([...components.values()].flatMap(({ usesAnything }) => [...usesAnything]));
    const tops = paths.filter((path) => !used.has(path));

    const bare = new Set(tops.flatMap((path) => exposed(path)));

    expect([...bare]).toEqual([]);
  });

  it('is found by this test: those that are known to be drawings are', () => {
    const drawings = paths
      .filter((path) => components.get(path)!.drawings.length > 0)
      .map((path) => basename(path, '.svelte'));

    for (const known of [
      'SeriesPlot',
      'ContourMap',
      'ColorHistogram',
      'CalibrationPlot',
      'UnitHeatmap',
      'PaintedCanvas',
    ]) {
      expect(drawings).toContain(known);
    }
  });
});
