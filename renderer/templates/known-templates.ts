/**
 * Templates of units that the page has been sent. In a network with one hidden layer they are the same for every picture: each is sent
 * once, and what an answer leaves out is put back here.
 */
import type { PictureExplanation } from '../../core/rpc/contract/explanation.ts';

/** Weights that are kept, 64 MB: more than two banks of 2,048 units for 32 × 32 pixels in colour. */
const mostWeights = 16_000_000;

export class KnownTemplates {
  /** Of the weights they belong to. */
  #step = 0;
  #templates = new Map<number, Float32Array>();

  /** What to ask with, and what makes the answer to that question whole. */
  forQuestion() {
    const before = this.#templates;
    return {
      known: before.size === 0 ? null : { step: this.#step, units: Uint32Array.from(before.keys()) },
      complete: (why: PictureExplanation) => this.#complete(why, before),
    };
  }

  #complete(why: PictureExplanation, before: ReadonlyMap<number, Float32Array>): PictureExplanation {
    const { step, shown, sent, shownTemplates } = why;
    const size = sent.length > 0 ? shownTemplates.length / sent.length : (before.get(shown[0]!)?.length ?? 0);
    if (step !== this.#step || (this.#templates.size + sent.length) * size > mostWeights) this.#templates = new Map();
    this.#step = step;
    sent.forEach((unit, i) => this.#templates.set(unit, shownTemplates.slice(i * size, (i + 1) * size)));
    if (sent.length === shown.length) return why;
    const whole = new Float32Array(shown.length * size);
    shown.forEach((unit, i) => whole.set(this.#templates.get(unit) ?? before.get(unit)!, i * size));
    return { ...why, shownTemplates: whole };
  }
}
