/** A line, a band or points of a `SeriesPlot`. */
export interface Series {
  readonly id: string;
  readonly label: string;
  /** A CSS colour; may be `light-dark(…)` or a custom property. */
  readonly color: string;
  readonly dash?: readonly number[];
  /** Ascending. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** A band around the line. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
  /** Marks at every point; `only` draws no line. */
  readonly points?: boolean | 'only';
  readonly isFaint?: boolean;
}

/** A value on the x axis that means something. */
export interface PlotEvent {
  readonly x: number;
  readonly label: string;
  readonly color?: string;
}
