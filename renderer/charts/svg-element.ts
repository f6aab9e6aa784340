const namespace = 'http://www.w3.org/2000/svg';

/** An element of an SVG file with its attributes, and its text where it has one. */
export function svgElement(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  text?: string,
): SVGElement {
  const element = document.createElementNS(namespace, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** The outermost element of an SVG file: white space, fonts and colour as in the page, and a title. */
export function svgFile(
  title: string,
  size: { width: number; height: number },
  colors: { surface: string; ink: string },
): SVGElement {
  const { width, height } = size;
  const root = svgElement('svg', {
    ...{ xmlns: namespace, width, height, viewBox: `0 0 ${width} ${height}` },
    ...{ 'font-family': 'Inter, Noto Sans KR, system-ui, sans-serif', 'font-size': 12, fill: colors.ink },
  });
  root.append(
    svgElement('rect', { width: '100%', height: '100%', fill: colors.surface }),
    svgElement('text', { x: 16, y: 19, 'font-size': 14, 'font-weight': 600 }, title),
  );
  return root;
}

/** About how wide a text is at 12 px: letters of Hangul are wider. */
export function textWidth(text: string): number {
  return [...text].reduce((sum, letter) => sum + (letter > '\u1100' ? 12 : 7), 0);
}
