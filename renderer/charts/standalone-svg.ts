/**
 * A drawing of the page as an SVG file that looks the same anywhere: what style sheets and custom properties say is written
 * into each element, since neither goes with the file.
 */
import { type Drawing, resolveColor } from './picture-file.ts';
import { svgElement, svgFile, textWidth } from './svg-element.ts';

const styled = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'stroke-linejoin',
  'opacity',
  'font-size',
  'font-weight',
  'font-family',
  'text-anchor',
  'paint-order',
] as const;

const margin = 16;
const titleHeight = 28;
const entryHeight = 18;

/** A line of a legend: on the page it stands above the drawing, in a file within it. */
export interface LegendEntry {
  readonly label: string;
  /** A CSS colour; may be `light-dark(…)` or a custom property. */
  readonly color: string;
  readonly dash?: readonly number[];
  readonly points?: boolean | 'only';
}

/** @param svg  with `width` and `height`; elements marked `data-screen-only`, such as what follows the pointer, are left out. */
export function standaloneSvg(svg: SVGSVGElement, title: string, legend: readonly LegendEntry[] = []): Drawing {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const originals = svg.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, i) => {
    const style = getComputedStyle(originals[i]!);
    element.removeAttribute('class');
    element.removeAttribute('style');
    for (const name of styled) {
      const value = style.getPropertyValue(name);
      if (value !== '') element.setAttribute(name, value.replaceAll('"', "'"));
    }
  });
  for (const element of [...copy.querySelectorAll('[data-screen-only]')]) element.remove();

  const { width, height } = { width: svg.width.baseVal.value, height: svg.height.baseVal.value };
  const { rows, perRow, columnWidth } = legendLayout(legend, width);
  const top = titleHeight + rows * entryHeight;
  const [outerWidth, outerHeight] = [width + 2 * margin, height + top + margin];
  const ink = getComputedStyle(svg).color;
  const root = svgFile(title, { width: outerWidth, height: outerHeight }, { surface: surfaceOf(svg), ink });
  legend.forEach(({ label, color, dash, points }, i) => {
    const x = margin + (i % perRow) * columnWidth;
    const y = titleHeight + 12 + Math.floor(i / perRow) * entryHeight;
    const stroke = resolveColor(svg.parentElement ?? document.body, color);
    root.append(
      points === 'only'
        ? svgElement('circle', { cx: x + 12, cy: y - 4, r: 3.5, fill: stroke })
        : svgElement('line', {
            ...{ x1: x, x2: x + 24, y1: y - 4, y2: y - 4, stroke, 'stroke-width': 2 },
            ...(dash && dash.length > 0 ? { 'stroke-dasharray': dash.join(' ') } : {}),
          }),
      svgElement('text', { x: x + 32, y }, label),
    );
  });
  copy.setAttribute('x', String(margin));
  copy.setAttribute('y', String(top));
  copy.removeAttribute('class');
  root.append(copy);
  return { text: new XMLSerializer().serializeToString(root), width: outerWidth, height: outerHeight };
}

/** As many entries in a row as the longest of them lets. */
function legendLayout(
  legend: readonly LegendEntry[],
  width: number,
): { rows: number; perRow: number; columnWidth: number } {
  const columnWidth = Math.max(1, ...legend.map(({ label }) => 56 + textWidth(label)));
  const perRow = Math.max(1, Math.min(legend.length, Math.floor(width / columnWidth)));
  return { rows: Math.ceil(legend.length / perRow), perRow, columnWidth };
}

/** The colour behind the drawing. */
function surfaceOf(drawing: Element): string {
  for (let at: Element | null = drawing; at !== null; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (color !== 'rgba(0, 0, 0, 0)' && color !== 'transparent') return color;
  }
  return getComputedStyle(document.documentElement).backgroundColor;
}
