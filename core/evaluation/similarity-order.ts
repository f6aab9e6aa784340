/** An order of the classes in which those that are confused with each other stand side by side. */

/**
 * Numbers of the classes, in an order made greedily of pairs. Two classes are as similar as the shares of their pictures that are taken for
 * the other,
 *
 *     s(a, b) = (C[a, b]/nₐ + C[b, a]/n_b) / 2,    nₐ = Σᵥ C[a, v]
 *
 * and from the most similar pair on, two become neighbours where both still have a free side and are not in one row already. Rows that
 * are never confused with each other stand as the dataset has them, each with the earlier of its ends first.
 *
 * @param confusion  (classes, classes) counts, rows the truth.
 */
export function similarityOrder(confusion: readonly (readonly number[])[]): number[] {
  const totals = confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  const share = (a: number, b: number) => (totals[a] === 0 ? 0 : confusion[a]![b]! / totals[a]!);
  const pairs: { a: number; b: number; similarity: number }[] = [];
  for (let a = 0; a < confusion.length; a++) {
    for (let b = a + 1; b < confusion.length; b++) {
      const similarity = (share(a, b) + share(b, a)) / 2;
      if (similarity > 0) pairs.push({ a, b, similarity });
    }
  }
  pairs.sort((x, y) => y.similarity - x.similarity || x.a - y.a || x.b - y.b);

  /** The row that each class is in; only the ends of a row have a free side. */
  const rowOf = confusion.map((_, label) => [label]);
  for (const { a, b } of pairs) {
    const [first, second] = [rowOf[a]!, rowOf[b]!];
    const isEnd = (row: readonly number[], label: number) => row[0] === label || row.at(-1) === label;
    if (first === second || !isEnd(first, a) || !isEnd(second, b)) continue;
    const before = first.at(-1) === a ? first : first.toReversed();
    const after = second[0] === b ? second : second.toReversed();
    const joined = [...before, ...after];
    for (const label of joined) rowOf[label] = joined;
  }
  return [...new Set(rowOf)].flatMap((row) => (row[0]! <= row.at(-1)! ? row : row.toReversed()));
}
