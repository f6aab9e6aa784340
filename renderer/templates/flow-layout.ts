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
  /** Where streams end: the right edge of the flow, and the height of the explained score. */
  readonly endX: number;
  readonly endY: number;
  /** Width of all streams together, px. */
  readonly widest: number;
}

export interface Stream {
  readonly sign: 'for' | 'against';
  /** A closed outline. */
  readonly path: string;
}

export interface FlowRows {
  /** Where the templates of each row begin. */
  readonly tops: readonly number[];
  readonly height: number;
}

type Sums = { for: number; against: number };

/** Rows one beneath the other, each as high as its templates, their numbers and its streams: none runs into the next row. */
export function flowRows(
  units: readonly FlowUnit[],
  { columns, tile, tileHeight = tile, widest }: Pick<FlowOptions, 'columns' | 'tile' | 'tileHeight' | 'widest'>,
): FlowRows {
  const px = pxOf(units, widest);
  let height = 0;
  const tops = rowSums(units, columns).map((sum) => {
    const top = height;
    height += tileHeight + laneTop + (sum.for + sum.against) * px + laneGap + rowGap;
    return top;
  });
  return { tops, height: Math.max(0, height - rowGap) };
}

/**
 * The height of a row's templates, px, where `rows` of them are to be at most `height` high with all their streams; what is left
 * over for numbers and distances is the same for every row.
 */
export function tileHeightIn(height: number, rows: number, widest: number): number {
  return Math.floor((height - widest + rowGap) / rows) - (laneTop + laneGap + rowGap);
}

/**
 * Streams of both signs. Every contribution falls from its template into the stream of its sign under its row, as wide as it
 * is large; a row's stream grows to the right and runs, at its whole width, into the score. Streams of a sign lie side by
 * side there, so that their widths add up to what they stand for.
 */
export function flowStreams(units: readonly FlowUnit[], options: FlowOptions): Stream[] {
  const { columns, tile, tileHeight = tile, gapX, endX, endY, widest } = options;
  const px = pxOf(units, widest);
  const { tops } = flowRows(units, options);
  const sums = rowSums(units, columns);
  const all = { for: 0, against: 0 };
  for (const sum of sums) {
    all.for += sum.for;
    all.against += sum.against;
  }
  // At the score the streams for it lie above those against it, centred on its height.
  const top = endY - ((all.for + all.against) * px) / 2;
  const next = { for: top, against: top + all.for * px };

  const streams: Stream[] = [];
  for (const [row, sum] of sums.entries()) {
    for (const sign of ['for', 'against'] as const) {
      const width = sum[sign] * px;
      if (width === 0) continue;
      const inRow = units.slice(row * columns, (row + 1) * columns);
      const lane = tops[row]! + tileHeight + laneTop + (sign === 'against' ? sum.for * px + laneGap : 0);
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
      const from = lane - laneTop + captionHeight;
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
const laneTop = 22;
const laneGap = 2;
const rowGap = 8;

/** Pixels of a contribution of one. */
function pxOf(units: readonly FlowUnit[], widest: number): number {
  const total = units.reduce((sum, { value }) => sum + Math.abs(value), 0);
  return total === 0 ? 0 : widest / total;
}

/** What each row gives, for and against. */
function rowSums(units: readonly FlowUnit[], columns: number): Sums[] {
  const sums = Array.from({ length: Math.ceil(units.length / columns) }, () => ({ for: 0, against: 0 }));
  units.forEach(({ value }, i) => (sums[Math.floor(i / columns)]![value < 0 ? 'against' : 'for'] += Math.abs(value)));
  return sums;
}

function box(left: number, top: number, right: number, bottom: number): string {
  return `M${n(left)} ${n(top)}H${n(right)}V${n(bottom)}H${n(left)}Z`;
}

function n(value: number): string {
  return value.toFixed(1);
}
