import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../../renderer/tokens.css', import.meta.url), 'utf8');

/** The light and the dark value of a token. */
function token(name: string): readonly [string, string] {
  const match = new RegExp(`--${name}: light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)`).exec(css);
  if (match === null) throw new Error(`no token --${name}`);
  return [match[1]!, match[2]!];
}

/** WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) with relative luminances. */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

const grounds = ['paper', 'surface'];
const texts = ['ink', 'ink-2', 'accent', 'positive', 'negative', 'danger', 'warning', 'ready'];
const marks = ['line-strong', 'accent', 'ready', 'bar', 'positive', 'negative'];

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('in the %s theme', (_, theme) => {
  it.each(texts.flatMap((text) => grounds.map((ground) => [text, ground] as const)))(
    'text in %s can be read on %s',
    (text, ground) => {
      expect(contrast(token(text)[theme], token(ground)[theme])).toBeGreaterThanOrEqual(4.5);
    },
  );

  it.each(marks.flatMap((mark) => grounds.map((ground) => [mark, ground] as const)))(
    'marks in %s can be seen on %s',
    (mark, ground) => {
      expect(contrast(token(mark)[theme], token(ground)[theme])).toBeGreaterThanOrEqual(3);
    },
  );

  it.each([
    ['on-accent', 'accent'],
    ['warning', 'warning-soft'],
    ['danger', 'danger-soft'],
    ['ink', 'accent-soft'],
    ['ink', 'warning-soft'],
    ['ink-2', 'sunken'],
  ])('%s can be read on %s', (text, ground) => {
    expect(contrast(token(text)[theme], token(ground)[theme])).toBeGreaterThanOrEqual(4.5);
  });
});

it('computes the contrasts that WCAG gives for its own examples', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 6);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});
