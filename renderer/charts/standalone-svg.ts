/**
 * A drawing of the page as an SVG file that looks the same anywhere: what style sheets and custom properties say is written
 * into each element, since neither goes with the file.
 */
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

export interface Standalone {
  readonly text: string;
  readonly width: number;
  readonly height: number;
}

/** @param svg  with `width` and `height`; elements marked `data-screen-only`, such as what follows the pointer, are left out. */
export function standaloneSvg(svg: SVGSVGElement, title: string): Standalone {
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

  const page = getComputedStyle(svg);
  const probe = getComputedStyle(document.documentElement);
  const { width, height } = { width: svg.width.baseVal.value, height: svg.height.baseVal.value };
  const [outerWidth, outerHeight] = [width + 2 * margin, height + titleHeight + margin];
  const root = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [name, value] of Object.entries({
    xmlns: 'http://www.w3.org/2000/svg',
    width: outerWidth,
    height: outerHeight,
    viewBox: `0 0 ${outerWidth} ${outerHeight}`,
    'font-family': 'Inter, Noto Sans KR, system-ui, sans-serif',
  })) {
    root.setAttribute(name, String(value));
  }
  const back = document.createElementNS(root.namespaceURI, 'rect');
  for (const [name, value] of [
    ['width', '100%'],
    ['height', '100%'],
    ['fill', surfaceOf(svg, probe)],
  ] as const) {
    back.setAttribute(name, value);
  }
  const heading = document.createElementNS(root.namespaceURI, 'text');
  heading.textContent = title;
  for (const [name, value] of Object.entries({
    x: margin,
    y: 19,
    'font-size': '14',
    'font-weight': '600',
    fill: page.color,
  })) {
    heading.setAttribute(name, String(value));
  }
  copy.setAttribute('x', String(margin));
  copy.setAttribute('y', String(titleHeight));
  copy.removeAttribute('class');
  root.append(back, heading, copy);
  return { text: new XMLSerializer().serializeToString(root), width: outerWidth, height: outerHeight };
}

/** The colour behind the drawing. */
function surfaceOf(element: Element, fallback: CSSStyleDeclaration): string {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    const color = getComputedStyle(at).backgroundColor;
    if (color !== 'rgba(0, 0, 0, 0)' && color !== 'transparent') return color;
  }
  return fallback.backgroundColor;
}
