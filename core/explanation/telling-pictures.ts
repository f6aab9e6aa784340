/**
 * The pictures on which two models tell different stories and one of them is right, most telling first.
 *
 * A picture tells the more the surer both models are of their verdicts: telling = p_first · p_second, with p the probability
 * that each gives its own verdict.
 */

/** What one model says about some pictures, as `evaluation.verdicts` has it. */
export interface ToldVerdicts {
  /** Numbers of the pictures; those of both models are compared by number. */
  readonly indices: ArrayLike<number>;
  readonly truth: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  /** Of the verdict. */
  readonly probabilities: ArrayLike<number>;
}

export interface TellingPicture {
  /** Number of the picture. */
  readonly picture: number;
  readonly truth: number;
  /** The verdicts of the first and the second model. */
  readonly first: number;
  readonly second: number;
  /** In (0, 1]. */
  readonly telling: number;
}

export function tellingPictures(first: ToldVerdicts, second: ToldVerdicts): TellingPicture[] {
  const places = new Map<number, number>();
  for (let j = 0; j < second.indices.length; j++) places.set(second.indices[j]!, j);
  const found: TellingPicture[] = [];
  for (let i = 0; i < first.indices.length; i++) {
    const picture = first.indices[i]!;
    const j = places.get(picture);
    if (j === undefined) continue;
    const truth = first.truth[i]!;
    const a = first.predicted[i]!;
    const b = second.predicted[j]!;
    if (a === b || (a !== truth && b !== truth)) continue;
    const telling = first.probabilities[i]! * second.probabilities[j]!;
    found.push({ picture, truth, first: a, second: b, telling });
  }
  return found.sort((x, y) => y.telling - x.telling || x.picture - y.picture);
}
