/** The numbers behind a figure, as rows: for the table view, the clipboard and files. */
export interface FigureTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** Comma-separated, RFC 4180, for programs: numbers in full, no thousands separators. */
export function toCsv({ columns, rows }: FigureTable): string {
  const line = (cells: readonly (string | number | null)[]) => cells.map(csvCell).join(',');
  return [line(columns), ...rows.map(line)].join('\r\n') + '\r\n';
}

function csvCell(cell: string | number | null): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  // A spreadsheet would run what begins like a formula.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Tab-separated, as spreadsheets and documents take it from the clipboard. */
export function toTabs({ columns, rows }: FigureTable): string {
  const line = (cells: readonly (string | number | null)[]) =>
    cells.map((cell) => (cell === null ? '' : String(cell).replace(/[\t\r\n]/g, ' '))).join('\t');
  return [line(columns), ...rows.map(line)].join('\n') + '\n';
}
