/** The confusion matrix as SVG text, for saving: what the screen shows, with all its classes. */
import type { Drawing } from '../charts/picture-file.ts';

export interface ConfusionPicture {
  readonly title: string;
  readonly names: readonly string[];
  readonly confusion: readonly (readonly number[])[];
  /** In [0, 1] by cell: how strongly it is coloured. */
  readonly strength: (truth: number, verdict: number) => number;
  readonly text: (truth: number, verdict: number) => string;
  readonly caption: string;
  /** Of each cell at full strength. */
  readonly fill: (truth: number, verdict: number) => string;
  readonly colors: { readonly surface: string; readonly ink: string };
}

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (c) => escapes[c]!);
const shorten = (name: string) => ([...name].length > 16 ? `${[...name].slice(0, 15).join('')}…` : name);

export function confusionSvg(picture: ConfusionPicture): Drawing {
  const { title, names, confusion, strength, text, caption, fill, colors } = picture;
  // Numbers are written while they can be read; a thousand classes are a map of dots.
  const cell = names.length <= 40 ? 40 : names.length <= 150 ? 16 : 4;
  const margin = cell === 4 ? 16 : 124;
  const size = names.length * cell;
  // Wide enough for the sentences, whose letters are at most about so wide (Hangul is wider than Latin).
  const widthOf = (line: string, em: number) =>
    32 + em * [...line].reduce((sum, c) => sum + (c > '\u1100' ? 1 : 0.62), 0);
  const width = Math.ceil(Math.max(margin + size + 16, widthOf(title, 14), widthOf(caption, cell === 40 ? 12 : 10)));
  const height = 40 + margin + size + 36;
  const top = 40 + margin;
  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Inter, Noto Sans KR, system-ui, sans-serif" font-size="${cell === 40 ? 12 : 10}" fill="${colors.ink}">`,
    `<rect width="100%" height="100%" fill="${colors.surface}"/>`,
    `<text x="16" y="26" font-size="14" font-weight="600">${escape(title)}</text>`,
  ];
  if (cell > 4) {
    names.forEach((name, i) => {
      const middle = i * cell + cell / 2;
      parts.push(
        `<text x="${margin - 8}" y="${top + middle + 4}" text-anchor="end">${escape(shorten(name))}</text>`,
        `<text transform="translate(${margin + middle + 4} ${top - 8}) rotate(-90)">${escape(shorten(name))}</text>`,
      );
    });
  }
  confusion.forEach((row, truth) =>
    row.forEach((count, verdict) => {
      if (count === 0 && cell < 40) return;
      const x = margin + verdict * cell;
      const y = top + truth * cell;
      parts.push(
        `<rect x="${x}" y="${y}" width="${cell - (cell > 4 ? 1 : 0)}" height="${cell - (cell > 4 ? 1 : 0)}" fill="${fill(truth, verdict)}" fill-opacity="${(0.04 + 0.6 * strength(truth, verdict)).toFixed(3)}"/>`,
      );
      if (cell === 40) {
        parts.push(
          `<text x="${x + cell / 2}" y="${y + cell / 2 + 4}" text-anchor="middle">${escape(text(truth, verdict))}</text>`,
        );
      }
    }),
  );
  parts.push(`<text x="16" y="${height - 14}">${escape(caption)}</text>`, '</svg>');
  return { text: parts.join('\n'), width, height };
}
