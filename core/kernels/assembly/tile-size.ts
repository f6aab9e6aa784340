/** How many of the outputs that are left the next tile takes, 6, 5 or 4: so that as little as possible is computed for nothing. */
export function tileSize(left: u32): u32 {
  if (left > 10 || left == 6) return 6;
  return left == 5 || left >= 9 ? 5 : 4;
}
