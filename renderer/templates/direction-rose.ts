/** Directions without an end, such as orientations and axes of colour, as a rose: how much there is of each. */

/** So many petals to a half turn. */
export const petals = 12;
/** Room for the longest petal around the middle, px, and with the words at its ends. */
export const roseRadius = 62;
export const roseSide = 2 * roseRadius + 84;

/**
 * Weights summed over the petals of a half turn; the first is centred on 0, and angles half a turn apart are the same.
 *
 * @param radians  Any angles.
 */
export function roseOf(radians: ArrayLike<number>, weights: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(petals);
  for (let i = 0; i < radians.length; i++) {
    const petal = Math.round((radians[i]! * petals) / Math.PI) % petals;
    sums[(petal + petals) % petals]! += weights[i]!;
  }
  return sums;
}

/** A petal around the middle (0, 0), its area as large as its share of the largest: a wedge of that length's root. */
export function petalPath(radians: number, share: number): string {
  const length = roseRadius * Math.sqrt(share);
  const half = Math.PI / petals / 2 - 0.02;
  const end = (angle: number) => `${(length * Math.cos(angle)).toFixed(2)} ${(length * Math.sin(angle)).toFixed(2)}`;
  return `M0 0L${end(radians - half)}A${length.toFixed(2)} ${length.toFixed(2)} 0 0 1 ${end(radians + half)}Z`;
}

/** The colour that lies in this direction of the opponent plane: red at 0, yellow at a quarter turn, green and blue across. */
export function opponentColor(radians: number): string {
  const redGreen = Math.cos(radians) / Math.SQRT2;
  const yellowBlue = Math.sin(radians) / Math.sqrt(6);
  const part = (value: number) => Math.round(128 + 140 * value);
  return `rgb(${part(redGreen + yellowBlue)} ${part(-redGreen + yellowBlue)} ${part(-2 * yellowBlue)})`;
}
