/** Breaks text into lines of at most so many narrow letters: SVG does not. Hangul is about twice as wide. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    const size = [...longer].reduce((sum, letter) => sum + (letter > '\u1100' ? 1.8 : 1), 0);
    if (size > width && current !== '') {
      lines.push(current);
      current = word;
    } else current = longer;
  }
  return current === '' ? lines : [...lines, current];
}
