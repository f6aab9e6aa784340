/** Where a key leads in a grid of cells that stand row by row; null for a key that moves nothing. */
export function gridMove(
  event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>,
  at: number,
  { columns, count, pageRows }: { readonly columns: number; readonly count: number; readonly pageRows: number },
): number | null {
  const last = count - 1;
  const rowStart = at - (at % columns);
  const isFar = event.ctrlKey || event.metaKey;
  const targets: Readonly<Record<string, number>> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    ArrowDown: at + columns > last ? at : at + columns,
    ArrowUp: at - columns < 0 ? at : at - columns,
    Home: isFar ? 0 : rowStart,
    End: isFar ? last : rowStart + columns - 1,
    PageDown: at + pageRows * columns,
    PageUp: at - pageRows * columns,
  };
  const target = targets[event.key];
  return target === undefined || count === 0 ? null : Math.max(0, Math.min(last, target));
}
