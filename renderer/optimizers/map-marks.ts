/** What is drawn on a map of a loss. */
export interface MapPath {
  readonly id: string;
  readonly label: string;
  readonly color: string;
  readonly dash: readonly number[];
  readonly points: readonly (readonly [number, number])[];
  /** Drawn over the others, with a point at every step. */
  readonly isSelected?: boolean;
}
export interface MapArrow {
  readonly id: string;
  readonly label: string;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly kind: 'gradient' | 'velocity' | 'step' | 'along-x' | 'along-y' | 'average';
}
