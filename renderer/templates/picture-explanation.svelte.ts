/** Why a picture has its scores, as a place shows it. Of many questions asked while one is answered only the last is asked. */
import { isStudioError } from '../../core/errors.ts';
import type { PictureExplanation } from '../../core/rpc/contract/explanation.ts';
import type { Studio } from '../studio.svelte.ts';
import type { KnownTemplates } from './known-templates.ts';
import type { Which } from './templates-view.svelte.ts';

export interface Question {
  readonly runId: string;
  readonly which: Which;
  readonly picture: number;
  readonly toward: { readonly picture: number; readonly share: number } | null;
  readonly label: number | null;
  readonly shownUnits: number;
  readonly withTemplates?: boolean;
}

export class PictureAnswer {
  why = $state.raw<PictureExplanation | null>(null);
  error = $state.raw<unknown>(null);
  readonly #studio: Pick<Studio, 'call'>;
  readonly #templates: KnownTemplates | null;
  #next: Question | null = null;
  #isAsking = false;

  /** @param templates  those that the page has already, where they are the same for every picture. */
  constructor(studio: Pick<Studio, 'call'>, templates: KnownTemplates | null = null) {
    this.#studio = studio;
    this.#templates = templates;
  }

  /** Asks, or asks next; null asks nothing more and forgets the answer. */
  ask(question: Question | null): void {
    this.#next = question;
    if (question === null) this.why = null;
    if (!this.#isAsking) void this.#answer();
  }

  async #answer(): Promise<void> {
    this.#isAsking = true;
    for (let question = this.#next; question !== null; question = this.#next) {
      this.#next = null;
      try {
        const { toward, ...rest } = question;
        const held = this.#templates?.forQuestion();
        const input = { ...rest, toward: toward && { ...toward }, known: held?.known ?? null };
        const why = await this.#studio.call('explanation.picture', input);
        this.why = held?.complete(why) ?? why;
        this.error = null;
      } catch (cause) {
        if (!isStudioError(cause, 'CANCELLED')) this.error = cause;
      }
    }
    this.#isAsking = false;
  }
}
