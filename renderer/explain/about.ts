/**
 * What stands under "About this": the sentence of a place, its formula, where that is written, and what lies next to it.
 *
 * A place has an entry in `about-places.ts`; a view that has its own lesson gives its own to `<Place about>`. Titles of
 * books and papers are the same in every language.
 */
type Sentence = () => string;

export interface AboutFormula {
  /** TeX. */
  readonly tex: string;
  /** What its letters stand for. */
  readonly where?: Sentence;
}

export interface AboutNeighbour {
  /** A place's id in `places.ts`; one that this studio does not have is left out. */
  readonly place: string;
  /** What one finds there, seen from here. */
  readonly because: Sentence;
}

export interface About {
  readonly sentence: Sentence;
  readonly formulas: readonly AboutFormula[];
  readonly sources: readonly string[];
  readonly neighbours: readonly AboutNeighbour[];
}
