/** A line chart as SVG text, for saving: the same curves and scales as on the screen, with title and legend. */
import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import type { Curve } from './curves.ts';

export interface CurvesPicture {
  readonly title: string;
  readonly xLabel: string;
  readonly curves: readonly (Curve & { readonly drawn: ArrayLike<number> })[];
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly isLog: boolean;
  readonly width: number;
  readonly height: number;
  /** Left out, the number itself. */
  readonly formatX?: (value: number) => string;
  readonly formatY: (value: number) => string;
  /** Dashed lines across, each with its word. */
  readonly marks?: readonly { readonly x: number; readonly label: string; readonly color: string }[];
  /** Colours as they are on the screen. */
  readonly colors: { readonly surface: string; readonly ink: string; readonly ink2: string; readonly line: string };
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (c) => escapes[c]!);

export function curvesSvg(picture: CurvesPicture): string {
  const { title, xLabel, curves, width, height, isLog, formatX = String, formatY, marks = [], colors } = picture;
  const legend = curves.filter((curve) => !curve.isFaint);
  const columns = Math.max(1, Math.floor((width - 32) / 220));
  const top = 40 + 18 * Math.ceil(legend.length / columns);
  const box = { left: 64, right: width - 16, top, bottom: height - 36 };
  const x = scaleLinear([...picture.x], [box.left, box.right]);
  const y = (isLog ? scaleLog : scaleLinear)([...picture.y], [box.bottom, box.top]);
  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, Noto Sans KR, system-ui, sans-serif" font-size="12">`,
    `<rect width="100%" height="100%" fill="${colors.surface}"/>`,
    `<text x="16" y="24" font-size="14" font-weight="600" fill="${colors.ink}">${escape(title)}</text>`,
    `<clipPath id="box"><rect x="${box.left}" y="${box.top}" width="${box.right - box.left}" height="${box.bottom - box.top}"/></clipPath>`,
  ];
  legend.forEach((curve, i) => {
    const at = { x: 16 + 220 * (i % columns), y: 44 + 18 * Math.floor(i / columns) };
    parts.push(
      `<line x1="${at.x}" x2="${at.x + 24}" y1="${at.y - 4}" y2="${at.y - 4}" stroke="${curve.color}" stroke-width="2" ${dashOf(curve)}/>`,
      `<text x="${at.x + 32}" y="${at.y}" fill="${colors.ink}">${escape(curve.label)}</text>`,
    );
  });
  for (const tick of y.ticks(5)) {
    const at = y(tick);
    parts.push(
      `<line x1="${box.left}" x2="${box.right}" y1="${at}" y2="${at}" stroke="${colors.line}"/>`,
      `<text x="${box.left - 8}" y="${at + 4}" text-anchor="end" fill="${colors.ink2}">${escape(formatY(tick))}</text>`,
    );
  }
  for (const tick of x.ticks(8)) {
    parts.push(
      `<text x="${x(tick)}" y="${box.bottom + 16}" text-anchor="middle" fill="${colors.ink2}">${escape(formatX(tick))}</text>`,
    );
  }
  for (const mark of marks) {
    if (mark.x < picture.x[0] || mark.x > picture.x[1]) continue;
    const at = x(mark.x);
    const isLeft = at > (box.left + box.right) / 2;
    parts.push(
      `<line x1="${at}" x2="${at}" y1="${box.top}" y2="${box.bottom}" stroke="${mark.color}" stroke-width="1.5" stroke-dasharray="4 3"/>`,
      `<text x="${at + (isLeft ? -5 : 5)}" y="${box.top + 12}" text-anchor="${isLeft ? 'end' : 'start'}" fill="${colors.ink2}">${escape(mark.label)}</text>`,
    );
  }
  parts.push(
    `<text x="${box.right}" y="${box.bottom + 30}" text-anchor="end" fill="${colors.ink2}">${escape(xLabel)}</text>`,
  );
  for (const curve of curves) {
    const path = line<number>()
      .defined((i) => Number.isFinite(curve.drawn[i]!) && (!isLog || curve.drawn[i]! > 0))
      .x((i) => x(curve.x[i]!))
      .y((i) => y(curve.drawn[i]!))(Array.from({ length: curve.x.length }, (_, i) => i));
    if (path) {
      parts.push(
        `<path clip-path="url(#box)" d="${path}" fill="none" stroke="${curve.color}" stroke-width="${curve.isFaint ? 1 : 2}" ${curve.isFaint ? 'stroke-opacity="0.35"' : ''} ${dashOf(curve)}/>`,
      );
    }
  }
  parts.push('</svg>');
  return parts.join('\n');
}

function dashOf({ dash }: Curve): string {
  return dash && dash.length > 0 ? `stroke-dasharray="${dash.join(' ')}"` : '';
}
