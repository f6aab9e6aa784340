/** Where the streams of a flow run: from each template down into its row's stream, and the rows' streams to one score. */

export interface FlowUnit {
  /** Signed contribution to the explained score. */
  readonly value: number;
}

export interface FlowOptions {
  readonly columns: number;
  /** Width and height of a template and the distance of its neighbours, px; a height left out is the width. */
  readonly tile: number;
  readonly tileHeight?: number;
  readonly gapX: number;
  readonly rowHeight: number;
  /** Where streams end: the right edge of the flow, and the height of the explained score. */
  readonly endX: number;
  readonly endY: number;
  /** Width of the widest stream, px. */
  readonly widest: number;
}

export interface Stream {
  readonly sign: 'for' | 'against';
  /** A closed outline. */
  readonly path: string;
}

/**
 * Streams of both signs. Every contribution falls from its template into the stream of its sign under its row, as wide as it
 * is large; a row's stream grows to the right and runs, at its whole width, into the score. Streams of a sign lie side by
 * side there, so that their widths add up to what they stand for.
 */
export function flowStreams(units: readonly FlowUnit[], options: FlowOptions): Stream[] {
  const { columns, tile, tileHeight = tile, gapX, rowHeight, endX, endY, widest } = options;
  const total = units.reduce((sum, { value }) => sum + Math.abs(value), 0);
  const px = total === 0 ? 0 : widest / total;
  const rows = Math.ceil(units.length / columns);
  const sums = Array.from({ length: rows }, () => ({ for: 0, against: 0 }));
  units.forEach(({ value }, i) => (sums[Math.floor(i / columns)]![value < 0 ? 'against' : 'for'] += Math.abs(value)));
  const all = { for: 0, against: 0 };
  for (const sum of sums) {
    all.for += sum.for;
    all.against += sum.against;
  }
  // At the score the streams for it lie above those against it, centred on its height.
  const top = endY - ((all.for + all.against) * px) / 2;
  const next = { for: top, against: top + all.for * px };

  const streams: Stream[] = [];
  for (let row = 0; row < rows; row++) {
    for (const sign of ['for', 'against'] as const) {
      const width = sums[row]![sign] * px;
      if (width === 0) continue;
      const inRow = units.slice(row * columns, (row + 1) * columns);
      const lane = row * rowHeight + tileHeight + laneTop + (sign === 'against' ? sums[row]!.for * px + laneGap : 0);
      streams.push({ sign, path: rowStream(inRow, sign, lane, next[sign]) });
      next[sign] += width;
    }
  }
  return streams;

  /** One row's stream of one sign: stubs from its templates, growing to the right, then a bend to the score. */
  function rowStream(inRow: readonly FlowUnit[], sign: Stream['sign'], lane: number, end: number): string {
    const parts: string[] = [];
    let width = 0;
    const right = columns * (tile + gapX) - gapX + 6;
    inRow.forEach(({ value }, column) => {
      if (value < 0 !== (sign === 'against') || value === 0) return;
      const thick = Math.abs(value) * px;
      const x = column * (tile + gapX) + tile / 2 + (sign === 'against' ? 5 : -5);
      const from = inRow.length > 0 ? lane - laneTop + captionHeight : lane;
      // The stub, then its part of the stream from here to the right, below what is already in it.
      const y = lane + width;
      const half = Math.max(0.5, thick / 2);
      parts.push(box(x - half, Math.min(from, y), x + half, y + thick), box(x - half, y, right, y + thick));
      width += thick;
    });
    const middle = (right + endX) / 2;
    parts.push(
      `M${n(right - 0.5)} ${n(lane)}C${n(middle)} ${n(lane)} ${n(middle)} ${n(end)} ${n(endX)} ${n(end)}` +
        `V${n(end + width)}C${n(middle)} ${n(end + width)} ${n(middle)} ${n(lane + width)} ${n(right - 0.5)} ${n(lane + width)}Z`,
    );
    return parts.join('');
  }
}

/** Under a template stands its number, and under that the stream of its row. */
export const captionHeight = 18;
const laneTop = 24;
const laneGap = 2;

function box(left: number, top: number, right: number, bottom: number): string {
  return `M${n(left)} ${n(top)}H${n(right)}V${n(bottom)}H${n(left)}Z`;
}

function n(value: number): string {
  return value.toFixed(1);
}
