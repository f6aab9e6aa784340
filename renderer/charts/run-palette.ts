/**
 * The colour and the dash of a run: the same in every view, told by `RunSummary.color`.
 *
 * Eight hues, found by a search that keeps every pair apart for people who see all colours, and under simulated
 * deuteranopia and protanopia; a test holds it. Every mark has at least 3:1 against the surface of its theme. Dashes
 * change with the hue, so that no two neighbours look alike in grey either.
 */
export interface RunLook {
  /** A CSS colour for both themes. */
  readonly color: string;
  readonly light: string;
  readonly dark: string;
  /** Lengths of dash and gap in px; empty is solid. */
  readonly dash: readonly number[];
}

const hues = [
  ['#051382', '#6761f1'],
  ['#56261c', '#de452c'],
  ['#2f9a73', '#97e8c5'],
  ['#641154', '#cb34af'],
  ['#889705', '#baf25b'],
  ['#791cde', '#cb84f7'],
  ['#655e14', '#d5a76e'],
  ['#197da5', '#80cedf'],
] as const;

const dashes: readonly (readonly number[])[] = [[], [9, 4], [2, 3], [12, 4, 2, 4], [5, 3]];

export const runHueCount: number = hues.length;

export function runLook(color: number): RunLook {
  const [light, dark] = hues[color % hues.length]!;
  return { color: `light-dark(${light}, ${dark})`, light, dark, dash: dashes[color % dashes.length]! };
}
