/** JSON has no infinity. */
export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
