/** Units in the order of the class they speak for most, the strongest of each class first. */
export function byClassServed(
  outgoing: Float32Array,
  classes: number,
): { order: Uint32Array<ArrayBuffer>; favourite: Uint16Array } {
  const units = outgoing.length / classes;
  const favourite = new Uint16Array(units);
  const strength = new Float32Array(units);
  for (let unit = 0; unit < units; unit++) {
    let best = 0;
    for (let c = 1; c < classes; c++) if (outgoing[unit * classes + c]! > outgoing[unit * classes + best]!) best = c;
    favourite[unit] = best;
    strength[unit] = outgoing[unit * classes + best]!;
  }
  const order = Uint32Array.from(favourite.keys()).sort(
    (a, b) => favourite[a]! - favourite[b]! || strength[b]! - strength[a]! || a - b,
  );
  return { order, favourite };
}

/** How many values fall into each of `bins` equal parts of [0, highest]. */
export function histogramOf(values: ArrayLike<number>, highest: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = 0; i < values.length; i++) {
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((values[i]! / highest) * bins)));
    counts[bin]!++;
  }
  return counts;
}
