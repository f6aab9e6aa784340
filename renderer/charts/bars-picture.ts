/** Bars of the page, which are HTML beside their numbers, as a drawing to save. */
import { type Drawing, resolveColor } from './picture-file.ts';
import { svgElement, svgFile, textWidth } from './svg-element.ts';

export interface Bar {
  readonly label: string;
  /** Null where there is none. */
  readonly value: number | null;
  /** The number as it is written behind the bar. */
  readonly text: string;
  /** A CSS colour; may be `light-dark(…)` or a custom property. */
  readonly color: string;
  readonly interval?: readonly [number, number] | null;
  /** What the value is a mean of. */
  readonly points?: readonly number[];
}

const row = 26;
const top = 36;
const margin = 16;
const track = 320;

/** Horizontal bars from 0, one a line; to the left of it where they are negative. */
export function barsPicture(title: string, bars: readonly Bar[], caption = ''): Drawing {
  const color = (name: string) => resolveColor(document.body, name);
  const ink = color('var(--ink)');
  const reach = bars.flatMap(({ value, interval }) => [value ?? 0, ...(interval ?? [])]);
  const [low, high] = [Math.min(0, ...reach), Math.max(1e-9, ...reach)];
  const labels = Math.max(...bars.map(({ label }) => textWidth(label)));
  const start = margin + labels + 12;
  const x = (value: number) => start + ((value - low) / (high - low)) * track;
  const behind = x(high) + 12;
  const size = {
    width: Math.ceil(
      Math.max(behind + Math.max(...bars.map(({ text }) => textWidth(text))), margin + textWidth(title) * 1.2, margin + textWidth(caption)) + margin, // prettier-ignore
    ),
    height: top + bars.length * row + (caption === '' ? 8 : 30),
  };
  const root = svgFile(title, size, { surface: color('var(--surface)'), ink });
  bars.forEach(({ label, value, text, color: fill, interval, points = [] }, i) => {
    const middle = top + i * row + row / 2;
    root.append(
      svgElement('text', { x: margin, y: middle + 4 }, label),
      svgElement('text', { x: behind, y: middle + 4 }, text),
    );
    if (value === null) return;
    const [from, to] = [Math.min(x(0), x(value)), Math.max(x(0), x(value))];
    root.append(svgElement('rect', { x: from, y: middle - 6, width: to - from, height: 12, fill: color(fill) }));
    if (interval) {
      const d = `M${x(interval[0])} ${middle - 5}v10m0-5H${x(interval[1])}m0-5v10`;
      root.append(svgElement('path', { d, fill: 'none', stroke: ink }));
    }
    for (const point of points) {
      root.append(svgElement('circle', { cx: x(point), cy: middle, r: 3, fill: color('var(--surface)'), stroke: ink }));
    }
  });
  const d = `M${x(0)} ${top}V${top + bars.length * row}`;
  root.append(svgElement('path', { d, stroke: color('var(--line-strong)') }));
  if (caption !== '') root.append(svgElement('text', { x: margin, y: size.height - 12 }, caption));
  return { text: new XMLSerializer().serializeToString(root), ...size };
}
